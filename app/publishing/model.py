"""Words of publication: a window in which approved bytes may be sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.authoring.model import Channel


class PublicationState(StrEnum):
    """Scheduled, live and expiring follow from the window and the clock; only what a person or a rule did is a state."""

    LIVE = "live"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"
    RECALLED = "recalled"


class PublicationAction(StrEnum):
    SUPERSEDE = "supersede"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    EXPIRE = "expire"
    RECALL = "recall"


RECALL_ACT = "recall"
"""Act and meaning of the confirmation of identity behind a recall; its digest is the closure root."""
EXPIRING_DAYS = 30


@dataclass(frozen=True, slots=True)
class Publication:
    """Approved bytes with their window, half-open: ``valid_from <= t < valid_until``."""

    id: str
    item_id: str
    version_id: str
    closure_root: str
    round_id: str
    channel: Channel
    valid_from: datetime
    valid_until: datetime
    review_by: datetime
    owner_id: str
    published_by: str
    published_at: datetime
    state: PublicationState
    state_since: datetime
    reason: str

    def covers(self, instant: datetime) -> bool:
        """Whether the window holds at ``instant``; the state is another question."""
        return self.valid_from <= instant < self.valid_until


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a recall did: messages now held that will not leave, and those the gate had let go before it."""

    publication: Publication
    held_messages: int
    released_before: int


class VersionState(StrEnum):
    """Where a content version stands, as people read it. Derived, never stored."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    DECLINED = "declined"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    """Published with a window that has not begun."""
    EXPIRING = "expiring"
    EXPIRED = "expired"
    RECALLED = "recalled"
    QUARANTINED = "quarantined"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """``until`` is the end of the window for states that have one; ``published`` whether a publication stands behind it."""

    state: VersionState
    since: datetime | None = None
    until: datetime | None = None
    published: bool = False
