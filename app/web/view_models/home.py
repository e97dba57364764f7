"""The home page: what needs me, what is at risk, what moves, what happened."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the person. ``what`` says what to judge in a few words."""

    label: str
    href: str
    what: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that will stop sends unless somebody acts."""

    status_kind: str
    status: str
    label: str
    href: str
    why: str


@dataclass(frozen=True, slots=True)
class Moving:
    """A piece of mine on its way."""

    status: str
    label: str
    href: str
    waiting_on: str


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours, to the unit: no outcome is left out."""

    accepted: int
    rejected: int
    refused: int
    held: int
    unknown: int
    top_reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """A block that the person may not see is None."""

    first_name: str
    tasks: tuple[Task, ...]
    risks: tuple[Risk, ...]
    moving: tuple[Moving, ...]
    day: Day | None
    expiring_soon: int
