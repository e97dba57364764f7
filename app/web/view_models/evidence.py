"""The audit page, and the local inbox of a demonstration."""

from dataclasses import dataclass
from datetime import datetime

from app.web.view_models.content import Fact
from app.web.view_models.forms import Choice


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One leaf of the log in words; ``raw`` is its canonical JSON."""

    index: int
    at: datetime
    sentence: str
    who: str
    leaf: str
    raw: str
    rows: int


@dataclass(frozen=True, slots=True)
class VerifyStep:
    """One step of the verification. ``state`` is a check state: passed or failed."""

    state: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """``sentence`` is the verdict; ``fix`` says what to do when something is wrong."""

    ok: bool
    sentence: str
    steps: tuple[VerifyStep, ...]
    fix: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    size: int
    root: str
    last_at: datetime | None
    checkpoint: str
    """The newest checkpoint in words, for example ``signed by log-key-1``; empty when there is none."""
    records: tuple[RecordRow, ...]
    verified: VerifyResult | None = None
    older_href: str = ""
    newer_href: str = ""
    kinds: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    """The filters as they stand, by name of the control."""
    matching: int = 0


@dataclass(frozen=True, slots=True)
class RecordPage:
    record: RecordRow
    facts: tuple[Fact, ...]
    proof_href: str = ""
    proof_missing: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    id: str
    to: str
    sender: str
    subject: str
    preheader: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: tuple[InboxRow, ...]


@dataclass(frozen=True, slots=True)
class InboxMessagePage:
    """``text_part`` and ``headers`` are shown escaped; the HTML part is only ever in the sandboxed frame."""

    row: InboxRow
    frame_href: str
    text_part: str
    headers: tuple[tuple[str, str], ...]
    why_href: str = ""
    unsubscribe_href: str = ""
