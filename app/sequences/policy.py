"""Pure decisions of sequences: transitions, activation, enrollment, what an outcome does to an enrollment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.authoring.model import Channel
from app.consent.model import ConsentChannel, Lead
from app.kernel.finding import Refusal
from app.kernel.transitions import TransitionTable
from app.outbox.model import MessageState
from app.publishing.model import Publication, PublicationState
from app.sequences.model import (
    Enrollment,
    EnrollmentAction,
    EnrollmentState,
    Plan,
    SequenceAction,
    SequenceState,
    Step,
)

_S, _A = SequenceState, SequenceAction
_E, _B = EnrollmentState, EnrollmentAction

SEQUENCE_MOVES: TransitionTable[SequenceState, SequenceAction] = TransitionTable(
    "sequence",
    _S.DRAFT,
    {
        (_S.DRAFT, _A.ACTIVATE): _S.ACTIVE,
        (_S.DRAFT, _A.RETIRE): _S.RETIRED,
        (_S.ACTIVE, _A.PAUSE): _S.PAUSED,
        (_S.ACTIVE, _A.RETIRE): _S.RETIRED,
        (_S.PAUSED, _A.RESUME): _S.ACTIVE,
        (_S.PAUSED, _A.RETIRE): _S.RETIRED,
    },
)
ENROLLMENT_MOVES: TransitionTable[EnrollmentState, EnrollmentAction] = TransitionTable(
    "enrollment",
    _E.ACTIVE,
    {(_E.ACTIVE, _B.STOP): _E.STOPPED, (_E.ACTIVE, _B.FINISH): _E.FINISHED},
)

WAITING_REASONS = {
    MessageState.REJECTED: "step_rejected",
    MessageState.REFUSED: "step_refused",
    MessageState.HELD: "step_held",
    MessageState.UNKNOWN: "step_unknown",
}
"""Why a lead waits at a step, by the outcome of its message. Hold, never skip."""
STEP_NOT_APPROVED = "step_not_approved"
NO_COMMON_HOURS = "no_common_hours"
NO_ADDRESS = "no_address"
PLANNED = "step_planned"


@dataclass(frozen=True, slots=True)
class Advance:
    """What an outcome does to an enrollment."""

    state: EnrollmentState
    reason: str
    next_step: int | None
    next_due: datetime | None


def covers_now(publication: Publication | None, now: datetime) -> bool:
    """Whether a publication may be sent from at ``now``: live, and inside its window."""
    return publication is not None and publication.state is PublicationState.LIVE and publication.covers(now)


def may_activate(steps: Iterable[tuple[Step, Publication | None]], now: datetime) -> Refusal | None:
    """Refuse while any step has no live publication for its channel that covers ``now``; names all such steps."""
    missing = [
        {"step": step.number, "item": step.item_key, "channel": step.channel.value}
        for step, publication in steps
        if not covers_now(publication, now) or (publication is not None and publication.channel is not step.channel)
    ]
    return Refusal(STEP_NOT_APPROVED, {"steps": missing}) if missing else None


def may_enroll(plan: Plan, state: SequenceState, lead: Lead) -> Refusal | None:
    """Why a lead may not be put into a sequence, or None. Consent is asked by the gate at the last instant, not here."""
    if state is not SequenceState.ACTIVE:
        return Refusal("sequence_not_active", {"sequence": plan.key, "state": state.value})
    if lead.erased_at is not None:
        return Refusal("lead_erased", {"lead": lead.id})
    if lead.lead_type != plan.lead_type:
        return Refusal("lead_type_mismatch", {"sequence": plan.lead_type, "lead": lead.lead_type})
    without = sorted({step.channel.value for step in plan.steps if not address_digest(lead, step.channel)})
    return Refusal(NO_ADDRESS, {"lead": lead.id, "channels": without}) if without else None


def address_digest(lead: Lead, channel: Channel) -> str:
    """Digest of the address a lead has for a channel; empty when she has none."""
    return lead.address_digest(ConsentChannel(channel.value))


def after(enrollment: Enrollment, plan: Plan, step_number: int, outcome: MessageState, at: datetime) -> Advance | None:
    """What the outcome of a step's message at ``at`` does; None when it settles nothing yet."""
    if outcome is MessageState.ACCEPTED:
        if step_number < len(plan.steps):
            step = plan.steps[step_number]
            return Advance(_E.ACTIVE, "", step.number, at + step.delay)
        return Advance(_E.FINISHED, "", None, None)
    reason = WAITING_REASONS.get(outcome)
    return None if reason is None else Advance(enrollment.state, reason, None, None)
