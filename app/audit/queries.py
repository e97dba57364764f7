"""Reading the log: for screens, for proofs, and raw for whoever recomputes it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Table, func, select, type_coerce
from sqlalchemy.types import NullType

from app.audit import merkle
from app.audit.model import Event, EventFilter, StoredCheckpoint, TreeHead, leaf_from_text
from app.audit.proof import Proof
from app.audit.tables import AuditEventRow, AuditHeadRow, CheckpointRow
from app.kernel.digest import canonical
from app.kernel.errors import NotFound, Untrustworthy
from app.kernel.finding import Refusal
from app.storage.rows import table_of

_EVENTS = table_of(AuditEventRow)
_HEAD = table_of(AuditHeadRow)
_CHECKPOINTS = table_of(CheckpointRow)
_BATCH = 2_000


def events(connection: Connection, wanted: EventFilter, *, limit: int = 100, offset: int = 0) -> tuple[Event, ...]:
    """Events that match, newest first."""
    query = _filtered(select(_EVENTS.c.leaf, _EVENTS.c.leaf_hash), wanted)
    rows = connection.execute(query.order_by(_EVENTS.c.index.desc()).limit(limit).offset(offset))
    return tuple(Event(leaf_from_text(row.leaf), row.leaf_hash) for row in rows)


def count_events(connection: Connection, wanted: EventFilter) -> int:
    """How many events match."""
    return int(connection.execute(_filtered(select(func.count()).select_from(_EVENTS), wanted)).scalar_one())


def event(connection: Connection, index: int) -> Event | None:
    """The event at one place, or None."""
    row = connection.execute(select(_EVENTS.c.leaf, _EVENTS.c.leaf_hash).where(_EVENTS.c.index == index)).one_or_none()
    return None if row is None else Event(leaf_from_text(row.leaf), row.leaf_hash)


def subject_history(connection: Connection, kind: str, subject_id: str) -> tuple[Event, ...]:
    """Everything that happened to one thing, oldest first."""
    wanted = EventFilter(subject_kind=kind, subject_id=subject_id)
    rows = connection.execute(_filtered(select(_EVENTS.c.leaf, _EVENTS.c.leaf_hash), wanted).order_by(_EVENTS.c.index))
    return tuple(Event(leaf_from_text(row.leaf), row.leaf_hash) for row in rows)


def tree_head(connection: Connection) -> TreeHead:
    """Where the log says it stands."""
    head = connection.execute(select(_HEAD)).one()
    return TreeHead(head.size, merkle.frontier_root([bytes.fromhex(h) for h in head.frontier]), head.last_at)


def checkpoints(connection: Connection, *, limit: int = 20) -> tuple[StoredCheckpoint, ...]:
    """The newest checkpoints, newest first."""
    rows = connection.execute(select(_CHECKPOINTS).order_by(_CHECKPOINTS.c.size.desc()).limit(limit))
    return tuple(StoredCheckpoint(row.size, row.root, row.at, row.note) for row in rows)


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The newest checkpoint, or None before the first."""
    return next(iter(checkpoints(connection, limit=1)), None)


def proof_of(connection: Connection, index: int) -> Proof | Refusal:
    """Proof that the event at ``index`` is under the newest checkpoint; reads one hash per leaf.

    Code: ``not_checkpointed`` when no checkpoint covers it yet. Raises ``NotFound`` for no such event, and
    ``Untrustworthy`` when the stored hashes do not lead to the signed root.
    """
    text = connection.execute(select(_EVENTS.c.leaf).where(_EVENTS.c.index == index)).scalar_one_or_none()
    if text is None:
        raise NotFound("event", index)
    newest = newest_checkpoint(connection)
    if newest is None or newest.size <= index:
        return Refusal("not_checkpointed", {"index": index, "covered": 0 if newest is None else newest.size})
    query = select(_EVENTS.c.leaf_hash).where(_EVENTS.c.index < newest.size).order_by(_EVENTS.c.index)
    hashes = [bytes.fromhex(hashed) for hashed in connection.execute(query).scalars()]
    if len(hashes) != newest.size:
        raise Untrustworthy(
            f"The checkpoint covers {newest.size} events; {len(hashes)} are stored. Run `placet audit verify`."
        )
    path = merkle.inclusion_proof(hashes, index)
    root = merkle.root_from_inclusion(hashes[index], index, newest.size, path)
    if root is None or root.hex() != newest.root:
        raise Untrustworthy("The stored events do not lead to the signed root. Run `placet audit verify`.")
    return Proof(text, index, newest.size, tuple(step.hex() for step in path), newest.note)


def index_naming(connection: Connection, table: str, key: str) -> int | None:
    """Place of the newest leaf that names the digest of a row; None when no leaf does. Reads the text of every leaf."""
    named = canonical([table, key]).decode()[:-1] + ","
    query = select(func.max(_EVENTS.c.index)).where(_EVENTS.c.leaf.contains(named, autoescape=True))
    found = connection.execute(query).scalar_one()
    return None if found is None else int(found)


def raw_row(connection: Connection, table: Table, key: str) -> Row[Any] | None:
    """One row of a table with a single-column primary key, as stored."""
    (column,) = table.primary_key.columns
    return connection.execute(_raw(table).where(column == key)).one_or_none()


class RawLeaf(NamedTuple):
    """A row of the log exactly as stored, nothing interpreted."""

    index: Any
    at: Any
    actor: Any
    action: Any
    subject_kind: Any
    subject_id: Any
    leaf: Any
    leaf_hash: Any


def raw_leaves(connection: Connection, *, start: int = 0) -> Iterator[RawLeaf]:
    """Every row of the log from ``start`` on, in order, streamed."""
    query = _raw(_EVENTS).where(_EVENTS.c.index >= start).order_by(_EVENTS.c.index)
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        yield RawLeaf._make(row)


def raw_rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Every row of a table as stored, streamed in no order: what the type decorators would hide is visible."""
    yield from connection.execute(_raw(table).execution_options(yield_per=_BATCH))


def raw_heads(connection: Connection) -> list[Row[Any]]:
    """The head's rows as stored; there should be one."""
    return list(raw_rows(connection, _HEAD))


def raw_checkpoints(connection: Connection) -> list[Row[Any]]:
    """Every checkpoint as stored, smallest first."""
    return list(connection.execute(_raw(_CHECKPOINTS).order_by(_CHECKPOINTS.c.size)))


def _raw(table: Table) -> Select[Any]:
    columns: list[Any] = [type_coerce(column, NullType()).label(column.name) for column in table.columns]
    return select(*columns)


def _filtered(query: Select[Any], wanted: EventFilter) -> Select[Any]:
    pairs = (
        (_EVENTS.c.actor, wanted.actor),
        (_EVENTS.c.subject_kind, wanted.subject_kind),
        (_EVENTS.c.subject_id, wanted.subject_id),
    )
    for column, value in pairs:
        if value:
            query = query.where(column == value)
    if wanted.action_prefix:
        query = query.where(_EVENTS.c.action.startswith(wanted.action_prefix, autoescape=True))
    if wanted.since is not None:
        query = query.where(_EVENTS.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(_EVENTS.c.at < wanted.until)
    return query
