"""Write down how attempts ended: journal first, then one transaction, tried until it commits."""

import re
from collections.abc import Sequence
from datetime import datetime

from app.consent import operations as consent
from app.consent.model import SuppressionReason
from app.consent.store import lock_lead
from app.delivery import store
from app.delivery.context import Delivery
from app.delivery.model import Attempt, Outcome, Receipt, ReceiptSource
from app.delivery.retry import given_up, next_try
from app.delivery.transport import Accepted, FinishResult, NotSent, Phase, RejectedAfterDot, Uncertain
from app.kernel.errors import StaleState
from app.outbox import operations as outbox
from app.outbox.model import Message, MessageAction, MessageState
from app.sequences import operations as sequences
from app.storage.unit_of_work import AuditNote, UnitOfWork

_NO_SUCH_ADDRESS = frozenset({550, 551, 553, 556})
"""Replies to RCPT that say the address does not exist or takes no mail (RFC 5321 section 4.2.3, RFC 7504)."""
_ENHANCED = re.compile(r"5\.(\d{1,3})\.\d{1,3}\b")
_ABOUT_THE_ADDRESS = "1"
"""The subject of an enhanced status code (RFC 3463 section 3.2)."""


def receipt_of(attempt_id: str, result: FinishResult, at: datetime) -> Receipt:
    """What the wire said, as a receipt."""
    wire = ReceiptSource.WIRE
    match result:
        case Accepted(code, reply, queue_id):
            return Receipt(attempt_id, Outcome.ACCEPTED, "reply", code, reply, queue_id[:64], wire, at)
        case RejectedAfterDot(code, reply, transient):
            outcome = Outcome.DEFERRED if transient else Outcome.REJECTED
            return Receipt(attempt_id, outcome, "reply", code, reply, "", wire, at)
        case NotSent(phase, _, code, reply):
            return Receipt(attempt_id, Outcome.ABORTED_BEFORE_DOT, phase.value, code, reply, "", wire, at)
        case Uncertain(phase, detail):
            return Receipt(attempt_id, Outcome.UNKNOWN, phase.value, None, detail, "", wire, at)


def aborted(attempt_id: str, detail: str, at: datetime) -> Receipt:
    """The dot was withheld by us."""
    return Receipt(attempt_id, Outcome.ABORTED_BEFORE_DOT, "held", None, detail, "", ReceiptSource.WIRE, at)


def lost(attempt_id: str, at: datetime) -> Receipt:
    """Nobody knows: the worker was gone between release and receipt."""
    detail = "The worker stopped between release and receipt. The message may have left."
    return Receipt(attempt_id, Outcome.UNKNOWN, "released", None, detail, "", ReceiptSource.RECOVERY, at)


def record(delivery: Delivery, ended: Sequence[tuple[Attempt, Message, Receipt]]) -> None:
    """Commit receipts, message states and what follows from them, in one transaction. Database errors pass through."""
    with delivery.units() as uow:
        recorded = [entry for entry in ended if not store.has_receipt(uow.connection, entry[0].id)]
        for attempt, message, receipt in recorded:
            _record(uow, delivery, attempt, message, receipt)
        if recorded:
            uow.commit()


def _record(uow: UnitOfWork, delivery: Delivery, attempt: Attempt, message: Message, receipt: Receipt) -> None:
    store.save_receipt(uow, delivery.ids.new_id(), receipt)
    settle(uow, delivery, message, receipt)
    data = {"message": message.id, "outcome": receipt.outcome.value, "source": receipt.source.value}
    uow.note(AuditNote("delivery.receipt.recorded", "attempt", attempt.id, delivery.worker, receipt.at, {**data}))


def record_unreleased(delivery: Delivery, message: Message) -> None:
    """A release whose commit did not answer: no dot was written, so the message is planned again, whatever was committed.

    The lead's lock makes a transaction that is still on its way to the disk finish first.
    """
    now = delivery.clock.now()
    with delivery.units() as uow:
        lock_lead(uow, message.lead_id)
        attempt = store.open_attempt_of(uow.connection, message.id, message.epoch)
        if attempt is None:
            give_back(uow, delivery, message, "release_failed", now)
        else:
            detail = "The database did not confirm the release in time; the message was not sent and is planned again."
            _record(uow, delivery, attempt, message, aborted(attempt.id, detail, now))
        uow.commit()


_ACTIONS = {
    Outcome.ACCEPTED: MessageAction.ACCEPT,
    Outcome.REJECTED: MessageAction.REJECT,
    Outcome.UNKNOWN: MessageAction.LOSE_TRACK,
}


def settle(uow: UnitOfWork, delivery: Delivery, message: Message, receipt: Receipt) -> None:
    """Move the message to what its receipt says, and its enrollment with it."""
    action = _ACTIONS.get(receipt.outcome)
    if action is None:
        give_back(uow, delivery, message, f"attempt_{receipt.outcome.value}", receipt.at)
        return
    reason = "" if action is MessageAction.ACCEPT else f"attempt_{receipt.outcome.value}"
    moved = outbox.move(uow, message.id, message.epoch, action, now=receipt.at, reason=reason, actor_id=delivery.worker)
    sequences.advance(uow, moved, moved.state, now=receipt.at)


def give_back(uow: UnitOfWork, delivery: Delivery, message: Message, reason: str, now: datetime) -> None:
    """It did not leave: plan it again with a back-off, or hold it for a person after the last try."""
    tries = message.tries + 1
    planned = outbox.move(
        uow,
        message.id,
        message.epoch,
        MessageAction.GIVE_BACK,
        now=now,
        reason=reason,
        due_at=next_try(tries, now),
        tried=True,
        actor_id=delivery.worker,
    )
    if given_up(tries):
        outbox.move(
            uow, planned.id, planned.epoch, MessageAction.HOLD, now=now, reason="no_delivery", actor_id=delivery.worker
        )


def record_not_sent(delivery: Delivery, message: Message, refusal: NotSent) -> MessageState:
    """A message that never got to the dot: rejected for good, or planned again. No attempt was made, so no receipt.

    A message that was recalled or taken over meanwhile stays as it is.
    """
    try:
        _record_not_sent(delivery, message, refusal)
    except StaleState:
        return MessageState.HELD
    return MessageState.REJECTED if refusal.kind == "permanent" else MessageState.PLANNED


def _record_not_sent(delivery: Delivery, message: Message, refusal: NotSent) -> None:
    now = delivery.clock.now()
    with delivery.units() as uow:
        if refusal.kind == "permanent":
            if _no_such_address(refusal):
                consent.suppress_address(
                    uow, message.address_digest, message.channel, SuppressionReason.BOUNCE,
                    actor_id=delivery.worker, now=now, ids=delivery.ids,
                )  # fmt: skip
            moved = outbox.move(
                uow,
                message.id,
                message.epoch,
                MessageAction.REJECT,
                now=now,
                reason=f"refused_at_{refusal.phase.value}",
                actor_id=delivery.worker,
            )
            sequences.advance(uow, moved, moved.state, now=now)
        else:
            give_back(uow, delivery, message, f"failed_at_{refusal.phase.value}", now)
        uow.commit()


def _no_such_address(refusal: NotSent) -> bool:
    """Whether a refusal is about this very address. One about us or about policy (5.7.1) must not suppress anybody."""
    if refusal.phase is not Phase.RCPT or refusal.code not in _NO_SUCH_ADDRESS:
        return False
    enhanced = _ENHANCED.match(refusal.reply)
    return enhanced is None or enhanced[1] == _ABOUT_THE_ADDRESS
