"""The worker dies at every named point; whoever comes after it sends nothing twice and loses nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.delivery import recovery
from app.delivery.model import Outcome, ReceiptSource
from app.delivery.queries import attempts_of
from app.outbox.model import MessageState
from app.storage.engine import sqlite_url
from tests.builders.sending import At, Desk, Died, Sending, die
from tests.delivery.conftest import MakeDesk, MakeSending

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


def go_on(desk: Desk, story: Sending) -> Desk:
    """A successor recovers and works for two hours."""
    desk = desk.again()
    assert recovery.recover(desk.delivery) == ""
    for _ in range(24):
        story.clock.advance(timedelta(minutes=5))
        recovery.sweep(desk.delivery)
        desk.send()
    return desk


def no_message_left_twice_and_none_is_lost(desk: Desk, story: Sending) -> None:
    """The oracle is the server's log."""
    seen = [record.message_id for record in desk.server.dots]
    assert len(seen) == len(set(seen)), seen
    accounting = story.accounting()
    assert accounting.balances
    assert accounting.pending == 0
    accepted = {record.message_id for record in desk.server.accepted}
    assert accounting.accepted + accounting.unknown >= len(accepted)
    for number in range(len(story.leads)):
        if story.message(number).state is S.ACCEPTED:
            with story.units.reading() as connection:
                line = attempts_of(connection, story.message(number).id)[-1]
            assert line.attempt.message_id_header in accepted


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_any_point_sends_nothing_twice_and_loses_nothing(
    point: str, dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending(leads=3)
    desk = open_desk(At(**{point: die}))
    with pytest.raises(Died):
        desk.send()
    desk = go_on(desk, story)
    no_message_left_twice_and_none_is_lost(desk, story)
    states = set(story.states())
    if point in ("after_claim", "after_body"):
        assert states == {S.ACCEPTED}
    elif point == "before_receipt":
        assert states == {S.ACCEPTED}
        with story.units.reading() as connection:
            [line] = attempts_of(connection, story.message().id)
        assert line.receipt is not None
        assert (line.receipt.source, line.receipt.code) == (ReceiptSource.JOURNAL, 250)
    else:
        assert states == {S.UNKNOWN}
    left = len(desk.server.dots)
    assert left == (0 if point in ("after_release_commit", "after_journal") else 3)
    desk.close()


def test_every_named_point_is_reached_in_this_order(sending: MakeSending, open_desk: MakeDesk) -> None:
    at = At()
    sending()
    open_desk(at).send()
    assert at.reached == POINTS


def test_a_lapsed_claim_of_a_lost_worker_is_planned_again(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    lost = open_desk(At(after_body=die), worker="lost")
    with pytest.raises(Died):
        lost.send()
    desk = open_desk()
    assert (recovery.sweep(desk.delivery), desk.send().claimed) == (0, 0)
    story.clock.advance(timedelta(minutes=2))
    assert recovery.sweep(desk.delivery) == 1
    assert desk.send().accepted == 1
    assert story.message().epoch == 2


def test_a_lapsed_release_of_a_lost_worker_is_unknown(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    lost = open_desk(At(after_dot=die), worker="lost")
    with pytest.raises(Died):
        lost.send()
    desk = open_desk()
    story.clock.advance(timedelta(minutes=11))
    assert recovery.sweep(desk.delivery) == 0
    story.clock.advance(timedelta(minutes=1))
    assert recovery.sweep(desk.delivery) == 1
    assert story.message().state is S.UNKNOWN
    assert desk.send().claimed == 0
    assert len(desk.server.dots) == 1


def test_a_worker_that_slept_past_its_lease_writes_no_dot(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
    """F3: paused between body and release; meanwhile another worker takes over and sends."""
    story = sending()
    other = open_desk(worker="other")

    def taken_over() -> None:
        story.clock.advance(timedelta(minutes=3))
        assert recovery.sweep(other.delivery) == 1
        assert other.send().accepted == 1

    zombie = open_desk(At(after_body=taken_over), worker="zombie")
    counts = zombie.send()
    assert (counts.accepted, counts.unknown) == (0, 0)
    zombie.transport.close()
    zombie.server.settle()
    assert len(zombie.server.dots) == 1
    assert (story.message().state, story.message().epoch) == (S.ACCEPTED, 2)


def test_a_worker_that_slept_after_its_release_keeps_the_unknown(
    dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    """F4: another worker already wrote Unknown; the sleeper, who knows it wrote no dot, does not undo that."""
    story = sending()
    other = open_desk(worker="other")

    def settled_by_another() -> None:
        story.clock.advance(timedelta(minutes=13))
        assert recovery.sweep(other.delivery) == 1

    sleeper = open_desk(At(after_release_commit=settled_by_another), worker="sleeper")
    sleeper.send()
    assert story.message().state is S.UNKNOWN
    assert sleeper.server.dots == []


def test_a_claim_that_is_released_while_it_is_swept_is_not_given_back(
    dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    """The sweeper read "claimed", and by the time it acts its owner, alive after all, has released."""
    from app.outbox import queries as outbox

    story = sending()
    other = open_desk(worker="other")

    def release_comes_first() -> None:
        stale = outbox.message
        with story.units.reading() as connection:
            released = stale(connection, story.message().id)
        assert released is not None
        assert released.state is S.RELEASED
        as_seen_before = type(released)(
            **{name: getattr(released, name) for name in released.__slots__} | {"state": S.CLAIMED}
        )
        assert not recovery._settle(other.delivery, as_seen_before)

    slow = open_desk(At(after_release_commit=release_comes_first), worker="slow")
    assert slow.send().accepted == 1
    assert story.message().state is S.ACCEPTED


def test_a_release_whose_commit_did_not_answer_is_settled_and_sent_once(
    dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    """The server committed, the connection broke before it said so: no dot was written, and the attempt says so."""
    from sqlalchemy.exc import OperationalError

    story, desk = sending(), open_desk()
    made = desk.delivery.units

    class Deaf:
        """Units whose commit works once more and then loses its answer."""

        broken = False

        def __call__(self):
            unit = made()
            plain = unit.commit

            def commit() -> None:
                release = any(note.action == "gate.release.decided" for note in unit._notes)
                plain()
                if release and not Deaf.broken:
                    Deaf.broken = True
                    raise OperationalError("COMMIT", {}, ConnectionError("gone"))

            unit.commit = commit
            return unit

        reading = made.reading

    object.__setattr__(desk.delivery, "units", Deaf())
    assert desk.send().deferred == 1
    object.__setattr__(desk.delivery, "units", made)
    assert story.message().state is S.PLANNED
    with story.units.reading() as connection:
        [line] = attempts_of(connection, story.message().id)
    assert line.receipt is not None
    assert line.receipt.outcome is Outcome.ABORTED_BEFORE_DOT
    story.clock.advance(timedelta(minutes=2))
    assert desk.send().accepted == 1
    assert len(desk.server.dots) == 1


def _locked(story: Sending):
    """Another connection that holds the write lock."""
    connection = story.units.engine.raw_connection()
    connection.driver_connection.execute("BEGIN IMMEDIATE")
    return connection


def impatient(story: Sending) -> None:
    """New connections of the engine wait 50 ms for a lock, not five seconds."""
    from sqlalchemy import event

    @event.listens_for(story.units.engine, "checkout")
    def _short(connection, record, proxy) -> None:
        connection.execute("PRAGMA busy_timeout = 50")


def only_on_sqlite(story: Sending) -> None:
    if story.units.engine.dialect.name != "sqlite":
        pytest.skip("a locked database is SQLite's; PostgreSQL locks rows")


def test_a_locked_database_at_release_means_no_dot(sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending(leads=2)
    only_on_sqlite(story)
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
    only_on_sqlite(story)
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
    only_on_sqlite(story)
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


def restored(story: Sending, copy: Path) -> None:
    """Put an older copy of the database file back."""
    story.units.engine.dispose()
    path = Path(str(story.units.engine.url.database))
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(copy.read_bytes())


def copied(story: Sending, to: Path) -> Path:
    with story.units.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()
    to.write_bytes(Path(str(story.units.engine.url.database)).read_bytes())
    return to


def test_an_older_database_under_a_journal_holds_the_instance(
    sending: MakeSending, open_desk: MakeDesk, tmp_path: Path
) -> None:
    """F50: a backup from before the send is restored; the journal knows better."""
    story = sending()
    only_on_sqlite(story)
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
    only_on_sqlite(story)
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


def _note(story: Sending, number: int):
    from app.storage.unit_of_work import AuditNote

    return AuditNote("test.happened", "test", str(number), "max", story.clock.now())


def test_a_database_that_goes_back_under_a_running_worker_sends_nothing_twice(
    sending: MakeSending, open_desk: MakeDesk, tmp_path: Path
) -> None:
    story = sending()
    only_on_sqlite(story)
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
