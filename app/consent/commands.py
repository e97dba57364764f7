"""What consent can be asked to do, and what it answers. Frozen values, no behaviour beyond adding up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.consent.model import ConsentChannel, Proof, SourceKind, SuppressionReason
from app.outbox.model import Message


@dataclass(frozen=True, slots=True)
class AddLead:
    """A new lead as typed; addresses in any spelling, at least one of them."""

    lead_type: str
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    timezone: str = ""
    region: str = ""
    locale: str = "en-US"
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecordAgreement:
    """A person agreed. ``detail`` says where (a form, a sheet); ``seller`` empty is the organisation itself."""

    lead_id: str
    channel: ConsentChannel
    purpose: str
    proof: Proof
    source: SourceKind
    detail: str
    wording_version_id: str | None
    occurred_at: datetime
    jurisdiction: str = "US"
    expires_at: datetime | None = None
    seller: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A person stopped a channel and purpose; ``*`` in either means all of them."""

    lead_id: str
    channel: str
    purpose: str
    source: SourceKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Suppress:
    """Nothing more to this address, by digest, whoever uses it."""

    address_digest: str
    channel: str
    purpose: str
    reason: SuppressionReason


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What stands after a withdrawal. ``on_their_way`` are messages that had been released and cannot be called back."""

    lead_id: str
    channel: str
    purpose: str
    since: datetime
    new: bool
    on_their_way: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    lead_id: str
    at: datetime
    on_their_way: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class LeadEntry:
    """One usable row of an import file. ``row`` counts as a spreadsheet does, the header being row 1."""

    row: int
    lead: AddLead
    consents: Mapping[ConsentChannel, bool]
    """True for a yes, False for a no; a channel that is missing says nothing."""
    purpose: str
    """Empty when the row names none: then a no stops every purpose."""
    consent_date: date | None


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row of an import file was left out, and what to do."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportLeads:
    """Rows of one file, at most a few thousand at a time."""

    entries: tuple[LeadEntry, ...]
    file_digest: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``kept_out`` counts a *yes* for somebody who had withdrawn: it changed nothing."""

    added: int = 0
    known: int = 0
    asserted: int = 0
    withdrew: int = 0
    kept_out: int = 0

    def plus(self, other: "ImportReport") -> "ImportReport":
        """Both together."""
        return ImportReport(*(getattr(self, name) + getattr(other, name) for name in ImportReport.__slots__))
