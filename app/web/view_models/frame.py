"""The frame around every page: rail, crumbs, person, demonstration bar."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.web.context import DemoPerson


@dataclass(frozen=True, slots=True)
class RailItem:
    """One place in the rail; ``count`` is work waiting there, None when the place has no count."""

    label: str
    href: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to a page; the last has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class DemoBar:
    """Only in demo data directories. ``person_id`` is who is signed in, empty for nobody."""

    people: tuple[DemoPerson, ...]
    person_id: str
    now: datetime
    offset_days: int
    inbox_count: int


@dataclass(frozen=True, slots=True)
class Frame:
    """``theme`` is light, dark or system. ``strip`` warns about the whole installation, empty when all is well."""

    organisation: str
    now: datetime
    zone: tzinfo
    theme: str
    path: str
    rail: tuple[RailItem, ...] = ()
    person_name: str = ""
    roles_text: str = ""
    strip: str = ""
    strip_href: str = ""
    demo: DemoBar | None = None
    notice: str = ""
    """One sentence about what the last act did, shown at the top of the page and announced."""
