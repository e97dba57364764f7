"""Addresses of files change with their content, and icons are ours alone."""

import pytest

from app.kernel.digest import sha256
from app.web.assets import SCRIPTS, STATIC, STYLES, asset, icon


@pytest.mark.parametrize("name", [*STYLES, *SCRIPTS])
def test_an_address_carries_the_digest_of_the_file(name: str) -> None:
    assert asset(name) == f"/static/{name}?v={sha256((STATIC / name).read_bytes())[:12]}"


@pytest.mark.parametrize("name", sorted(path.stem for path in (STATIC / "icons").glob("*.svg")))
def test_every_icon_is_a_drawing_hidden_from_readers(name: str) -> None:
    drawn = icon(name)
    assert drawn.count("<svg") == drawn.count("</svg>") == 1
    assert 'aria-hidden="true"' in drawn
    assert "<script" not in drawn


def test_a_file_that_is_not_there_is_an_error_at_once() -> None:
    for ask in (asset, icon):
        with pytest.raises(FileNotFoundError):
            ask("nothing")
