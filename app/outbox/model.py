"""Words of the outbox: one message is the intent to send one publication to one address, once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    """A worker holds it under an epoch and a lease; people still read it as Planned."""
    HELD = "held"
    RELEASED = "released"
    """The gate said yes in a committed transaction; the end marker may be written now, by this attempt only."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class MessageAction(StrEnum):
    CLAIM = "claim"
    GIVE_BACK = "give_back"
    """Nothing left: transient failure, lapsed lease, or abandoned before the end marker."""
    HOLD = "hold"
    RESUME = "resume"
    REFUSE = "refuse"
    REJECT = "reject"
    RELEASE = "release"
    ACCEPT = "accept"
    LOSE_TRACK = "lose_track"


class Purpose(StrEnum):
    """Kind of message; it selects the gate's tuple of checks."""

    NURTURE = "nurture"


class Pin(StrEnum):
    EXACT = "exact"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Message:
    """One planned send. ``topic`` is the consent purpose; ``reason`` explains Held, Refused and Rejected by code."""

    id: str
    dedupe_key: str
    purpose: Purpose
    topic: str
    channel: str
    lead_id: str
    address_digest: str
    enrollment_id: str
    step_number: int
    item_id: str
    pin: Pin
    publication_id: str
    closure_root: str
    due_at: datetime
    not_after: datetime | None
    state: MessageState
    state_since: datetime
    reason: str
    epoch: int
    worker: str
    lease_until: datetime | None
    tries: int
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is needed to plan a send. ``topic`` is the consent purpose it is sent under."""

    id: str
    purpose: Purpose
    topic: str
    channel: str
    lead_id: str
    address_digest: str
    enrollment_id: str
    step_number: int
    item_id: str
    pin: Pin
    publication_id: str
    closure_root: str
    due_at: datetime
    not_after: datetime | None

    @property
    def dedupe_key(self) -> str:
        """Unique for life: a step of an enrollment is sent once."""
        return f"{self.enrollment_id}:{self.step_number}"


@dataclass(frozen=True, slots=True)
class HeldCount:
    """What a recall, supersession or quarantine met: messages now held, and messages that had left or may have left."""

    held: int
    released_before: int


@dataclass(frozen=True, slots=True)
class Accounting:
    """Every planned send by what became of it. ``pending`` are planned, claimed and released together."""

    planned: int
    accepted: int
    rejected: int
    refused: int
    held: int
    unknown: int
    pending: int

    @property
    def balances(self) -> bool:
        """The identity of reliability I10; anything else means that a send got lost."""
        parts = (self.accepted, self.rejected, self.refused, self.held, self.unknown, self.pending)
        return self.planned == sum(parts)
