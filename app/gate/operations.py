"""Ask the gate: before connecting, and at the last instant.

``release`` is the only maker of permits. It runs one transaction for a batch: lock the leads, then the publication heads
(opt-out and recall take the same locks first, so one of the two strictly precedes the other), gather, decide each message
separately, store every decision, let delivery record its attempts, commit; and only then mint.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.accounts.model import Actor, Permission
from app.consent.store import lock_lead
from app.gate import policy, store
from app.gate.approved_content import ApprovedContents
from app.gate.facts import GateSurroundings, gather
from app.gate.model import Decision, GateFacts, GatePhase, RenderedFacts, Verdict
from app.gate.permit import SendPermit, mint
from app.gate.readings import Readings
from app.kernel.clock import Clock
from app.kernel.digest import Json
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.outbox import queries as outbox
from app.outbox.model import Message, MessageState
from app.publishing.model import Publication
from app.publishing.store import lock_head_shared
from app.storage.unit_of_work import AuditNote, UnitOfWork, Units


@dataclass(frozen=True, slots=True)
class GateRequest:
    """A claimed message and what is known of the bytes that would leave."""

    message: Message
    rendered: RenderedFacts


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """The decision on one message. ``facts`` is None when they could not be gathered; ``permit`` only after a release
    that was permitted and committed.
    """

    request: GateRequest
    decision_id: str
    decision: Decision
    facts: GateFacts | None
    attempt_id: str = ""
    permit: SendPermit | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one process."""

    contents: ApprovedContents
    clock: Clock
    ids: IdSource
    worker: str


RecordAnswers = Callable[[UnitOfWork, Sequence[GateAnswer], datetime], None]
"""Delivery's part of the gate's transaction: move the messages, insert the attempts of those that are permitted."""


def pre_gate(
    units: Units, gate: Gate, around: GateSurroundings, requests: Sequence[GateRequest], record: RecordAnswers
) -> list[GateAnswer]:
    """Decide before connecting. Decisions that stop a message are stored; a pass is no permit and is not stored.

    A message that is no longer claimed under its epoch gets no answer.
    """
    now = gate.clock.now()
    with units() as uow:
        ours = [request for request in requests if _still_claimed(uow, request.message)]
        readings = Readings(uow.connection, gate.contents, now)
        answers = [_answer(readings, gate, around, request) for request in ours]
        stopped = [a for a in answers if a.decision.verdict is not Verdict.PERMIT]
        if stopped:
            _record(uow, GatePhase.PRE, stopped, record, readings.at)
            uow.note(_note("gate.pre.stopped", gate, stopped, readings.at))
            uow.commit()
    return answers


def release(
    units: Units, gate: Gate, around: GateSurroundings, requests: Sequence[GateRequest], record: RecordAnswers
) -> list[GateAnswer]:
    """Decide at the last instant and commit; answers that permit carry a permit, the others never do.

    A message that is no longer claimed under its epoch (recalled, or in other hands) gets no answer: it is not ours.
    """
    now = gate.clock.now()
    with units() as uow:
        readings = Readings(uow.connection, gate.contents, now, _lock(uow, requests))
        ours = [request for request in requests if _still_claimed(uow, request.message)]
        if not ours:
            return []
        answers = [replace(_answer(readings, gate, around, request), attempt_id=gate.ids.new_id()) for request in ours]
        _record(uow, GatePhase.RELEASE, answers, record, readings.at)
        uow.note(_note("gate.release.decided", gate, answers, readings.at))
        # Taken before the commit: from here on others may see it, and a process that is stopped inside it must not think
        # that its permit is fresh when it wakes up (reliability F4).
        committing_at = gate.clock.monotonic()
        uow.commit()
    return [_with_permit(answer, committing_at) for answer in answers]


