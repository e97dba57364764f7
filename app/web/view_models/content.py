"""The library and the page of one piece."""

from dataclasses import dataclass
from datetime import datetime

from app.web.view_models.forms import Errors


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One piece as the library lists it. ``readability`` is text such as ``grade 6.9`` or ``not scored``."""

    item_id: str
    title: str
    status: str
    audience: str
    channel: str
    purpose: str
    version: int
    valid_until: datetime | None
    used_in: int
    owner: str
    readability: str


@dataclass(frozen=True, slots=True)
class SavedView:
    label: str
    href: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class LibraryPage:
    views: tuple[SavedView, ...]
    rows: tuple[LibraryRow, ...]
    total: int
    more_href: str = ""
    new_href: str = ""


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with its place. ``severity`` is block, warn or info."""

    severity: str
    title: str
    excerpt: str
    message: str
    citation: str
    rule: str
    suggestion: str
    line: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    status: str
    author: str
    created_at: datetime
    digest: str
    href: str


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature asked for or made. ``state`` is requested, yours, signed, declined or void."""

    role: str
    state: str
    name: str = ""
    meaning: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a definition list; ``digest`` text is set in groups of four."""

    label: str
    text: str
    digest: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One window in which a version could be sent. ``status`` is that of the publication, not of the version."""

    number: int
    status: str
    valid_from: datetime
    valid_until: datetime
    reason: str
    recall_href: str = ""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """``sentence`` is the status in words. An act the person may not do, or that makes no sense now, has no address."""

    item_id: str
    title: str
    number: int
    status: str
    sentence: str
    subject: str
    preheader: str
    preview_href: str
    text_part: str
    facts: tuple[Fact, ...]
    findings: tuple[FindingView, ...]
    pack: str
    readability: str
    signatures: tuple[SignatureView, ...]
    versions: tuple[VersionRow, ...]
    leaves: tuple[tuple[str, str], ...]
    root: str
    used_in: tuple[tuple[str, str], ...]
    review_href: str = ""
    submit_href: str = ""
    submit_blocked: str = ""
    """Why submitting is not possible yet, shown under the disabled button."""
    publish_href: str = ""
    recall_href: str = ""
    edit_href: str = ""
    publications: tuple[PublicationRow, ...] = ()
    newest_href: str = ""
    """Set when this is not the newest version."""


@dataclass(frozen=True, slots=True)
class EditPage:
    """The editor. ``source`` is what was typed, to the character; ``parent`` the number of the version it started from.

    ``findings`` is None while nothing was checked.
    """

    title: str
    source: str
    act_href: str
    back_href: str
    back_label: str
    parent: int
    starts: tuple[tuple[str, str], ...] = ()
    """(label, address) of the kinds of piece a new one can start from."""
    findings: tuple[FindingView, ...] | None = None
    pack: str = ""
    errors: Errors = ()
