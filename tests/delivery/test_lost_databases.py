"""A database that is locked, older than it was, or full of held messages. On SQLite alone, whose file these tests exchange."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import PoolProxiedConnection, text

from app.delivery import recovery
from app.outbox.model import MessageState
from app.storage.unit_of_work import AuditNote
from tests.builders.sending import At, Sending
from tests.delivery.conftest import MakeDesk, MakeSending
from tests.delivery.sqlite_alone import database_url  # noqa: F401

S = MessageState
POINTS = [
    "after_claim",
    "after_body",
    "after_release_commit",
    "after_journal",
    "after_dot",
    "after_reply",
    "before_receipt",
]


def _locked(story: Sending) -> PoolProxiedConnection:
    """Another connection that holds the write lock."""
    connection = story.units.engine.raw_connection()
    connection.driver_connection.execute("BEGIN IMMEDIATE")
    return connection


def impatient(story: Sending) -> None:
    """New connections of the engine wait 50 ms for a lock, not five seconds."""
    from sqlalchemy import event

    @event.listens_for(story.units.engine, "checkout")
    def _short(connection: Any, record: object, proxy: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50")


def restored(story: Sending, copy: Path) -> None:
    """Put an older copy of the database file back."""
    story.units.engine.dispose()
    path = Path(str(story.units.engine.url.database))
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(copy.read_bytes())


def copied(story: Sending, to: Path) -> Path:
    source, target = story.units.engine.raw_connection(), sqlite3.connect(to)
    source.driver_connection.backup(target)
    target.close()
    source.close()
    return to


def _note(story: Sending, number: int) -> AuditNote:
    return AuditNote("test.happened", "test", str(number), "max", story.clock.now())


def test_every_named_point_is_reached_in_this_order(sending: MakeSending, open_desk: MakeDesk) -> None:
    at = At()
    sending()
    open_desk(at).send()
    assert at.reached == POINTS


def test_a_locked_database_at_release_means_no_dot(sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending(leads=2)
    impatient(story)
    held: list = []
    desk = open_desk(At(after_body=lambda: held.append(_locked(story))))
    assert desk.send().deferred == 2
    desk.server.settle(0.2)
    assert desk.server.dots == []
    held[0].rollback()
    held[0].close()
    for _ in range(3):
        story.clock.advance(timedelta(minutes=3))
        recovery.sweep(desk.delivery)
        desk.send()
    assert story.states() == [S.ACCEPTED] * 2
    assert len(desk.server.dots) == 2


def test_a_locked_database_at_receipt_delays_the_receipt_only(sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    impatient(story)
    held: list = []
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 3:
            held[0].rollback()
            held[0].close()
        return False

    desk = open_desk(At(before_receipt=lambda: held.append(_locked(story))), pause=pause)
    assert desk.send().accepted == 1
    assert len(waits) == 3
    assert story.message().state is S.ACCEPTED


def test_told_to_stop_while_the_database_is_locked_the_journal_keeps_the_outcome(
    sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending()
    impatient(story)
    held: list = []
    desk = open_desk(At(before_receipt=lambda: held.append(_locked(story))), pause=lambda seconds: True)
    desk.send()
    # The successor cannot write either: it must not throw the journal away.
    desk = desk.again()
    assert recovery.recover(desk.delivery) == ""
    assert len(desk.delivery.journal) == 1
    held[0].rollback()
    held[0].close()
    desk = desk.again()
    assert recovery.recover(desk.delivery) == ""
    assert story.message().state is S.ACCEPTED
    assert len(desk.delivery.journal) == 0
    desk.close()


def test_an_error_on_the_way_leaves_no_connection_occupied(sending: MakeSending, open_desk: MakeDesk) -> None:
    from sqlalchemy.exc import OperationalError

    story = sending(leads=3)

    def fail() -> None:
        raise OperationalError("x", {}, Exception("busy"))

    desk = open_desk(At(after_body=fail), connections=3)
    with pytest.raises(OperationalError):
        desk.send()
    story.clock.advance(timedelta(minutes=3))
    assert recovery.sweep(desk.delivery) == 3
    assert desk.send().accepted == 3


def test_an_older_database_under_a_journal_holds_the_instance(
    sending: MakeSending, open_desk: MakeDesk, tmp_path: Path
) -> None:
    """F50: a backup from before the send is restored; the journal knows better."""
    story = sending()
    backup = copied(story, tmp_path / "backup")
    desk = open_desk()
    assert desk.send().accepted == 1
    restored(story, backup)
    assert story.message().state is S.PLANNED
    desk = desk.again()
    assert recovery.recover(desk.delivery) == recovery.BEHIND_JOURNAL
    assert (story.message().state, story.message().reason) == (S.HELD, "released_elsewhere")
    held = desk.again(hold=recovery.BEHIND_JOURNAL)
    for _ in range(5):
        story.clock.advance(timedelta(hours=2))
        recovery.relook(held.delivery)
        held.send()
    assert len(held.server.dots) == 1
    held.close()


def test_an_older_database_is_noticed_after_the_journal_was_settled(
    sending: MakeSending, open_desk: MakeDesk, tmp_path: Path
) -> None:
    """The worker was restarted since, so its journal is short; the witness in it still knows the log."""
    story = sending()
    backup = copied(story, tmp_path / "backup")
    desk = open_desk()
    desk.send()
    desk = desk.again()
    assert recovery.recover(desk.delivery) == ""
    assert len(desk.delivery.journal) == 0
    restored(story, backup)
    desk = desk.again()
    assert recovery.recover(desk.delivery) == recovery.BEHIND_JOURNAL
    # Also when the older copy has grown as long again, with other events.
    for number in range(40):
        story.commit(lambda uow: uow.note(_note(story, number)))  # noqa: B023
    assert recovery.recover(desk.delivery) == recovery.BEHIND_JOURNAL
    desk.close()


def test_a_database_that_goes_back_under_a_running_worker_sends_nothing_twice(
    sending: MakeSending, open_desk: MakeDesk, tmp_path: Path
) -> None:
    story = sending()
    backup = copied(story, tmp_path / "backup")
    desk = open_desk()
    assert desk.send().accepted == 1
    restored(story, backup)
    desk.send()
    assert (story.message().state, story.message().reason) == (S.HELD, "released_elsewhere")
    assert len(desk.server.dots) == 1


def test_many_held_messages_do_not_hide_one_that_may_go_on(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(leads=4), open_desk()
    with story.units.engine.connect() as connection, connection.begin():
        for number, reason in enumerate(["too_late", "no_delivery", "released_elsewhere", "kill_switch"]):
            connection.execute(
                text("UPDATE messages SET state = 'held', reason = :reason WHERE id = :id"),
                {"reason": reason, "id": story.message(number).id},
            )
    story.clock.advance(timedelta(hours=2))
    assert recovery.relook(desk.delivery, limit=1) == 1
    assert story.states() == [S.HELD, S.HELD, S.HELD, S.PLANNED]


def test_the_journal_is_cut_short_while_the_worker_runs(
    sending: MakeSending, open_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.delivery.releasing.LONG_JOURNAL", 3)
    sending(leads=5)
    desk = open_desk()
    desk.send(2)
    assert len(desk.delivery.journal) == 2
    desk.send(2)
    assert len(desk.delivery.journal) == 0
    assert desk.delivery.journal.witness is not None
    desk.send(2)
    desk = desk.again()
    assert recovery.recover(desk.delivery) == ""
    assert len(desk.server.dots) == 5
    desk.close()
