"""Load, lock and save publications. Recall, expiry and release of messages all lock the head before they look."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from app.authoring.model import Channel
from app.kernel.digest import sha256
from app.kernel.errors import NotFound
from app.publishing.model import Publication, PublicationState
from app.publishing.tables import PublicationHeadRow, PublicationRow
from app.storage.engine import take_advisory_lock
from app.storage.rows import change_one, insert_row, table_of
from app.storage.unit_of_work import UnitOfWork

_PUBLICATIONS = table_of(PublicationRow)
_HEADS = table_of(PublicationHeadRow)
_LOCK_DIGITS = 15
"""Hexadecimal digits of an advisory lock's key: 60 bits, which is positive in PostgreSQL's bigint."""


def publication(connection: Connection, publication_id: str) -> Publication | None:
    """One publication with its state, or None."""
    return next(iter(publications(connection, _PUBLICATIONS.c.id == publication_id)), None)


def publications_of(connection: Connection, item_id: str) -> tuple[Publication, ...]:
    """All publications of an item, newest first."""
    return publications(connection, _PUBLICATIONS.c.item_id == item_id)


def live(connection: Connection, item_id: str, channel: str) -> Publication | None:
    """The live publication of an item on a channel, or None; whether its window holds is another question."""
    where = [_HEADS.c.item_id == item_id, _HEADS.c.channel == channel, _HEADS.c.state == PublicationState.LIVE.value]
    return next(iter(publications(connection, *where)), None)


def ending(
    connection: Connection, since: datetime | None, until: datetime, states: Sequence[PublicationState]
) -> tuple[Publication, ...]:
    """Publications in one of ``states`` whose window ends in ``[since, until)``, soonest last."""
    where = [_HEADS.c.state.in_([s.value for s in states]), _PUBLICATIONS.c.valid_until < until]
    if since is not None:
        where.append(_PUBLICATIONS.c.valid_until >= since)
    return publications(connection, *where)


def publications(connection: Connection, *where: ColumnElement[bool]) -> tuple[Publication, ...]:
    """Publications that match, newest first."""
    query = _query().where(*where).order_by(_PUBLICATIONS.c.published_at.desc(), _PUBLICATIONS.c.id.desc())
    return tuple(_publication(row) for row in connection.execute(query).mappings())


def lock_item(uow: UnitOfWork, item_id: str) -> None:
    """Make others who publish the same item wait until this unit ends."""
    take_advisory_lock(uow.connection, int(sha256(f"publish:{item_id}".encode())[:_LOCK_DIGITS], 16))


def lock_head(uow: UnitOfWork, publication_id: str) -> Publication:
    """The publication as it stands, and nobody moves or releases it before this unit ends; raises ``NotFound``."""
    uow.connection.execute(_head(publication_id).with_for_update())
    return _found(uow.connection, publication_id)


def lock_head_shared(uow: UnitOfWork, publication_id: str) -> Publication:
    """The publication as it stands, and nobody moves it before this unit ends; others may release beside us."""
    uow.connection.execute(_head(publication_id).with_for_update(read=True))
    return _found(uow.connection, publication_id)


def lock_ended(uow: UnitOfWork, now: datetime, limit: int) -> tuple[str, ...]:
    """Ids of publications whose window is over and whose state does not say so yet, locked; busy ones are left for later."""
    query = (
        select(_HEADS.c.publication_id)
        .join(_PUBLICATIONS, _PUBLICATIONS.c.id == _HEADS.c.publication_id)
        .where(
            _HEADS.c.state.in_([PublicationState.LIVE.value, PublicationState.QUARANTINED.value]),
            _PUBLICATIONS.c.valid_until <= now,
        )
        .order_by(_PUBLICATIONS.c.valid_until, _HEADS.c.publication_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_HEADS)
    )
    return tuple(uow.connection.execute(query).scalars())


def add_publication(uow: UnitOfWork, new: Publication) -> None:
    """Insert a publication and its head."""
    same = (
        "id item_id version_id closure_root round_id valid_from valid_until review_by owner_id published_by published_at"
    ).split()
    values = {name: getattr(new, name) for name in same}
    insert_row(uow, PublicationRow, {**values, "outcome": "approved", "channel": new.channel.value})
    head = {"publication_id": new.id, "item_id": new.item_id, "channel": new.channel.value, "state": new.state.value}
    insert_row(
        uow,
        PublicationHeadRow,
        {**head, "since": new.state_since, "reason": new.reason, "changed_by": new.published_by},
    )


def move_head(
    uow: UnitOfWork, before: Publication, state: PublicationState, reason: str, by: str, now: datetime
) -> Publication:
    """Change the state of a publication; raises ``StaleState`` when somebody was first."""
    where = [_HEADS.c.publication_id == before.id, _HEADS.c.state == before.state.value]
    change_one(uow, PublicationHeadRow, where, {"state": state.value, "since": now, "reason": reason, "changed_by": by})
    return _found(uow.connection, before.id)


def _head(publication_id: str) -> Select[tuple[str]]:
    return select(_HEADS.c.publication_id).where(_HEADS.c.publication_id == publication_id)


def _found(connection: Connection, publication_id: str) -> Publication:
    found = publication(connection, publication_id)
    if found is None:
        raise NotFound("publication", publication_id)
    return found


def _query() -> "Select[tuple[object, ...]]":
    head = _HEADS.c
    columns = [c for c in _PUBLICATIONS.columns if c.name != "outcome"]
    return select(*columns, head.state, head.since.label("state_since"), head.reason).join(
        _HEADS, head.publication_id == _PUBLICATIONS.c.id
    )


def _publication(row: RowMapping) -> Publication:
    return Publication(**{**row, "channel": Channel(row["channel"]), "state": PublicationState(row["state"])})
