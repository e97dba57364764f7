"""Reading publications, for screens and for the stages after this one."""

from datetime import datetime

from sqlalchemy import Connection

from app.publishing import policy, store
from app.publishing.model import Publication, PublicationState, VersionStatus
from app.review import queries as review


def publication(connection: Connection, publication_id: str) -> Publication | None:
    """One publication with its state, or None."""
    return store.publication(connection, publication_id)


def live_publication(connection: Connection, item_id: str, channel: str) -> Publication | None:
    """The live publication of an item on a channel, or None; ask ``covers`` whether its window holds."""
    return store.live(connection, item_id, str(channel))


def publications_of(connection: Connection, item_id: str) -> tuple[Publication, ...]:
    """All publications of an item, newest first."""
    return store.publications_of(connection, item_id)


def all_publications(connection: Connection) -> tuple[Publication, ...]:
    """Every publication, newest first."""
    return store.publications(connection)


def expiring(connection: Connection, now: datetime, until: datetime) -> tuple[Publication, ...]:
    """Live publications whose window ends in ``[now, until)``, soonest first."""
    found = store.ending(connection, now, until, [PublicationState.LIVE])
    return tuple(sorted(found, key=lambda p: (p.valid_until, p.id)))


def status_of_version(connection: Connection, item_id: str, version_id: str, now: datetime) -> VersionStatus:
    """Where one version stands now."""
    return statuses_of_item(connection, item_id, [version_id], now)[version_id]


def statuses_of_item(
    connection: Connection, item_id: str, version_ids: list[str], now: datetime
) -> dict[str, VersionStatus]:
    """Where several versions of an item stand now, by version id."""
    rounds = review.rounds_of_item(connection, item_id)
    published = store.publications_of(connection, item_id)
    return {
        version_id: policy.version_status(
            [r for r in rounds if r.version_id == version_id],
            [p for p in published if p.version_id == version_id],
            now,
        )
        for version_id in version_ids
    }
