"""Every state a person can see: its word, its shape and its tone. A colour never stands alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """``glyph`` names a shape in ``macros/status.html``; ``tone`` is quiet, ok, warn, bad, info or hold."""

    word: str
    glyph: str
    tone: str


CONTENT: Mapping[str, Status] = {
    "draft": Status("Draft", "draft", "quiet"),
    "in_review": Status("In review", "in_review", "info"),
    "changes_requested": Status("Changes requested", "changes", "warn"),
    "open": Status("In review", "in_review", "info"),
    "declined": Status("Declined", "refused", "bad"),
    "withdrawn": Status("Withdrawn", "superseded", "quiet"),
    "voided": Status("Voided by a newer version", "superseded", "quiet"),
    "approved": Status("Approved", "approved", "ok"),
    "live": Status("Approved", "approved", "ok"),
    "scheduled": Status("Approved, starts later", "planned", "info"),
    "expiring": Status("Expiring", "expiring", "warn"),
    "expired": Status("Expired", "expired", "bad"),
    "recalled": Status("Recalled", "recalled", "bad"),
    "quarantined": Status("Quarantined", "quarantined", "hold"),
    "superseded": Status("Superseded", "superseded", "quiet"),
}
SIGNATURE: Mapping[str, Status] = {
    "requested": Status("Requested", "draft", "quiet"),
    "yours": Status("Waiting for you", "in_review", "info"),
    "signed": Status("Signed", "approved", "ok"),
    "declined": Status("Declined", "refused", "bad"),
    "void": Status("Void, content changed", "superseded", "quiet"),
}
MESSAGE: Mapping[str, Status] = {
    "planned": Status("Planned", "planned", "quiet"),
    "claimed": Status("Planned", "planned", "quiet"),
    "held": Status("Held", "held", "hold"),
    "released": Status("Released", "released", "info"),
    "accepted": Status("Accepted", "accepted", "ok"),
    "rejected": Status("Rejected", "rejected", "bad"),
    "refused": Status("Refused", "refused", "bad"),
    "cancelled": Status("Cancelled", "superseded", "quiet"),
    "unknown": Status("Unknown outcome", "unknown", "hold"),
}
CONSENT: Mapping[str, Status] = {
    "in": Status("In", "consent_in", "ok"),
    "out": Status("Out", "consent_out", "bad"),
    "unknown": Status("Unknown", "consent_unknown", "hold"),
    "expired": Status("Expired", "consent_expired", "warn"),
}
SEQUENCE: Mapping[str, Status] = {
    "draft": Status("Draft", "draft", "quiet"),
    "active": Status("Live", "accepted", "ok"),
    "paused": Status("Paused", "held", "hold"),
    "retired": Status("Retired", "superseded", "quiet"),
}
ATTEMPT: Mapping[str, Status] = {
    "open": Status("Under way", "released", "info"),
    "accepted": MESSAGE["accepted"],
    "rejected": MESSAGE["rejected"],
    "deferred": Status("Not now, said the server", "held", "hold"),
    "aborted_before_dot": Status("Stopped before it left", "superseded", "quiet"),
    "unknown": MESSAGE["unknown"],
}
FINDING: Mapping[str, Status] = {
    "block": Status("Error", "refused", "bad"),
    "warn": Status("Warning", "expiring", "warn"),
    "info": Status("Advice", "draft", "info"),
}
THREAD: Mapping[str, Status] = {
    "open": Status("Open", "in_review", "info"),
    "done": Status("Marked done", "planned", "info"),
    "settled": Status("Settled", "accepted", "ok"),
}
CHECK: Mapping[str, Status] = {
    "passed": Status("Passed", "accepted", "ok"),
    "failed": Status("Failed", "refused", "bad"),
    "permit": Status("Passed", "accepted", "ok"),
    "refuse": Status("Stops it", "refused", "bad"),
    "hold": Status("Holds it", "held", "hold"),
}

KINDS: Mapping[str, Mapping[str, Status]] = {
    "content": CONTENT,
    "signature": SIGNATURE,
    "message": MESSAGE,
    "attempt": ATTEMPT,
    "consent": CONSENT,
    "sequence": SEQUENCE,
    "finding": FINDING,
    "thread": THREAD,
    "check": CHECK,
}


def status_of(kind: str, state: str) -> Status:
    """The status of a state; raises ``KeyError`` for a state nobody has given a word, so that no raw name is shown."""
    return KINDS[kind][str(state)]