def _lock(uow: UnitOfWork, requests: Sequence[GateRequest]) -> dict[str, Publication]:
    """Leads first, heads second, each in id order, so that two batches cannot wait for each other."""
    for lead_id in sorted({r.message.lead_id for r in requests}):
        lock_lead(uow, lead_id)
    return {p: lock_head_shared(uow, p) for p in sorted({r.message.publication_id for r in requests})}


def _still_claimed(uow: UnitOfWork, message: Message) -> bool:
    now = outbox.message(uow.connection, message.id)
    return now is not None and now.state is MessageState.CLAIMED and now.epoch == message.epoch


def _answer(readings: Readings, gate: Gate, around: GateSurroundings, request: GateRequest) -> GateAnswer:
    """Gather and decide one message. What cannot be read is a hold; a broken database is an error for the whole batch."""
    message = request.message
    facts: GateFacts | None = None
    try:
        approved = readings.approved(message.publication_id)
        facts = gather(readings, message, approved, request.rendered, around)
        decision = policy.decide(message.purpose, facts, readings.at)
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - a fact that cannot be gathered is a no, whatever the cause
        decision = policy.unreadable(error, readings.at)
    return GateAnswer(request, gate.ids.new_id(), decision, facts)


def _record(
    uow: UnitOfWork, phase: GatePhase, answers: Sequence[GateAnswer], record: RecordAnswers, at: datetime
) -> None:
    for answer in answers:
        store.save_decision(uow, answer.decision_id, answer.request.message, phase, answer.decision, answer.facts)
    record(uow, answers, at)


def _note(action: str, gate: Gate, answers: Sequence[GateAnswer], at: datetime) -> AuditNote:
    decided: list[Json] = [
        [a.request.message.id, a.decision_id, a.decision.verdict.value, [r.code for r in a.decision.reasons]]
        for a in answers
    ]
    return AuditNote(action, "worker", gate.worker, gate.worker, at, {"decided": decided})


def _with_permit(answer: GateAnswer, committed_at: float) -> GateAnswer:
    if answer.decision.verdict is not Verdict.PERMIT:
        return answer
    message = answer.request.message
    permit = mint(
        attempt_id=answer.attempt_id,
        decision_id=answer.decision_id,
        message_id=message.id,
        epoch=message.epoch,
        address_digest=message.address_digest,
        rendered_digest=answer.request.rendered.digest,
        committed_at=committed_at,
    )
    return replace(answer, permit=permit)


@dataclass(frozen=True, slots=True)
class StopSending:
    """Engage the kill switch for ``scope``: ``all``, or the id of a sequence."""

    scope: str
    reason: str


def stop_sending(
    uow: UnitOfWork, command: StopSending, *, actor: Actor, now: datetime, ids: IdSource
) -> Refusal | None:
    """Stop everything or one sequence, at once, before the next dot. None when it is stopped now."""
    if not actor.may(Permission.STOP_SENDING):
        return Refusal("not_permitted", {"permission": Permission.STOP_SENDING.value})
    if not command.reason.strip():
        return Refusal("reason_missing")
    if command.scope in store.engaged_switches(uow.connection):
        return Refusal("already_stopped", {"scope": command.scope})
    store.save_switch(uow, ids.new_id(), command.scope, command.reason.strip(), actor.person_id, now)
    uow.note(AuditNote("gate.switch.engaged", "kill_switch", command.scope, actor.person_id, now))
    return None


def resume_sending(uow: UnitOfWork, scope: str, *, actor: Actor, now: datetime) -> Refusal | None:
    """Let go of the switch of ``scope``. None when sending may go on."""
    if not actor.may(Permission.STOP_SENDING):
        return Refusal("not_permitted", {"permission": Permission.STOP_SENDING.value})
    if scope not in store.engaged_switches(uow.connection):
        return Refusal("not_stopped", {"scope": scope})
    store.save_switch_release(uow, scope, actor.person_id, now)
    uow.note(AuditNote("gate.switch.released", "kill_switch", scope, actor.person_id, now))
    return None
