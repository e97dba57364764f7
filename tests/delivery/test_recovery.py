"""The worker dies at every named point; whoever comes after it sends nothing twice and loses nothing."""

from datetime import timedelta

import pytest

from app.delivery import recovery
from app.delivery.model import Outcome, ReceiptSource
from app.delivery.queries import attempts_of
from app.outbox.model import MessageState
from app.storage.unit_of_work import UnitOfWork
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
    point: str, dialect: str, sending: MakeSending, open_desk: MakeDesk
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


def test_a_lapsed_claim_of_a_lost_worker_is_planned_again(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
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


def test_a_lapsed_release_of_a_lost_worker_is_unknown(dialect: str, sending: MakeSending, open_desk: MakeDesk) -> None:
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


def test_a_worker_that_slept_past_its_lease_writes_no_dot(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
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
    other.transport.close()
    zombie.server.settle()
    assert len(zombie.server.dots) == 1
    assert (story.message().state, story.message().epoch) == (S.ACCEPTED, 2)


def test_a_worker_that_slept_after_its_release_keeps_the_unknown(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
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
    dialect: str, sending: MakeSending, open_desk: MakeDesk
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
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    """The server committed, the connection broke before it said so: no dot was written, and the attempt says so."""
    from sqlalchemy.exc import OperationalError

    story, desk = sending(), open_desk()
    made = desk.delivery.units

    class Deaf:
        """Units whose commit works once more and then loses its answer."""

        broken = False

        def __call__(self) -> UnitOfWork:
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
