"""A data directory with the keys of the tests, on the test's own database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.keys import ADDRESS_KEY, ORGANISATION_KEY

Environment = Callable[..., dict[str, str]]


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> Environment:
    """The environment of a worker; more names by keyword."""
    data = tmp_path / "data"
    keys = data / "keys"
    keys.mkdir(parents=True)
    for name in (ORGANISATION_KEY, ADDRESS_KEY):
        (keys / f"{name}.key").write_bytes(bytes(range(32)))

    def made(port: int, **more: str) -> dict[str, str]:
        plain = {
            "PLACET_DATA": str(data),
            "PLACET_DATABASE_URL": database_url,
            "PLACET_SMTP_HOST": "127.0.0.1",
            "PLACET_SMTP_PORT": str(port),
            "PLACET_SMTP_SECURITY": "none",
            "PLACET_PUBLIC_URL": "https://placet.example",
        }
        return plain | more

    return made
