"""Pure decisions about consent: what may be sent on, what an act may prove, what a suppression covers."""

from collections.abc import Iterable
from datetime import datetime

from app.consent.model import (
    ANY,
    NEEDED_PROOF,
    OWN_ACTS,
    PROOF_ORDER,
    STRONGEST_PROOF,
    Act,
    ConsentChannel,
    ConsentEvent,
    ConsentState,
    Lead,
    Proof,
    SourceKind,
    Suppression,
    SuppressionReason,
)
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource


def rank(proof: Proof) -> int:
    """Position from weakest to strongest."""
    return PROOF_ORDER.index(proof)


def sendable(channel: ConsentChannel, state: ConsentState, proof: Proof | None) -> bool:
    """Whether a standing may be sent on: consent is *in* and its proof is what the channel needs."""
    return state is ConsentState.IN and proof is not None and rank(proof) >= rank(NEEDED_PROOF[channel])


def covers(scope_channel: str, scope_purpose: str, channel: str, purpose: str) -> bool:
    """Whether a withdrawal or suppression of a scope reaches ``channel`` and ``purpose``."""
    return scope_channel in (ANY, channel) and scope_purpose in (ANY, purpose)


def may_agree(kind: SourceKind, proof: Proof, wording_version_id: str | None, *, own_act: bool) -> Refusal | None:
    """Why an agreement may not be recorded, or None. ``own_act``: the person herself is acting in this very request."""
    if kind in OWN_ACTS and not own_act:
        return Refusal("own_act_only", {"source": kind.value})
    strongest = STRONGEST_PROOF.get(kind)
    if strongest is None or rank(proof) > rank(strongest):
        most = "" if strongest is None else strongest.value
        return Refusal("proof_too_strong", {"source": kind.value, "proof": proof.value, "most": most})
    if proof is not Proof.ASSERTED and not wording_version_id:
        return Refusal("wording_needed", {"proof": proof.value})
    return None


def ends_withdrawal(agreed: ConsentEvent, withdrew: ConsentEvent) -> bool:
    """Whether an agreement recorded after a withdrawal counts again.

    It must have been given after it, and either be proven double or signed, or be the person's own act.
    """
    if agreed.occurred_at <= withdrew.occurred_at or agreed.source_kind in (None, SourceKind.IMPORT):
        return False
    strong = rank(agreed.proof) >= rank(Proof.DOUBLE)
    return strong or (agreed.proof is Proof.SINGLE and agreed.source_kind in OWN_ACTS)


def may_lift(agreed: ConsentEvent) -> bool:
    """Whether an agreement is strong enough to end a suppression by opt-out, as far as it reaches."""
    return rank(agreed.proof) >= rank(Proof.DOUBLE) and agreed.source_kind not in (None, SourceKind.IMPORT)


def standing_withdrawal(ledger: Iterable[ConsentEvent], channel: str, purpose: str) -> ConsentEvent | None:
    """The first withdrawal that covers this whole scope with no agreement inside the scope recorded after it, or None.

    ``channel`` and ``purpose`` may be ``*``. While there is one, withdrawing again would say nothing new.
    """
    events = list(ledger)
    agreed = [e.recorded_at for e in events if e.act is Act.AGREED and covers(channel, purpose, e.channel, e.purpose)]
    after = max(agreed, default=None)
    standing = [
        e
        for e in events
        if e.act is Act.WITHDREW
        and covers(e.channel, e.purpose, channel, purpose)
        and (after is None or e.recorded_at > after)
    ]
    return min(standing, key=lambda e: (e.recorded_at, e.id), default=None)


def suppressions_for(lead: Lead, channel: str, purpose: str, now: datetime, ids: IdSource) -> tuple[Suppression, ...]:
    """The suppressions that go with a withdrawal: of the address the channel uses, or of both when it is ``*``."""
    digests = (
        {lead.email_digest, lead.phone_digest} if channel == ANY else {lead.address_digest(ConsentChannel(channel))}
    )
    return tuple(
        Suppression(ids.new_id(), digest, channel, purpose, SuppressionReason.OPT_OUT, now)
        for digest in sorted(digests)
        if digest
    )
