"""What the worker wrote down before the dot: whole, torn at every octet, damaged, replaced."""

from pathlib import Path

import pytest

from app.delivery.journal import Journal, Released, Witness
from app.delivery.model import Outcome, Receipt, ReceiptSource
from app.kernel.errors import Untrustworthy
from tests.fakes import MONDAY


def released(number: int) -> Released:
    return Released(f"t{number}", f"m{number}", MONDAY)


def ended(number: int, outcome: Outcome = Outcome.ACCEPTED) -> Receipt:
    return Receipt(f"t{number}", outcome, "reply", 250, "2.0.0 Ok: queued as C1 ü", "C1", ReceiptSource.WIRE, MONDAY)


def reopened(path: Path) -> Journal:
    with Journal(path) as journal:
        return journal


def test_what_was_noted_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "w.journal"
    with Journal(path) as journal:
        journal.note_released([released(1), released(2)])
        journal.note_receipts([ended(1)])
    again = reopened(path)
    assert again.released() == {"t1": released(1), "t2": released(2)}
    receipt = again.receipt("t1")
    assert receipt is not None
    assert (receipt.outcome, receipt.code, receipt.reply, receipt.source) == (
        Outcome.ACCEPTED, 250, "2.0.0 Ok: queued as C1 ü", ReceiptSource.JOURNAL,
    )  # fmt: skip
    assert again.receipt("t2") is None


def test_a_tail_torn_at_any_octet_costs_the_last_record_alone(tmp_path: Path) -> None:
    path = tmp_path / "w.journal"
    with Journal(path) as journal:
        journal.note_released([released(1)])
        first = path.stat().st_size
        journal.note_released([released(2)])
    whole = path.read_bytes()
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        with Journal(path) as journal:
            assert set(journal.released()) == {"t1"}
            journal.note_released([released(3)])
        assert set(reopened(path).released()) == {"t1", "t3"}


def test_damage_with_whole_records_after_it_stops_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "w.journal"
    with Journal(path) as journal:
        journal.note_released([released(1)])
        first = path.stat().st_size
        journal.note_released([released(2), released(3)])
    whole = path.read_bytes()
    for at in range(first):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with pytest.raises(Untrustworthy):
            Journal(path)
        assert path.stat().st_size == len(whole)


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        (None, True),
        (Outcome.ACCEPTED, True),
        (Outcome.REJECTED, True),
        (Outcome.UNKNOWN, True),
        (Outcome.DEFERRED, False),
        (Outcome.ABORTED_BEFORE_DOT, False),
    ],
)
def test_it_knows_what_may_have_left(outcome: Outcome | None, may: bool, tmp_path: Path) -> None:
    with Journal(tmp_path / "w.journal") as journal:
        assert not journal.may_have_left("m1")
        journal.note_released([released(1)])
        if outcome is not None:
            journal.note_receipts([ended(1, outcome)])
        assert journal.may_have_left("m1") is may
        assert not journal.may_have_left("m2")


def test_a_witness_takes_the_place_of_what_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "w.journal"
    with Journal(path) as journal:
        journal.note_released([released(1)])
        journal.replace_by(Witness(7, "ab" * 32))
        assert (len(journal), journal.released()) == (0, {})
        journal.note_released([released(2)])
    again = reopened(path)
    assert (again.witness, set(again.released())) == (Witness(7, "ab" * 32), {"t2"})
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_takes_half_a_record_stops_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    with Journal(tmp_path / "w.journal") as journal:
        write = os.write
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[: len(data) // 2]))
        with pytest.raises(Untrustworthy):
            journal.note_released([released(1)])
        monkeypatch.undo()
        assert journal.released() == {}
    assert reopened(tmp_path / "w.journal").released() == {}
