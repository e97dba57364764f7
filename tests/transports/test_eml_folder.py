"""The folder of .eml files: the rename is the dot."""

from pathlib import Path

import pytest

from app.delivery.transport import Accepted, NotSent, Phase
from app.kernel.errors import StaleState
from app.transports.eml_folder import EmlFolderTransport, EmlHeldMessage
from tests.transports.mail import letter


def hold(transport: EmlFolderTransport, number: int = 0) -> EmlHeldMessage:
    held = transport.hold(letter(number))
    assert isinstance(held, EmlHeldMessage)
    return held


def test_a_finished_message_is_one_file_with_exactly_its_octets(tmp_path: Path) -> None:
    transport = EmlFolderTransport(tmp_path / "mail")
    held = hold(transport)
    assert list((tmp_path / "mail").glob("*.eml")) == []
    result = held.finish()
    assert isinstance(result, Accepted)
    files = list((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == [f"{result.queue_id}.eml"]
    assert files[0].read_bytes() == letter().message
    with pytest.raises(StaleState):
        held.finish()


def test_an_abandoned_message_leaves_nothing(tmp_path: Path) -> None:
    transport = EmlFolderTransport(tmp_path)
    held = hold(transport)
    held.abandon()
    held.abandon()
    assert list(tmp_path.iterdir()) == []


def test_closing_abandons_what_is_held_and_keeps_what_is_finished(tmp_path: Path) -> None:
    transport = EmlFolderTransport(tmp_path)
    hold(transport, 0).finish()
    hold(transport, 1)
    transport.close()
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [letter(0).message]


def test_a_folder_that_cannot_be_written_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = EmlFolderTransport(tmp_path / "file").hold(letter())
    assert isinstance(result, NotSent)
    assert (result.phase, result.kind) == (Phase.BODY, "unreachable")


def test_a_held_file_that_vanished_was_not_sent(tmp_path: Path) -> None:
    held = hold(EmlFolderTransport(tmp_path))
    next(tmp_path.glob(".*.part")).unlink()
    assert isinstance(held.finish(), NotSent)
    assert held.phase is Phase.HELD
