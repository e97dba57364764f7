"""Leads, what they agreed to, and the pages they themselves see."""

from dataclasses import dataclass
from datetime import datetime

from app.web.view_models.forms import Choice, Errors


@dataclass(frozen=True, slots=True)
class LeadRow:
    """No health attribute in a list. ``consents`` are (channel, state)."""

    lead_id: str
    name: str
    address: str
    consents: tuple[tuple[str, str], ...]
    since: datetime
    sequences: int


@dataclass(frozen=True, slots=True)
class LeadsPage:
    rows: tuple[LeadRow, ...]
    total: int
    searched: bool = False
    more_href: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class ConsentCell:
    """The state now of one channel and purpose, with what it rests on."""

    channel: str
    purpose: str
    state: str
    since: datetime | None
    basis: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One event of the ledger, or a send seen against it. ``kind`` is consent, send or suppression."""

    kind: str
    at: datetime
    state: str
    act: str
    scope: str
    source: str
    wording: str = ""
    wording_label: str = ""
    wording_href: str = ""
    actor: str = ""
    recorded_at: datetime | None = None
    why_href: str = ""


@dataclass(frozen=True, slots=True)
class LeadPage:
    lead_id: str
    name: str
    address: str
    suppressed: str
    """Empty, or since when and why nothing is sent."""
    cells: tuple[ConsentCell, ...]
    entries: tuple[ConsentEntry, ...]
    enrolled: tuple[tuple[str, str, str], ...]
    """(sequence name, address, where she stands)."""
    opt_out_href: str = ""
    channels: tuple[Choice, ...] = ()
    errors: Errors = ()
    agree_href: str = ""
    wordings: tuple[Choice, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    erase_href: str = ""
    erased_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What the recipient sees: no name, no address, no condition. ``done`` after the button was pressed."""

    organisation: str
    act_href: str
    topic: str
    done: bool = False
    received_at: datetime | None = None
    already_left_at: datetime | None = None
