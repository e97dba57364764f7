"""Questions about content; nothing here writes."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.authoring.metadata import from_json
from app.authoring.model import Channel, Closure, ContentType, Item, ItemLine, Sender, Skeleton, Version
from app.authoring.tables import ContentItemRow, ContentVersionRow, LeafAuthorRow, SenderRow
from app.kernel.errors import NotFound
from app.storage.rows import row_digest, table_of

_ITEMS = table_of(ContentItemRow)
_VERSIONS = table_of(ContentVersionRow)
_AUTHORS = table_of(LeafAuthorRow)
_SENDERS = table_of(SenderRow)


def item_by_key(connection: Connection, key: str) -> Item | None:
    """The item of that name, or None."""
    row = connection.execute(select(_ITEMS).where(_ITEMS.c.key == key)).one_or_none()
    return None if row is None else item_of(row)


def item_by_id(connection: Connection, item_id: str) -> Item:
    """The item; raises ``NotFound``."""
    row = connection.execute(select(_ITEMS).where(_ITEMS.c.id == item_id)).one_or_none()
    if row is None:
        raise NotFound("content item", item_id)
    return item_of(row)


def version(connection: Connection, version_id: str) -> Version:
    """One version; raises ``NotFound``."""
    row = connection.execute(select(_VERSIONS).where(_VERSIONS.c.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("version", version_id)
    return version_of(row)


def stored_digest(connection: Connection, version_id: str) -> str:
    """Digest of a version's row as it stands now, to notice a change behind the program's back; raises ``NotFound``."""
    row = connection.execute(select(_VERSIONS).where(_VERSIONS.c.id == version_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("version", version_id)
    return row_digest(_VERSIONS, {column.name: row[column.name] for column in _VERSIONS.columns})


def numbered_version(connection: Connection, item_id: str, number: int) -> Version:
    """One version of an item by its number; raises ``NotFound``."""
    found = select(_VERSIONS).where(_VERSIONS.c.item_id == item_id, _VERSIONS.c.number == number)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise NotFound("version", number)
    return version_of(row)


def latest_version(connection: Connection, item_id: str) -> Version | None:
    """The newest version of an item, or None when the item has none."""
    newest = select(_VERSIONS).where(_VERSIONS.c.item_id == item_id).order_by(_VERSIONS.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else version_of(row)


def versions_of(connection: Connection, item_id: str) -> tuple[Version, ...]:
    """All versions of an item, newest first."""
    rows = connection.execute(
        select(_VERSIONS).where(_VERSIONS.c.item_id == item_id).order_by(_VERSIONS.c.number.desc())
    )
    return tuple(version_of(row) for row in rows)


def list_items(connection: Connection) -> tuple[ItemLine, ...]:
    """Every item with its newest version, by key; one statement, sources and skeletons left behind."""
    newest = (
        select(_VERSIONS.c.item_id, func.max(_VERSIONS.c.number).label("number"))
        .group_by(_VERSIONS.c.item_id)
        .subquery()
    )
    v = _VERSIONS.c
    statement = (
        select(_ITEMS, v.id.label("version_id"), v.number, v.closure_root, v.created_at.label("saved_at"))
        .join(newest, newest.c.item_id == _ITEMS.c.id)
        .join(_VERSIONS, (v.item_id == newest.c.item_id) & (v.number == newest.c.number))
        .order_by(_ITEMS.c.key)
    )
    rows = connection.execute(statement)
    return tuple(ItemLine(item_of(r), r.version_id, r.number, r.closure_root, r.saved_at) for r in rows)


def leaf_authors(connection: Connection, version_id: str) -> Mapping[str, frozenset[str]]:
    """Person ids per leaf of a version: everyone who wrote it in this version or in one it was carried from."""
    people: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(_AUTHORS).where(_AUTHORS.c.version_id == version_id)):
        people[row.leaf].add(row.person_id)
    return {leaf: frozenset(found) for leaf, found in people.items()}


def closure_leaves(connection: Connection, version_id: str) -> Mapping[str, str]:
    """Leaf names and content digests of a version, by name; raises ``NotFound``."""
    leaves = connection.execute(select(_VERSIONS.c.leaves).where(_VERSIONS.c.id == version_id)).scalar_one_or_none()
    if leaves is None:
        raise NotFound("version", version_id)
    return {name: leaves[name] for name in sorted(leaves)}


def export_source(connection: Connection, item_key: str, number: int | None = None) -> bytes:
    """The exact bytes that were imported, of one version or the newest; raises ``NotFound``."""
    item = item_by_key(connection, item_key)
    if item is None:
        raise NotFound("content item", item_key)
    found = latest_version(connection, item.id) if number is None else numbered_version(connection, item.id, number)
    if found is None:
        raise NotFound("version", item_key)
    return found.source


def latest_sender(connection: Connection, key: str) -> Sender | None:
    """The newest edition of a sender profile, or None."""
    newest = select(_SENDERS).where(_SENDERS.c.key == key).order_by(_SENDERS.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else Sender(**{name: getattr(row, name) for name in Sender.__slots__})


def item_of(row: Row[Any]) -> Item:
    """The value of an item row."""
    return Item(
        row.id, row.key, row.title, ContentType(row.content_type), Channel(row.channel), row.owner_id, row.created_at
    )


def version_of(row: Row[Any]) -> Version:
    """The value of a version row."""
    return Version(
        id=row.id,
        item_id=row.item_id,
        number=row.number,
        source=bytes(row.source),
        source_digest=row.source_digest,
        metadata=from_json(row.metadata_json),
        sender=None if row.sender_json is None else Sender(**row.sender_json),
        skeleton=Skeleton.from_json(row.skeleton),
        closure=Closure(row.leaves, row.closure_root),
        author_id=row.author_id,
        created_at=row.created_at,
        origin=row.origin,
        parent_id=row.parent_id,
    )
