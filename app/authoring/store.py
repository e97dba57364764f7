"""Save items, versions, leaf authors and sender editions."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from app.authoring.model import Item, Metadata, Sender, Version
from app.authoring.tables import ContentItemRow, ContentVersionRow, LeafAuthorRow, SenderRow
from app.storage.rows import change_one, insert_row, insert_rows, table_of
from app.storage.unit_of_work import UnitOfWork

_ITEMS = table_of(ContentItemRow)


def lock_item(uow: UnitOfWork, key: str) -> None:
    """Make others who save the same item wait until this unit ends."""
    uow.connection.execute(select(_ITEMS.c.id).where(_ITEMS.c.key == key).with_for_update())


def add_item(uow: UnitOfWork, item: Item, created_by: str) -> None:
    """Insert a new item; the database refuses a second one of the same key."""
    values = {
        "id": item.id,
        "key": item.key,
        "title": item.title,
        "content_type": item.content_type.value,
        "channel": item.channel.value,
        "owner_id": item.owner_id,
        "created_by": created_by,
        "created_at": item.created_at,
    }
    insert_row(uow, ContentItemRow, values)


def retitle(uow: UnitOfWork, item: Item, metadata: Metadata, owner_id: str) -> None:
    """Give the item the title and owner of its newest version; raises ``StaleState`` when somebody was first."""
    where = [_ITEMS.c.id == item.id, _ITEMS.c.title == item.title, _ITEMS.c.owner_id == item.owner_id]
    change_one(uow, ContentItemRow, where, {"title": metadata.title, "owner_id": owner_id})


def add_version(uow: UnitOfWork, version: Version, authors: Mapping[str, frozenset[str]]) -> None:
    """Insert a version and who wrote its leaves."""
    values = {
        "id": version.id,
        "item_id": version.item_id,
        "number": version.number,
        "source": version.source,
        "source_digest": version.source_digest,
        "metadata_json": version.metadata.as_json(),
        "sender_json": None if version.sender is None else version.sender.as_json(),
        "skeleton": version.skeleton.as_json(),
        "leaves": dict(version.closure.leaves),
        "closure_root": version.closure.root,
        "author_id": version.author_id,
        "created_at": version.created_at,
        "origin": version.origin,
        "parent_id": version.parent_id,
    }
    insert_row(uow, ContentVersionRow, values)
    rows = [
        {"version_id": version.id, "leaf": leaf, "person_id": person}
        for leaf in sorted(authors)
        for person in sorted(authors[leaf])
    ]
    insert_rows(uow, LeafAuthorRow, rows)


def add_sender(uow: UnitOfWork, sender: Sender, created_by: str, now: datetime) -> None:
    """Insert one edition of a sender profile."""
    values = {name: getattr(sender, name) for name in Sender.__slots__}
    insert_row(uow, SenderRow, {**values, "created_by": created_by, "created_at": now})
