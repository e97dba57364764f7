"""Words of authoring: content items, versions, closures, skeletons, typed merge fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.kernel.digest import Json


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PAGE = "page"
    CALL = "call"
    DOCUMENT = "document"
    """Wordings and disclosures that other things quote; never sent by itself."""


class ContentType(StrEnum):
    """The content types of ``contract.md`` section 4.3 that have a form of their own."""

    EMAIL = "email"
    SMS = "sms"
    LANDING_PAGE = "landing_page"
    CALL_SCRIPT = "call_script"
    FAQ = "faq"
    NEWSLETTER = "newsletter"
    REFERRAL_GUIDE = "referral_guide"
    CONSENT_WORDING = "consent_wording"
    DISCLOSURE = "disclosure"


CHANNEL_OF_TYPE = {
    ContentType.EMAIL: Channel.EMAIL,
    ContentType.NEWSLETTER: Channel.EMAIL,
    ContentType.SMS: Channel.SMS,
    ContentType.LANDING_PAGE: Channel.PAGE,
    ContentType.FAQ: Channel.PAGE,
    ContentType.REFERRAL_GUIDE: Channel.PAGE,
    ContentType.CALL_SCRIPT: Channel.CALL,
    ContentType.CONSENT_WORDING: Channel.DOCUMENT,
    ContentType.DISCLOSURE: Channel.DOCUMENT,
}


class Audience(StrEnum):
    PATIENTS = "patients"
    CARERS = "carers"
    PARTNERS = "partners"


class Stage(StrEnum):
    """Journey stages (contract A021) plus what follows a visit."""

    AWARENESS = "awareness"
    INFORMATION = "information"
    CONSIDERATION = "consideration"
    APPOINTMENT = "appointment"
    POST_VISIT = "post_visit"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message is from, as the recipient reads it. One numbered edition of a sender profile."""

    key: str
    number: int
    display_name: str
    from_address: str
    reply_to: str
    organisation: str
    postal_address: str
    """One line, parts joined by commas, exactly as it stands in every message."""

    def as_json(self) -> dict[str, Json]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The front matter of a content file, validated. Dates are half-open instants' days in UTC."""

    key: str
    title: str
    content_type: ContentType
    channel: Channel
    audience: Audience
    lead_type: str
    purpose: str
    """The consent purpose a message is sent under, for example ``education``."""
    stage: Stage
    locale: str
    owner: str
    """E-mail address of the person who answers for the item."""
    review_every_days: int
    sender: str
    subject: str
    preheader: str
    cta_label: str
    cta_url: str
    jurisdictions: tuple[str, ...]
    service_line: str
    claims: tuple[str, ...]
    disclosures: tuple[str, ...]
    fallbacks: Mapping[str, str]
    """Approved fallback text per merge field name; a field without one refuses when its value is missing."""
    images: Mapping[str, str]
    """Alt text per image file name."""
    valid_from: str = ""
    """First day the owner wants it sent, ISO date, or empty. The publication decides; this is her proposal."""
    valid_until: str = ""
    """Day from which it is no longer to be sent, ISO date, or empty."""

    def as_json(self) -> dict[str, Json]:
        """Plain form for the database; :func:`app.authoring.metadata.from_json` reads it back."""
        plain: dict[str, Json] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, tuple):
                plain[name] = list(value)
            elif isinstance(value, Mapping):
                plain[name] = dict(value)
            else:
                plain[name] = value.value if isinstance(value, StrEnum) else value
        return plain


@dataclass(frozen=True, slots=True)
class Literal:
    """Approved text of a skeleton."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A merge span of a skeleton: the name of a typed field."""

    field: str


Part = tuple[Literal | Slot, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What every recipient of a version receives, with the merge spans cut out. HTML is empty where the channel has none."""

    subject: Part
    preheader: Part
    html: Part
    text: Part
    layout: str
    """Name and version of the layout and renderer that compiled it, for example ``ledger-mail/1``."""

    def as_json(self) -> dict[str, Json]:
        """Canonical form: literals as text, slots as ``{"field": name}``."""

        def plain(part: Part) -> list[Json]:
            return [p.text if isinstance(p, Literal) else {"field": p.field} for p in part]

        return {
            "subject": plain(self.subject),
            "preheader": plain(self.preheader),
            "html": plain(self.html),
            "text": plain(self.text),
            "layout": self.layout,
        }

    @staticmethod
    def from_json(plain: Mapping[str, Any]) -> "Skeleton":
        """Inverse of :meth:`as_json`."""

        def part(pieces: Sequence[Any]) -> Part:
            return tuple(Literal(p) if isinstance(p, str) else Slot(p["field"]) for p in pieces)

        parts = [part(plain[name]) for name in ("subject", "preheader", "html", "text")]
        return Skeleton(parts[0], parts[1], parts[2], parts[3], plain["layout"])


@dataclass(frozen=True, slots=True)
class Closure:
    """Everything a recipient can meet, as named leaves of content digests, and the root that signatures cover."""

    leaves: Mapping[str, str]
    root: str


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable version of a content item."""

    id: str
    item_id: str
    number: int
    source: bytes
    source_digest: str
    metadata: Metadata
    sender: Sender | None
    skeleton: Skeleton
    closure: Closure
    author_id: str
    created_at: datetime
    origin: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of content through all its versions."""

    id: str
    key: str
    title: str
    content_type: ContentType
    channel: Channel
    owner_id: str
    created_at: datetime


class ImportOutcome(StrEnum):
    """What an import did."""

    CREATED = "created"
    NEW_VERSION = "new_version"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Imported:
    """The item and version that now stand for an imported file."""

    item: Item
    version: Version
    outcome: ImportOutcome


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as lists show it, with its newest version."""

    item: Item
    version_id: str
    number: int
    closure_root: str
    saved_at: datetime
