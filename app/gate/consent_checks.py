"""Has this person agreed to this, by this channel, provably, and not changed her mind? Pure."""

from datetime import datetime

from app.gate.model import CheckResult, GateFacts
from app.gate.results import passed, refuse

_CONSENT_CODES = {"unknown": "consent_missing", "out": "consent_out", "expired": "consent_expired"}


def lead(facts: GateFacts, at: datetime) -> CheckResult:
    """The lead still exists; an erased one is never written to (F37)."""
    seen = {"erased": facts.consent.erased}
    return refuse("lead", "contact_erased", seen) if facts.consent.erased else passed("lead", seen)


def agreement(facts: GateFacts, at: datetime) -> CheckResult:
    """Consent is in, from a stored event, with proof enough for the channel (I2; regulation 1.13). Unknown is no."""
    consent = facts.consent
    seen = {
        "state": consent.state,
        "event": consent.event_id,
        "proof": consent.proof,
        "wording": consent.wording_version_id,
    }
    if consent.state != "in" or consent.event_id is None:
        return refuse("agreement", _CONSENT_CODES.get(consent.state, "consent_missing"), seen)
    if not consent.sendable:
        return refuse("agreement", "consent_unproven", seen)
    return passed("agreement", seen)


def suppression(facts: GateFacts, at: datetime) -> CheckResult:
    """The address is on no suppression list that covers this channel and purpose (I4)."""
    reasons = sorted(set(facts.consent.suppressions))
    seen = {"reasons": list(reasons)}
    if reasons:
        return refuse("suppression", f"suppressed_{reasons[0]}", seen)
    return passed("suppression", seen)
