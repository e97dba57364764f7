"""After a crash or a lost lease: what certainly did not leave is planned again, what may have left is unknown."""

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.consent.store import lock_lead
from app.delivery import receipts, store, witness
from app.delivery.context import Delivery
from app.delivery.model import LEFT_BEFORE, RELOOK_AFTER, Receipt
from app.kernel.errors import StaleState
from app.outbox import operations as outbox
from app.outbox import queries as outbox_queries
from app.outbox.model import Message, MessageAction, MessageState, Pin
from app.publishing import queries as publishing

BEHIND_JOURNAL = "database_behind_journal"
"""Hold code: the journal knows of releases that the database has forgotten (restore, fail-over; reliability F48, F50)."""

_PERSON_MUST_ACT = frozenset({"no_delivery", LEFT_BEFORE, "too_late"})
CONTENT_TAKEN_AWAY = frozenset({"recalled", "superseded", "quarantined"})


def recover(delivery: Delivery) -> str:
    """Settle what this worker left behind, before it claims anything. Returns why the instance must hold, or nothing."""
    forgotten = witness.forgotten(delivery)
    with delivery.units.reading() as connection:
        mine = outbox_queries.of_worker(connection, delivery.worker)
    for message in mine:
        _settle(delivery, message)
    if forgotten:
        _hold_forgotten(delivery, forgotten)
    if forgotten or witness.is_behind(delivery):
        return BEHIND_JOURNAL
    witness.settle_journal(delivery)
    return ""


def sweep(delivery: Delivery, limit: int = 500) -> int:
    """Settle what other workers left behind, once their leases have ended; returns how many."""
    with delivery.units.reading() as connection:
        lapsed = outbox_queries.lapsed(connection, delivery.clock.now(), limit)
    return sum(_settle(delivery, message) for message in lapsed)


def relook(delivery: Delivery, limit: int = 500) -> int:
    """Let the gate look again at held messages whose cause may have passed; returns how many were planned again."""
    now = delivery.clock.now()
    with delivery.units.reading() as connection:
        ready = outbox_queries.held(
            connection, without=_PERSON_MUST_ACT | CONTENT_TAKEN_AWAY, until=now - RELOOK_AFTER, limit=limit
        )
        ready += _of_renewed_content(connection, limit)
    if not ready:
        return 0
    with delivery.units() as uow:
        moved = outbox.move_many(
            uow, [(m.id, m.epoch) for m in ready], MessageAction.RESUME, now=now, actor_id=delivery.worker
        )
        if moved:
            uow.commit()
    return len(moved)


def _of_renewed_content(connection: Connection, limit: int) -> tuple[Message, ...]:
    """Messages held because their content was taken away, whose item is live again: one look per publication and pin."""
    found: tuple[Message, ...] = ()
    for example in outbox_queries.held_examples(connection, CONTENT_TAKEN_AWAY):
        live = publishing.live_publication(connection, example.item_id, example.channel)
        if live is not None and (example.pin is Pin.LATEST or live.id == example.publication_id):
            found += outbox_queries.held_like(connection, example, CONTENT_TAKEN_AWAY, limit - len(found))
        if len(found) >= limit:
            break
    return found


def _settle(delivery: Delivery, message: Message) -> bool:
    """One message of a worker that is gone. False when somebody else was first."""
    try:
        if message.state is MessageState.RELEASED:
            return _settle_released(delivery, message)
        return _settle_claimed(delivery, message)
    except (StaleState, SQLAlchemyError):
        return False


def _settle_claimed(delivery: Delivery, message: Message) -> bool:
    """Plan it again, unless its worker, alive after all, released it a moment ago: a release holds the lead's lock."""
    with delivery.units() as uow:
        lock_lead(uow, message.lead_id)
        now = outbox_queries.message(uow.connection, message.id)
        if now is None or (now.state, now.epoch) != (MessageState.CLAIMED, message.epoch):
            return False
        outbox.move(
            uow,
            message.id,
            message.epoch,
            MessageAction.GIVE_BACK,
            now=delivery.clock.now(),
            reason="worker_lost",
            actor_id=delivery.worker,
        )
        uow.commit()
    return True


def _settle_released(delivery: Delivery, message: Message) -> bool:
    with delivery.units.reading() as connection:
        attempt = store.open_attempt_of(connection, message.id, message.epoch)
    if attempt is None:
        return False
    receipt: Receipt = delivery.journal.receipt(attempt.id) or receipts.lost(attempt.id, delivery.clock.now())
    receipts.record(delivery, [(attempt, message, receipt)])
    return True


def _hold_forgotten(delivery: Delivery, message_ids: Sequence[str]) -> None:
    """They may have left: no machine plans them again, nor looks again at those that are held for a passing cause."""
    now = delivery.clock.now()
    with delivery.units() as uow:
        known = [outbox_queries.message(uow.connection, message_id) for message_id in message_ids]
        found = [m for m in known if m is not None and m.reason != LEFT_BEFORE]
        held = [(m.id, m.epoch) for m in found if m.state is MessageState.HELD]
        planned = [(m.id, m.epoch) for m in found if m.state is MessageState.PLANNED]
        outbox.move_many(uow, held, MessageAction.RESUME, now=now, reason=LEFT_BEFORE, actor_id=delivery.worker)
        moved = outbox.move_many(
            uow, held + planned, MessageAction.HOLD, now=now, reason=LEFT_BEFORE, actor_id=delivery.worker
        )
        if moved:
            uow.commit()
