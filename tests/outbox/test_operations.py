"""Planning, claiming, moving and holding messages, on both databases."""

from datetime import datetime, timedelta

import pytest

from app.accounts.model import Actor
from app.kernel.errors import StaleState
from app.outbox import operations, queries
from app.outbox.model import Message, MessageAction, MessageState, NewMessage
from app.publishing.model import Publication
from app.storage.unit_of_work import UnitOfWork, Units
from tests.builders.content import make_version
from tests.builders.leads import make_enrollment, make_lead, make_message, make_sequence, new_message
from tests.builders.outbox import make_attempt
from tests.builders.review import make_publication
from tests.fakes import CountingIds, FixedClock

_A, _S = MessageAction, MessageState
LEASE = timedelta(minutes=5)


@pytest.fixture
def planned(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds) -> Message:
    """One planned message, committed."""
    with units() as uow:
        made = make_message(uow, now=now, ids=ids)
        uow.commit()
    return made


def _claim(units: Units, message: Message, now: datetime) -> Message:
    with units() as uow:
        (claimed,) = operations.claim(uow, [message.id], "w1", now, LEASE)
        uow.commit()
    return claimed


def _move(units: Units, message: Message, action: MessageAction, now: datetime, **extra: object) -> Message:
    with units() as uow:
        if action is _A.RELEASE:
            make_attempt(uow, message, now=now, ids=CountingIds(f"r{message.epoch}"))
        moved = operations.move(uow, message.id, message.epoch, action, now=now, **extra)  # type: ignore[arg-type]
        uow.commit()
    return moved


