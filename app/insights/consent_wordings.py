"""The consent wordings that may be shown to people now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.authoring import queries as authoring
from app.authoring.model import ContentType
from app.publishing import queries as publishing


@dataclass(frozen=True, slots=True)
class ConsentWording:
    """A published version; ``purpose`` is what somebody agrees to with it."""

    version_id: str
    item_id: str
    title: str
    number: int
    purpose: str


def usable_wordings(connection: Connection, now: datetime) -> tuple[ConsentWording, ...]:
    """Every consent wording whose approval holds at ``now``, by key."""
    found = []
    for line in authoring.list_items(connection):
        if line.item.content_type is not ContentType.CONSENT_WORDING:
            continue
        live = publishing.live_publication(connection, line.item.id, line.item.channel.value)
        if live is not None and live.covers(now):
            found.append(_wording(connection, live.version_id, line.item.title))
    return tuple(found)


def wording_of(connection: Connection, version_id: str) -> ConsentWording:
    """The wording that somebody was shown, usable or not; raises ``NotFound``."""
    version = authoring.version(connection, version_id)
    return _wording(connection, version_id, authoring.item_by_id(connection, version.item_id).title)


def _wording(connection: Connection, version_id: str, title: str) -> ConsentWording:
    version = authoring.version(connection, version_id)
    return ConsentWording(version_id, version.item_id, title, version.number, version.metadata.purpose)
