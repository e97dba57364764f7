"""Words of sequences: steps in time, and leads on their way through them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.authoring.model import Channel
from app.outbox.model import Pin


class SequenceState(StrEnum):
    """State of one version of a sequence."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class SequenceAction(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    RETIRE = "retire"


class EnrollmentState(StrEnum):
    ACTIVE = "active"
    STOPPED = "stopped"
    FINISHED = "finished"


class EnrollmentAction(StrEnum):
    STOP = "stop"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours in which a step may be sent: ``start_hour <= hour < end_hour`` on ``weekdays`` (Monday is 0)."""

    start_hour: int
    end_hour: int
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a sequence. ``delay`` counts from enrollment for step 1, else from the acceptance of the step before."""

    number: int
    item_key: str
    channel: Channel
    pin: Pin
    publication_id: str | None
    """The exact publication; None for the latest approved one."""
    delay: timedelta
    window: Window
    useful_for: timedelta
    """A message this long overdue is held, not dumped on people (reliability F23)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A sequence file, validated."""

    key: str
    title: str
    lead_type: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SequenceVersion:
    id: str
    sequence_id: str
    number: int
    state: SequenceState
    plan: Plan
    source: bytes
    digest: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One lead in one version of a sequence.

    ``next_step`` is None while a step's message is on its way or waits for a person, and when no step is left. ``reason`` says
    by code why an enrollment waits or was stopped; empty while it goes on.
    """

    id: str
    sequence_id: str
    sequence_version_id: str
    lead_id: str
    state: EnrollmentState
    reason: str
    next_step: int | None
    next_due: datetime | None
    enrolled_at: datetime
    enrolled_by: str