def test_a_step_is_planned_once_however_often_it_is_asked(
    units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        publication = make_publication(uow, now=now, ids=ids)
        lead = make_lead(uow, now=now, ids=ids)
        make_sequence(uow, now=now, ids=ids)
        enrollment = make_enrollment(uow, lead, now=now, ids=ids)
        answers = [
            operations.plan_message(uow, new_message(publication, enrollment, lead, ids=ids, due=now), now=now)
            for _ in range(3)
        ]
        uow.commit()
    assert answers == [True, False, False]
    with units.reading() as connection:
        assert len(queries.of_enrollment(connection, enrollment.id)) == 1


def test_a_claim_raises_the_epoch_and_a_second_worker_gets_nothing(
    units: Units, planned: Message, now: datetime
) -> None:
    claimed = _claim(units, planned, now)
    assert (claimed.state, claimed.epoch, claimed.worker) == (_S.CLAIMED, 1, "w1")
    assert claimed.lease_until == now + LEASE
    with units() as uow:
        assert operations.claim(uow, [planned.id], "w2", now, LEASE) == ()


def test_a_message_that_is_not_due_is_not_claimed(units: Units, planned: Message, now: datetime) -> None:
    early = now - timedelta(microseconds=1)
    with units() as uow:
        assert queries.due(uow.connection, early, 10) == ()
        assert operations.claim(uow, [planned.id], "w1", early, LEASE) == ()
        assert queries.due(uow.connection, now, 10) == (planned.id,)


def test_a_worker_that_lost_its_lease_changes_nothing(units: Units, planned: Message, now: datetime) -> None:
    first = _claim(units, planned, now)
    _move(units, first, _A.GIVE_BACK, now, reason="lease_lapsed")
    second = _claim(units, planned, now)
    assert second.epoch == 2
    with units() as uow, pytest.raises(StaleState):
        operations.move(uow, first.id, first.epoch, _A.RELEASE, now=now)


def test_accepted_is_the_end(units: Units, planned: Message, now: datetime) -> None:
    claimed = _claim(units, planned, now)
    released = _move(units, claimed, _A.RELEASE, now)
    assert (released.state, released.worker) == (_S.RELEASED, "w1")
    accepted = _move(units, released, _A.ACCEPT, now)
    assert (accepted.state, accepted.worker, accepted.lease_until) == (_S.ACCEPTED, "", None)
    for action in (_A.GIVE_BACK, _A.HOLD, _A.RESUME, _A.RELEASE):
        with units() as uow, pytest.raises(StaleState):
            operations.move(uow, planned.id, accepted.epoch, action, now=now)


def test_a_deferred_message_comes_back_later_and_counts_its_try(
    units: Units, planned: Message, clock: FixedClock, now: datetime
) -> None:
    claimed = _claim(units, planned, now)
    later = now + timedelta(minutes=10)
    back = _move(units, claimed, _A.GIVE_BACK, now, reason="deferred", due_at=later, tried=True)
    assert (back.state, back.due_at, back.tries, back.reason) == (_S.PLANNED, later, 1, "deferred")


def test_a_batch_moves_what_still_stands_and_leaves_the_rest(units: Units, planned: Message, now: datetime) -> None:
    claimed = _claim(units, planned, now)
    with units() as uow:
        make_attempt(uow, claimed, now=now, ids=CountingIds("r"))
        moved = operations.move_many(uow, [(claimed.id, 1), (claimed.id, 7), ("nobody", 1)], _A.RELEASE, now=now)
        uow.commit()
    assert [m.id for m in moved] == [claimed.id]


def test_a_recall_holds_what_has_not_left_and_counts_what_has(
    units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        publication = make_publication(uow, now=now, ids=ids)
        make_sequence(uow, now=now, ids=ids)
        made = [_plan_for(uow, publication, f"p{n}@example.org", now, ids) for n in range(3)]
        uow.commit()
    taken = [m.id for m in made[:2]]
    with units() as uow:
        first, second = operations.claim(uow, taken, "w1", now, LEASE)
        make_attempt(uow, first, now=now, ids=CountingIds("r"))
        operations.move(uow, first.id, first.epoch, _A.RELEASE, now=now)
        uow.commit()
    with units() as uow:
        count = operations.hold_messages(uow, publication.id, "recalled", actor_id="cora", now=now)
        uow.commit()
    assert (count.held, count.released_before) == (2, 1)
    with units() as uow, pytest.raises(StaleState):
        operations.move(uow, second.id, second.epoch, _A.RELEASE, now=now)
    with units.reading() as connection:
        assert {m.id for m in queries.held(connection, reason="recalled")} == {second.id, made[2].id}


def _plan_for(uow: UnitOfWork, publication: Publication, email: str, now: datetime, ids: CountingIds) -> NewMessage:
    lead = make_lead(uow, email, now=now, ids=ids)
    enrollment = make_enrollment(uow, lead, now=now, ids=ids)
    new = new_message(publication, enrollment, lead, ids=ids, due=now)
    assert operations.plan_message(uow, new, now=now)
    return new


def test_a_lease_that_ran_out_is_found(units: Units, planned: Message, now: datetime) -> None:
    claimed = _claim(units, planned, now)
    assert claimed.lease_until is not None
    with units.reading() as connection:
        assert queries.lapsed(connection, claimed.lease_until - timedelta(microseconds=1)) == ()
        assert [m.id for m in queries.lapsed(connection, claimed.lease_until)] == [claimed.id]


def test_a_message_that_follows_the_latest_is_pointed_at_the_new_publication(
    units: Units, planned: Message, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        version = make_version(
            uow, now=now, ids=ids, body="# New words\n\n{{ postal_address }}\n\n{{ unsubscribe_url }}\n"
        )
        newer = make_publication(uow, version, now=now, ids=ids)
        uow.commit()
    with units.reading() as connection:
        held = queries.message(connection, planned.id)
    assert held is not None
    with units() as uow:
        pointed = operations.repin(uow, planned.id, held.epoch, newer.id, newer.closure_root, now=now)
        uow.commit()
    assert (pointed.publication_id, pointed.closure_root) == (newer.id, newer.closure_root)


@pytest.mark.parametrize(
    ("moves", "settled"),
    [
        ((), "pending"),
        ((_A.CLAIM,), "pending"),
        ((_A.CLAIM, _A.RELEASE), "pending"),
        ((_A.HOLD,), "held"),
        ((_A.REFUSE,), "refused"),
        ((_A.CLAIM, _A.REJECT), "rejected"),
        ((_A.CLAIM, _A.RELEASE, _A.ACCEPT), "accepted"),
        ((_A.CLAIM, _A.RELEASE, _A.LOSE_TRACK), "unknown"),
    ],
)
def test_every_planned_send_is_accounted_for(
    units: Units, planned: Message, now: datetime, moves: tuple[MessageAction, ...], settled: str
) -> None:
    message = planned
    for action in moves:
        message = _claim(units, message, now) if action is _A.CLAIM else _move(units, message, action, now)
    with units.reading() as connection:
        book = queries.accounting(connection)
    assert book.balances
    assert (book.planned, getattr(book, settled)) == (1, 1)
