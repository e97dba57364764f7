"""Is this content approved, in its window, for this channel and this person, and are these its bytes? Pure."""

from datetime import datetime

from app.gate.model import CheckResult, GateFacts, Verdict
from app.gate.results import Facts, hold, passed, refuse
from app.kernel.clock import iso


def approval(facts: GateFacts, at: datetime) -> CheckResult:
    """All required roles signed exactly this closure, and every signature verifies (I1)."""
    content = facts.content
    seen: Facts = {
        "required": list(content.required_roles),
        "signed": list(content.signed_roles),
        "valid": content.signatures_valid,
    }
    complete = bool(content.required_roles) and set(content.required_roles) <= set(content.signed_roles)
    if not complete or not content.signatures_valid:
        return refuse("approval", "approval_missing", seen)
    return passed("approval", seen)


def stored_bytes(facts: GateFacts, at: datetime) -> CheckResult:
    """The stored version still has the root that was signed, published and planned."""
    content = facts.content
    seen: Facts = {
        "signed": content.publication_root,
        "planned": content.message_root,
        "stored": content.recomputed_root,
    }
    if not content.publication_root == content.message_root == content.recomputed_root:
        return refuse("stored_bytes", "bytes_changed", seen)
    return passed("stored_bytes", seen)


def window(facts: GateFacts, at: datetime) -> CheckResult:
    """``valid_from <= at < valid_until`` (I8)."""
    content = facts.content
    seen: Facts = {"from": iso(content.valid_from), "until": iso(content.valid_until)}
    if at < content.valid_from:
        return hold("window", "approval_not_started", seen, retry_at=content.valid_from)
    if at >= content.valid_until:
        return refuse("window", "approval_expired", seen)
    return passed("window", seen)


_STATE_CODES = {
    "recalled": (Verdict.REFUSE, "recalled"),
    "expired": (Verdict.REFUSE, "approval_expired"),
    "quarantined": (Verdict.HOLD, "quarantined"),
    "superseded": (Verdict.HOLD, "superseded"),
}


def publication_state(facts: GateFacts, at: datetime) -> CheckResult:
    """Nobody and no rule has taken the publication away (I5, I16)."""
    state = facts.content.state
    seen: Facts = {"state": state}
    if state == "live":
        return passed("publication_state", seen)
    verdict, code = _STATE_CODES.get(state, (Verdict.REFUSE, "approval_missing"))
    return CheckResult("publication_state", verdict, code, seen)


def channel(facts: GateFacts, at: datetime) -> CheckResult:
    """The approval covers the channel the message goes by."""
    seen: Facts = {"approved": facts.content.channel, "message": facts.content.message_channel}
    if facts.content.channel != facts.content.message_channel:
        return refuse("channel", "channel_mismatch", seen)
    return passed("channel", seen)


def purpose(facts: GateFacts, at: datetime) -> CheckResult:
    """The piece is for the purpose that consent is asked for: a newer version may have another (regulation 1.13)."""
    seen: Facts = {"approved": facts.content.purpose, "message": facts.content.message_purpose}
    if facts.content.purpose != facts.content.message_purpose:
        return hold("purpose", "purpose_mismatch", seen)
    return passed("purpose", seen)


def audience(facts: GateFacts, at: datetime) -> CheckResult:
    """The piece was written for this kind of lead."""
    seen: Facts = {"written_for": facts.content.lead_type, "lead": facts.consent.lead_type}
    if facts.content.lead_type != facts.consent.lead_type:
        return refuse("audience", "audience_mismatch", seen)
    return passed("audience", seen)


def jurisdiction(facts: GateFacts, at: datetime) -> CheckResult:
    """The approval covers where the lead is; a lead of unknown place needs an approval for a whole country she may be in.

    An approval for ``US`` covers ``US-OH``; one for ``US-OH`` does not cover an unknown place.
    """
    places, region = facts.content.jurisdictions, facts.consent.region
    seen: Facts = {"approved": list(places), "lead": region}
    country = region.split("-")[0]
    covered = region in places or country in places if region else any("-" not in place for place in places)
    if not covered:
        return refuse("jurisdiction", "jurisdiction_mismatch", seen)
    return passed("jurisdiction", seen)


def rendered_bytes(facts: GateFacts, at: datetime) -> CheckResult:
    """Outside the merge spans the message equals the approved skeleton (I1)."""
    seen: Facts = {"digest": facts.rendered.digest, "failure": facts.rendered.failure}
    if facts.rendered.failure:
        return hold("rendered_bytes", "gate_error", seen)
    if not facts.rendered.matches_skeleton:
        return refuse("rendered_bytes", "bytes_changed", seen)
    return passed("rendered_bytes", seen)


def merge_values(facts: GateFacts, at: datetime) -> CheckResult:
    """Every merge field has a value of its type, or an approved fallback (F7). Names of fields only, never values."""
    missing, refused = list(facts.rendered.missing_fields), list(facts.rendered.refused_fields)
    seen: Facts = {"missing": missing, "refused": refused}
    if refused:
        return hold("merge_values", "merge_value_not_allowed", seen)
    if missing:
        return hold("merge_values", "merge_value_missing", seen)
    return passed("merge_values", seen)


def rendered_findings(facts: GateFacts, at: datetime) -> CheckResult:
    """No rule blocks the text as this person would read it (regulation 1.14, case 7)."""
    seen: Facts = {"rules": list(facts.rendered.block_findings)}
    if facts.rendered.block_findings:
        return refuse("rendered_findings", "finding_on_rendered", seen)
    return passed("rendered_findings", seen)


def required_content(facts: GateFacts, at: datetime) -> CheckResult:
    """Postal address, a way to stop, and a true sender are in the message (regulation RC-01, RC-02, RC-04)."""
    rendered = facts.rendered
    if rendered.failure:
        return passed("required_content", {"failure": rendered.failure})
    parts = {
        "postal_address": rendered.has_postal_address,
        "unsubscribe": rendered.has_unsubscribe,
        "sender": rendered.has_sender,
    }
    if not all(parts.values()):
        return refuse("required_content", "required_content_missing", dict(parts))
    return passed("required_content", dict(parts))
