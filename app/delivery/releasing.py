"""The last metre: release transaction, journal, dots, replies, receipts (steps 5 to 9 of ``design.md`` section 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from app.delivery import receipts, store
from app.delivery.context import Delivery
from app.delivery.dots import write_dot
from app.delivery.journal import Released
from app.delivery.model import REPLY_LEASE, Attempt, BatchCounts, Outcome, Receipt, Rendered, sum_counts
from app.delivery.stopping import stop, stopped_counts, surroundings
from app.delivery.transport import HeldMessage
from app.delivery.witness import LONG_JOURNAL, settle_journal
from app.gate import operations as gate
from app.gate.model import Verdict
from app.gate.operations import GateAnswer, GateRequest
from app.kernel.errors import AppError, StaleState
from app.outbox import operations as outbox
from app.outbox.model import Message, MessageAction
from app.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OnWire:
    """A message whose body is on the wire and whose dot is not."""

    message: Message
    rendered: Rendered
    held: HeldMessage


@dataclass(frozen=True, slots=True)
class Let:
    """A released message: permitted, committed, journaled."""

    on_wire: OnWire
    answer: GateAnswer
    attempt: Attempt


def let_go(delivery: Delivery, on_wire: Sequence[OnWire]) -> BatchCounts:
    """Steps 5 to 9. Whatever goes wrong before the commit returned: no dot, every connection closed.

    A batch that the database refuses is released one by one, so that a bad message stops itself and no other (F54).
    """
    try:
        let, stopped = _release(delivery, on_wire)
    except (SQLAlchemyError, AppError) as error:
        if isinstance(error, IntegrityError) and len(on_wire) > 1:
            return sum_counts(let_go(delivery, [wire]) for wire in on_wire)
        for wire in on_wire:
            wire.held.abandon()
        _give_back(delivery, on_wire)
        return BatchCounts(deferred=len(on_wire))
    return stopped.plus(_dots_and_receipts(delivery, let))


def _release(delivery: Delivery, on_wire: Sequence[OnWire]) -> tuple[list[Let], BatchCounts]:
    """Step 5, and the connections of what was not permitted closed."""
    by_message = {w.message.id: w for w in on_wire}
    attempts: dict[str, Attempt] = {}

    def record(uow: UnitOfWork, answers: Sequence[GateAnswer], at: datetime) -> None:
        permitted = [a for a in answers if a.decision.verdict is Verdict.PERMIT]
        attempts.update({a.request.message.id: _attempt(delivery, by_message, a, at) for a in permitted})
        rows = [(attempts[a.request.message.id], a.decision_id, a.request.message) for a in permitted]
        store.save_attempts(uow, rows)
        for answer in answers:
            if answer.decision.verdict is Verdict.PERMIT:
                _move_released(uow, delivery, answer.request.message, at)
            else:
                stop(uow, delivery, answer, at)

    requests = [GateRequest(w.message, w.rendered.facts) for w in on_wire]
    answers = gate.release(delivery.units, delivery.gate, surroundings(delivery), requests, record)
    delivery.faults.reach("after_release_commit")
    let = [Let(by_message[a.request.message.id], a, attempts[a.request.message.id]) for a in answers if a.permit]
    released = {entry.attempt.message_id for entry in let}
    for wire in on_wire:
        if wire.message.id not in released:
            wire.held.abandon()
    return let, stopped_counts(answers)


def _attempt(delivery: Delivery, on_wire: Mapping[str, OnWire], answer: GateAnswer, at: datetime) -> Attempt:
    message = answer.request.message
    rendered = on_wire[message.id].rendered
    return Attempt(
        answer.attempt_id,
        message.id,
        message.epoch,
        delivery.worker,
        rendered.facts.digest,
        rendered.message_id_header,
        at,
    )


def _move_released(uow: UnitOfWork, delivery: Delivery, message: Message, at: datetime) -> None:
    outbox.move(
        uow,
        message.id,
        message.epoch,
        MessageAction.RELEASE,
        now=at,
        lease_until=at + REPLY_LEASE,
        actor_id=delivery.worker,
    )


def _give_back(delivery: Delivery, on_wire: Sequence[OnWire]) -> None:
    """Best effort: what cannot be given back now is given back when its lease ends."""
    for wire in on_wire:
        try:
            receipts.record_unreleased(delivery, wire.message)
        except (SQLAlchemyError, StaleState):
            continue


def _dots_and_receipts(delivery: Delivery, let: Sequence[Let]) -> BatchCounts:
    """Steps 6 to 9: journal, dots, replies, journal again, receipts."""
    if not let:
        return BatchCounts()
    delivery.journal.note_released(Released(e.attempt.id, e.attempt.message_id, e.attempt.released_at) for e in let)
    delivery.faults.reach("after_journal")
    undotted = {e.attempt.id: r for e in let if (r := _dot(delivery, e)) is not None}
    delivery.faults.reach("after_dot")
    ended = [(e.attempt, e.on_wire.message, undotted.get(e.attempt.id) or _reply(delivery, e)) for e in let]
    delivery.faults.reach("after_reply")
    delivery.journal.note_receipts(receipt for _, _, receipt in ended)
    delivery.faults.reach("before_receipt")
    if _record_until_committed(delivery, ended) and len(delivery.journal) >= LONG_JOURNAL:
        settle_journal(delivery)
    return _ended_counts([receipt for _, _, receipt in ended])


def _dot(delivery: Delivery, let: Let) -> Receipt | None:
    """Steps 7 and 8. None when the dot is written and the reply is awaited."""
    assert let.answer.permit is not None
    now = delivery.clock.monotonic()
    result = write_dot(let.answer.permit, let.on_wire.message, let.on_wire.rendered, let.on_wire.held, now)
    if result is None:
        return None
    if isinstance(result, str):
        return receipts.aborted(let.attempt.id, result, delivery.clock.now())
    return receipts.receipt_of(let.attempt.id, result, delivery.clock.now())


def _reply(delivery: Delivery, let: Let) -> Receipt:
    return receipts.receipt_of(let.attempt.id, let.on_wire.held.await_reply(), delivery.clock.now())


def _record_until_committed(delivery: Delivery, ended: Sequence[tuple[Attempt, Message, Receipt]]) -> bool:
    """Step 9, tried until it commits: the journal holds the outcome, and nothing is claimed meanwhile (F27).

    False when the worker was told to stop first; its successor takes the outcome from the journal.
    """
    wait, contested = 0.1, False
    while True:
        try:
            receipts.record(delivery, ended)
        except OperationalError:
            if delivery.pause(wait):
                return False
            wait = min(wait * 2, 5.0)
        except IntegrityError:
            if contested:
                raise
            contested = True  # another worker, taking us for lost, settled one of them at this very moment
        else:
            return True


def _ended_counts(ended: Sequence[Receipt]) -> BatchCounts:
    outcomes = [receipt.outcome for receipt in ended]
    return BatchCounts(
        accepted=outcomes.count(Outcome.ACCEPTED),
        rejected=outcomes.count(Outcome.REJECTED),
        deferred=outcomes.count(Outcome.DEFERRED),
        aborted=outcomes.count(Outcome.ABORTED_BEFORE_DOT),
        unknown=outcomes.count(Outcome.UNKNOWN),
    )
