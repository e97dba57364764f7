"""Words of the gate: facts, check results, decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.digest import Json


class Verdict(StrEnum):
    """``hold`` waits for a cause to pass or be mended; ``refuse`` is final for this message."""

    PERMIT = "permit"
    HOLD = "hold"
    REFUSE = "refuse"


class GatePhase(StrEnum):
    PRE = "pre"
    """Before connecting, so that we do not connect for nothing; never a reason to send."""
    RELEASE = "release"
    """With the message on the wire and only the end marker missing; the one that counts."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check said. ``code`` is empty on a pass; ``facts`` are the inputs it looked at, without personal data."""

    check: str
    verdict: Verdict
    code: str
    facts: Mapping[str, Json]
    retry_at: datetime | None = None
    """When a hold passes by itself, for example the end of quiet hours."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Every check's result, always all of them. The verdict is the strictest."""

    verdict: Verdict
    results: tuple[CheckResult, ...]
    effective_at: datetime

    @property
    def reasons(self) -> tuple[CheckResult, ...]:
        """The results that are not a pass, strictest first."""
        order = {Verdict.REFUSE: 0, Verdict.HOLD: 1}
        stopped = [r for r in self.results if r.verdict is not Verdict.PERMIT]
        return tuple(sorted(stopped, key=lambda r: order[r.verdict]))

    @property
    def retry_at(self) -> datetime | None:
        """When to look again: the latest of the self-passing holds, or None when a person must act or it is final."""
        instants = [r.retry_at for r in self.reasons]
        if self.verdict is not Verdict.HOLD or not instants or any(i is None for i in instants):
            return None
        return max(i for i in instants if i is not None)


@dataclass(frozen=True, slots=True)
class ContentFacts:
    publication_id: str
    state: str
    valid_from: datetime
    valid_until: datetime
    publication_root: str
    message_root: str
    recomputed_root: str
    """Root computed again from the stored version, not read from a column."""
    signatures_valid: bool
    required_roles: tuple[str, ...]
    signed_roles: tuple[str, ...]
    channel: str
    message_channel: str
    purpose: str
    """The consent purpose the piece was approved for."""
    message_purpose: str
    """The consent purpose the message was planned under, which is the one consent is asked for."""
    lead_type: str
    jurisdictions: tuple[str, ...]
    """Places the approval covers, ISO 3166 codes such as ``US`` or ``US-OH``."""


@dataclass(frozen=True, slots=True)
class RenderedFacts:
    """About the bytes that would leave. ``missing_fields`` and ``refused_fields`` name merge fields, never values."""

    failure: str
    """Why nothing could be rendered, as a code; empty when it could."""
    digest: str
    matches_skeleton: bool
    missing_fields: tuple[str, ...]
    refused_fields: tuple[str, ...]
    block_findings: tuple[str, ...]
    """Rule ids that blocked on the rendered text."""
    has_postal_address: bool
    has_unsubscribe: bool
    has_sender: bool


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    erased: bool
    lead_type: str
    region: str
    """ISO 3166-2 code, or empty when unknown."""
    state: str
    sendable: bool
    event_id: str | None
    wording_version_id: str | None
    proof: str | None
    suppressions: tuple[str, ...]
    """Reasons of the suppressions that match this address, channel and purpose."""


@dataclass(frozen=True, slots=True)
class PacingFacts:
    zones: tuple[str, ...]
    """Every IANA zone the lead may be in; quiet hours must have ended in all of them. Empty: unknown everywhere."""
    start_hour: int
    end_hour: int
    weekdays: tuple[int, ...]
    cap_count: int
    cap_days: int
    sent_in_window: int
    oldest_in_window: datetime | None
    due_at: datetime
    not_after: datetime | None


@dataclass(frozen=True, slots=True)
class SenderFacts:
    from_address_known: bool
    kill_switches: tuple[str, ...]
    """Scopes that are engaged and cover this message."""
    sequence_state: str
    enrollment_state: str
    instance_hold: str
    """Why this instance may not send at all, as a code; empty when it may."""
    transport_ready: bool
    clock_behind_ms: int
    """How far the clock stands behind the newest entry of the log."""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything a decision rests on, gathered in one transaction. Stored with the decision, which it replays."""

    content: ContentFacts
    rendered: RenderedFacts
    consent: ConsentFacts
    pacing: PacingFacts
    sender: SenderFacts
