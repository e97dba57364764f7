"""Append leaves and read them back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from app.audit import merkle
from app.audit.model import Leaf, StoredCheckpoint, TreeHead
from app.audit.tables import AuditEventRow, AuditHeadRow, CheckpointRow
from app.kernel.digest import canonical, leaf_hash
from app.kernel.errors import Untrustworthy
from app.storage.rows import insert_row, table_of
from app.storage.unit_of_work import AuditNote, RowNote, UnitOfWork

_EVENTS = table_of(AuditEventRow)
_HEAD = table_of(AuditHeadRow)


def append(connection: Connection, notes: Sequence[AuditNote], rows: Sequence[RowNote]) -> None:
    """Append one leaf per note, the row digests with the last; the recorder of every unit of work.

    Takes the lock on the head, so units that write are serialised from here to their commit and no earlier.
    """
    head = connection.execute(select(_HEAD).with_for_update()).one_or_none()
    if head is None:
        raise Untrustworthy(
            "The audit log has no head. The database was not migrated or was damaged; nothing is written."
        )
    size, frontier, last_at = head.size, [bytes.fromhex(h) for h in head.frontier], head.last_at
    values = []
    for position, note in enumerate(notes):
        named = tuple((r.table, r.key, r.digest) for r in rows) if position == len(notes) - 1 else ()
        leaf = Leaf(size, note.at, note.actor, note.action, note.subject_kind, note.subject_id, note.data, named)
        text = canonical(leaf.as_json())
        hashed = leaf_hash(text)
        values.append(
            {
                "index": size,
                "at": note.at,
                "actor": note.actor,
                "action": note.action,
                "subject_kind": note.subject_kind,
                "subject_id": note.subject_id,
                "leaf": text.decode("utf-8"),
                "leaf_hash": hashed.hex(),
            }
        )
        frontier = merkle.grow(frontier, size, hashed)
        size += 1
        last_at = note.at if last_at is None else max(last_at, note.at)
    connection.execute(insert(_EVENTS), values)
    connection.execute(update(_HEAD).values(size=size, frontier=[h.hex() for h in frontier], last_at=last_at))


def tree_head(connection: Connection) -> TreeHead:
    """Where the log stands now."""
    return _tree_head(connection.execute(select(_HEAD)).one())


def last_instant(connection: Connection) -> datetime | None:
    """The newest instant in the log; effective time never goes behind it (reliability I8)."""
    return connection.execute(select(_HEAD.c.last_at)).scalar_one_or_none()


def lock_head(uow: UnitOfWork) -> TreeHead:
    """Where the log stands, and the lock that keeps it there until the unit ends."""
    head = uow.connection.execute(select(_HEAD).with_for_update()).one()
    return _tree_head(head)


def add_checkpoint(uow: UnitOfWork, checkpoint: StoredCheckpoint) -> None:
    """Insert a signed checkpoint."""
    values = {"size": checkpoint.size, "root": checkpoint.root, "at": checkpoint.at, "note": checkpoint.note}
    insert_row(uow, CheckpointRow, values)


def _tree_head(head: Row[Any]) -> TreeHead:
    return TreeHead(head.size, merkle.frontier_root([bytes.fromhex(h) for h in head.frontier]), head.last_at)
