"""Sequences, the send log, and the page that says why something was not sent."""

from dataclasses import dataclass
from datetime import datetime

from app.web.view_models.content import Fact, SavedView, SignatureView
from app.web.view_models.forms import Choice, Errors


@dataclass(frozen=True, slots=True)
class SequenceRow:
    sequence_id: str
    name: str
    version: int
    status: str
    steps: int
    people: int
    next_expiry: datetime | None
    at_risk: str
    """Empty, or how many sends will be refused and why."""


@dataclass(frozen=True, slots=True)
class SequencesPage:
    rows: tuple[SequenceRow, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. ``guard`` is a content status, ``guard_text`` its sentence such as ``Approved until 2 Sep 2027``."""

    number: int
    day: int
    label: str
    href: str
    channel: str
    timing: str
    pin: str
    guard: str
    guard_text: str
    waiting: int
    sent: int
    refused: int
    unknown: int


@dataclass(frozen=True, slots=True)
class SequencePage:
    """``health`` is the sentence about what will be refused if nothing changes, empty when nothing will."""

    sequence_id: str
    name: str
    version: int
    status: str
    people: int
    health: str
    steps: tuple[StepView, ...]
    facts: tuple[Fact, ...]
    people_rows: tuple["InSequence", ...] = ()
    versions: tuple["VersionLink", ...] = ()
    acts: tuple["SequenceAct", ...] = ()
    act_note: str = ""
    """Why the filled button is missing, or what it waits for."""
    enroll_href: str = ""
    as_list: bool = False
    flow_href: str = ""
    list_href: str = ""
    errors: Errors = ()
    typed: str = ""


@dataclass(frozen=True, slots=True)
class SequenceAct:
    """A button: its address, its word, and its look."""

    href: str
    label: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class VersionLink:
    number: int
    status: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class InSequence:
    """One person in the sequence, by the id of her record; names stay on the pages of leads."""

    lead_id: str
    lead_href: str
    where: str
    since: datetime
    stop_href: str = ""


@dataclass(frozen=True, slots=True)
class StoppedView:
    """A switch that is engaged now."""

    what: str
    reason: str
    who: str
    since: datetime
    scope: str


@dataclass(frozen=True, slots=True)
class SendingPage:
    """Stopping and letting go on. An act that is not hers has no address."""

    stopped: tuple[StoppedView, ...]
    scopes: tuple[Choice, ...]
    held: int
    stop_href: str = ""
    resume_href: str = ""
    reason: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class SendRow:
    """One planned message. ``why`` is the first reason in words, empty when it went."""

    message_id: str
    status: str
    what: str
    lead_id: str
    channel: str
    due_at: datetime
    settled_at: datetime | None
    why: str
    other_reasons: int
    detail: str = ""
    """Stands beside the status, such as ``until 09:00``."""
    lead_href: str = ""


@dataclass(frozen=True, slots=True)
class SendsPage:
    views: tuple[SavedView, ...]
    sentence: str
    """The totals in words: planned = accepted + rejected + refused + held + unknown + pending."""
    rows: tuple[SendRow, ...]
    total: int
    more_href: str = ""
    reason_filter: str = ""
    """The reason that the rows were chosen by, in words."""
    all_href: str = ""
    reasons: tuple[tuple[str, str, int], ...] = ()
    """(words, address, count) of what stops messages now, commonest first."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One check of the gate in words. ``state`` is a verdict: refuse, hold or permit."""

    state: str
    title: str
    detail: str
    who: str = ""
    fix: str = ""
    evidence_label: str = ""
    evidence_href: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """One thing that happened to the message, with its instant."""

    at: datetime
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WhyPage:
    """``answer`` is the first sentence and says it all; ``also`` names the other reasons in one more."""

    message_id: str
    what: str
    what_href: str
    lead_id: str
    lead_href: str
    due_at: datetime
    status: str
    answer: str
    also: str
    failing: tuple[ReasonView, ...]
    passing: tuple[ReasonView, ...]
    next: str
    phases: tuple[Phase, ...]
    record: tuple[Fact, ...]
    explain: str
    """Text to send to the recipient, without codes or health words."""
    detail: str = ""
    rests_on: tuple[Fact, ...] = ()
    """What a message that left was allowed by: agreement, approval, receipt."""
    signatures: tuple[SignatureView, ...] = ()
    proof_href: str = ""
    permalink: str = ""
    resume_href: str = ""
