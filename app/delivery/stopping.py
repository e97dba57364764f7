"""What the gate stopped: refused, held for a person, or planned again for when the cause passes by itself."""

from collections.abc import Sequence
from datetime import datetime

from app.delivery.context import Delivery
from app.delivery.model import BatchCounts
from app.gate.facts import GateSurroundings
from app.gate.model import Verdict
from app.gate.operations import GateAnswer, RecordAnswers
from app.outbox import operations as outbox
from app.outbox.model import MessageAction, MessageState
from app.sequences import operations as sequences
from app.storage.unit_of_work import UnitOfWork


def surroundings(delivery: Delivery) -> GateSurroundings:
    """What the gate needs to know of this process."""
    return GateSurroundings(delivery.vault, frozenset(delivery.transports), delivery.hold)


def stopped_counts(answers: Sequence[GateAnswer]) -> BatchCounts:
    """How many were held and refused."""
    verdicts = [a.decision.verdict for a in answers]
    return BatchCounts(held=verdicts.count(Verdict.HOLD), refused=verdicts.count(Verdict.REFUSE))


def stopper(delivery: Delivery) -> RecordAnswers:
    """Records a batch of stopped messages in the gate's own transaction."""

    def record(uow: UnitOfWork, answers: Sequence[GateAnswer], at: datetime) -> None:
        for answer in answers:
            stop(uow, delivery, answer, at)

    return record


def stop(uow: UnitOfWork, delivery: Delivery, answer: GateAnswer, at: datetime) -> None:
    """Refuse, hold for a person, or plan again for when the cause passes by itself."""
    message, decision = answer.request.message, answer.decision
    reason = decision.reasons[0].code
    action = MessageAction.REFUSE if decision.verdict is Verdict.REFUSE else MessageAction.HOLD
    if decision.retry_at is not None:
        action = MessageAction.GIVE_BACK
    moved = outbox.move(
        uow,
        message.id,
        message.epoch,
        action,
        now=at,
        reason=reason,
        due_at=decision.retry_at,
        actor_id=delivery.worker,
    )
    if moved.state is MessageState.REFUSED:
        sequences.advance(uow, moved, moved.state, now=at)
