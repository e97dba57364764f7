"""Words of consent: leads, the ledger, suppression. Nothing here knows of content."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    CALL = "call"


class Act(StrEnum):
    """What a person did, as the ledger records it."""

    AGREED = "agreed"
    WITHDREW = "withdrew"


class Proof(StrEnum):
    """How well an agreement is proven, weakest first. Imports can say no more than ``asserted``."""

    ASSERTED = "asserted"
    SINGLE = "single"
    DOUBLE = "double"
    SIGNED = "signed"


PROOF_ORDER = (Proof.ASSERTED, Proof.SINGLE, Proof.DOUBLE, Proof.SIGNED)
NEEDED_PROOF = {
    ConsentChannel.EMAIL: Proof.SINGLE,
    ConsentChannel.SMS: Proof.SIGNED,
    ConsentChannel.CALL: Proof.SIGNED,
}
"""Weakest proof that may be sent on, per channel: regulation.md section 1.13 (texts need prior express written consent)."""


class ConsentState(StrEnum):
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class SourceKind(StrEnum):
    """Where an event comes from; the first word of its ``source``."""

    IMPORT = "import"
    STAFF = "staff"
    """Somebody of the organisation wrote down what a person said."""
    PAPER = "paper"
    """A signed sheet, kept by the organisation."""
    FORM = "form"
    PREFERENCE_PAGE = "preference_page"
    CONFIRMATION = "confirmation"
    """The person followed the link of a confirmation message and pressed its button."""
    ONE_CLICK = "one_click"
    """RFC 8058 one-click unsubscribe."""
    REPLY = "reply"
    ERASURE = "erasure"


OWN_ACTS = frozenset({SourceKind.FORM, SourceKind.PREFERENCE_PAGE, SourceKind.CONFIRMATION, SourceKind.ONE_CLICK,
                      SourceKind.REPLY})  # fmt: skip
"""Sources in which the person herself acted."""
STRONGEST_PROOF = {
    SourceKind.IMPORT: Proof.ASSERTED,
    SourceKind.STAFF: Proof.SINGLE,
    SourceKind.PREFERENCE_PAGE: Proof.SINGLE,
    SourceKind.REPLY: Proof.DOUBLE,
    SourceKind.CONFIRMATION: Proof.DOUBLE,
    SourceKind.FORM: Proof.SIGNED,
    SourceKind.PAPER: Proof.SIGNED,
}
"""The most an agreement from each source can prove; a source that is missing cannot agree at all."""


class SuppressionReason(StrEnum):
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    MANUAL = "manual"


ANY = "*"
"""As channel or purpose of a suppression: all of them."""


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One entry of the ledger. ``wording_version_id`` is the reviewed wording that was shown, when one was.

    ``channel`` is a :class:`ConsentChannel`, or :data:`ANY` in a withdrawal; ``purpose`` may be :data:`ANY` there too.
    ``seller`` is on whose behalf; empty is the organisation itself.
    """

    id: str
    lead_id: str
    channel: str
    purpose: str
    seller: str
    act: Act
    proof: Proof
    wording_version_id: str | None
    source: str
    actor: str
    jurisdiction: str
    occurred_at: datetime
    recorded_at: datetime
    expires_at: datetime | None

    @property
    def source_kind(self) -> SourceKind | None:
        """The kind the source names, or None for a source nobody knows."""
        kind = self.source.partition(":")[0]
        return SourceKind(kind) if kind in {k.value for k in SourceKind} else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Consent of one lead for one channel and purpose at one instant, and the event it rests on."""

    state: ConsentState
    sendable: bool
    event_id: str | None
    since: datetime | None
    proof: Proof | None
    wording_version_id: str | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Nothing goes to this address on this channel for this purpose, whoever the lead record says she is."""

    id: str
    address_digest: str
    channel: str
    purpose: str
    reason: SuppressionReason
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is sealed under the lead's own key. Field values feed merge fields; empty text means not known."""

    email: str
    phone: str
    first_name: str
    last_name: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Lead:
    """A contact before they are a patient. ``personal`` is None once the lead was erased."""

    id: str
    lead_type: str
    timezone: str
    """IANA name, or empty when unknown."""
    region: str
    """ISO 3166-2 code such as US-OH, or empty when unknown."""
    locale: str
    source: str
    created_at: datetime
    erased_at: datetime | None
    email_digest: str
    phone_digest: str
    personal: PersonalData | None

    def address_digest(self, channel: ConsentChannel) -> str:
        """Keyed digest of the address used on ``channel``; empty when there is none."""
        return self.email_digest if channel is ConsentChannel.EMAIL else self.phone_digest
