"""Words of the log."""

import json
from dataclasses import dataclass
from datetime import datetime

from app.kernel.clock import iso, parse_iso
from app.kernel.digest import Json
from app.kernel.errors import NaiveDatetime

LEAF_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event as it stands in the log. ``rows`` are (table, key, digest or None when removed)."""

    index: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    data: dict[str, Json]
    rows: tuple[tuple[str, str, str | None], ...]

    def as_json(self) -> dict[str, Json]:
        """What is hashed, in canonical JSON."""
        return {
            "v": LEAF_FORMAT,
            "index": self.index,
            "at": iso(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject": [self.subject_kind, self.subject_id],
            "data": self.data,
            "rows": [list(row) for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class TreeHead:
    """Where the log stands: number of leaves, root, and the instant of the newest leaf (None when empty)."""

    size: int
    root: bytes
    last_at: datetime | None


def leaf_from_text(text: str) -> Leaf:
    """Read a stored leaf. Raises ``ValueError``, ``TypeError`` or ``KeyError`` when it is not one."""
    raw = json.loads(text)
    if raw["v"] != LEAF_FORMAT:
        raise ValueError(f"leaf format {raw['v']} is not known")
    kind, subject = raw["subject"]
    rows = tuple((table, key, digest) for table, key, digest in raw["rows"])
    try:
        at = parse_iso(raw["at"])
    except NaiveDatetime as problem:
        raise ValueError(str(problem)) from None
    return Leaf(raw["index"], at, raw["actor"], raw["action"], kind, subject, raw["data"], rows)


@dataclass(frozen=True, slots=True)
class Event:
    """A leaf with the hash it has in the tree, hexadecimal."""

    leaf: Leaf
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to show; empty fields ask for nothing. ``since`` is included, ``until`` is not."""

    actor: str = ""
    action_prefix: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as its row has it; ``note`` is the signed text, ``root`` hexadecimal."""

    size: int
    root: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not add up. ``leaf_index`` is the first leaf it touches, None when no leaf speaks of it."""

    table: str
    key: str
    leaf_index: int | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What recomputing everything found. ``problems`` begin with the lowest leaf; at most 1,000 of ``found`` are kept."""

    leaves: int
    rows: int
    checkpoints: int
    root: str
    found: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether everything agreed."""
        return self.found == 0

    @property
    def first(self) -> Problem | None:
        """The first bad row."""
        return self.problems[0] if self.problems else None
