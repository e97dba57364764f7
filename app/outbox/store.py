"""Load and change messages. Nothing here writes an audit note: the operation that decided does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel.errors import NotFound
from app.outbox import policy
from app.outbox.model import Message, MessageAction, MessageState, NewMessage, Pin, Purpose
from app.outbox.tables import MessageRow
from app.storage.engine import is_postgresql
from app.storage.rows import change_one, change_rows, row_digest, row_key, table_of
from app.storage.unit_of_work import RowNote, UnitOfWork

MESSAGES = table_of(MessageRow)


def message_from(row: Row[Any]) -> Message:
    """A row of ``messages`` as a value."""
    values = dict(row._mapping)
    values["purpose"] = Purpose(values["purpose"])
    values["pin"] = Pin(values["pin"])
    values["state"] = MessageState(values["state"])
    return Message(**values)


def load(uow: UnitOfWork, message_id: str) -> Message:
    """One message; raises ``NotFound``."""
    row = uow.connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id)).one_or_none()
    if row is None:
        raise NotFound("message", message_id)
    return message_from(row)


def insert_new(uow: UnitOfWork, messages: Sequence[NewMessage], now: datetime) -> frozenset[str]:
    """Plan messages and return the ids of those that were new; a dedupe key that exists is left as it is.

    Two units that plan the same step at once must not make each other fail, hence ``ON CONFLICT DO NOTHING`` and not
    ``rows.insert_rows``; the digests of what was really inserted are noted here.
    """
    if not messages:
        return frozenset()
    dialect = postgresql if is_postgresql(uow.connection) else sqlite
    statement = dialect.insert(MESSAGES).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(MESSAGES.c.id)
    rows = [_planned(message, now) for message in messages]
    new = frozenset(uow.connection.execute(statement, rows).scalars())
    for row in rows:
        if row["id"] in new:
            uow.note_row(RowNote(MESSAGES.name, row_key(MESSAGES, row), row_digest(MESSAGES, row)))
    return new


def _planned(message: NewMessage, now: datetime) -> dict[str, Any]:
    return {
        "id": message.id,
        "dedupe_key": message.dedupe_key,
        "purpose": message.purpose.value,
        "topic": message.topic,
        "channel": str(message.channel),
        "lead_id": message.lead_id,
        "address_digest": message.address_digest,
        "enrollment_id": message.enrollment_id,
        "step_number": message.step_number,
        "item_id": message.item_id,
        "pin": message.pin.value,
        "publication_id": message.publication_id,
        "closure_root": message.closure_root,
        "due_at": message.due_at,
        "not_after": message.not_after,
        "state": MessageState.PLANNED.value,
        "state_since": now,
        "reason": "",
        "epoch": 0,
        "worker": "",
        "lease_until": None,
        "tries": 0,
        "planned_at": now,
    }


def claim(
    uow: UnitOfWork, ids: Sequence[str], worker: str, now: datetime, lease_until: datetime
) -> tuple[Message, ...]:
    """Take those of ``ids`` that are planned, due, and in nobody else's hands at this moment; in order of due time."""
    free = (
        select(MESSAGES.c.id)
        .where(MESSAGES.c.id.in_(ids), MESSAGES.c.state == MessageState.PLANNED.value, MESSAGES.c.due_at <= now)
        .with_for_update(skip_locked=True)
    )
    taken = uow.connection.execute(free).scalars().all()
    if not taken:
        return ()
    values = {
        "state": MessageState.CLAIMED.value,
        "state_since": now,
        "reason": "",
        "epoch": MESSAGES.c.epoch + 1,
        "worker": worker,
        "lease_until": lease_until,
    }
    where = [MESSAGES.c.id.in_(taken), MESSAGES.c.state == MessageState.PLANNED.value]
    claimed = (message_from(row) for row in change_rows(uow, MessageRow, where, values))
    return tuple(sorted(claimed, key=lambda m: (m.due_at, m.id)))


def move(
    uow: UnitOfWork,
    message_id: str,
    epoch: int,
    action: MessageAction,
    *,
    now: datetime,
    reason: str = "",
    due_at: datetime | None = None,
    tried: bool = False,
    lease_until: datetime | None = None,
) -> Message:
    """Move one message under the epoch the caller holds; raises ``StaleState`` when it is elsewhere or in other hands."""
    where = [MESSAGES.c.id == message_id, *_standing(action, epoch)]
    values = _moved(action, now, reason, due_at=due_at, tried=tried)
    if lease_until is not None:
        values["lease_until"] = lease_until
    return message_from(change_one(uow, MessageRow, where, values))


def move_many(
    uow: UnitOfWork,
    held: Iterable[tuple[str, int]],
    action: MessageAction,
    *,
    now: datetime,
    reason: str = "",
    due_at: datetime | None = None,
    tried: bool = False,
) -> tuple[Message, ...]:
    """Move every (id, epoch) that still stands where ``action`` may start; the others are missing from the answer."""
    by_epoch: dict[int, list[str]] = {}
    for message_id, epoch in held:
        by_epoch.setdefault(epoch, []).append(message_id)
    moved: list[Message] = []
    for epoch, ids in sorted(by_epoch.items()):
        where = [MESSAGES.c.id.in_(ids), *_standing(action, epoch)]
        moved += map(
            message_from, change_rows(uow, MessageRow, where, _moved(action, now, reason, due_at=due_at, tried=tried))
        )
    return tuple(moved)


def _standing(action: MessageAction, epoch: int) -> list[ColumnElement[bool]]:
    if action is MessageAction.CLAIM:
        raise ValueError("A claim raises the epoch; use claim().")
    return [MESSAGES.c.epoch == epoch, MESSAGES.c.state.in_([s.value for s in policy.sources(action)])]


def _moved(
    action: MessageAction, now: datetime, reason: str, *, due_at: datetime | None = None, tried: bool = False
) -> dict[str, Any]:
    values: dict[str, Any] = {"state": policy.target(action).value, "state_since": now, "reason": reason}
    if action is not MessageAction.RELEASE:
        values |= {"worker": "", "lease_until": None}
    if due_at is not None:
        values["due_at"] = due_at
    if tried:
        values["tries"] = MESSAGES.c.tries + 1
    return values


def hold_of_publication(uow: UnitOfWork, publication_id: str, reason: str, now: datetime) -> int:
    """Hold every message of a publication that has not been released; returns how many."""
    where = [
        MESSAGES.c.publication_id == publication_id,
        MESSAGES.c.state.in_([s.value for s in policy.sources(MessageAction.HOLD)]),
    ]
    return len(change_rows(uow, MessageRow, where, _moved(MessageAction.HOLD, now, reason)))


def repin(uow: UnitOfWork, message_id: str, epoch: int, publication_id: str, closure_root: str) -> Message:
    """Point a message that follows the latest publication at a newer one; raises ``StaleState`` when it cannot be."""
    where = [
        MESSAGES.c.id == message_id,
        MESSAGES.c.epoch == epoch,
        MESSAGES.c.pin == Pin.LATEST.value,
        MESSAGES.c.state.in_([s.value for s in policy.REPINNABLE]),
    ]
    values = {"publication_id": publication_id, "closure_root": closure_root}
    return message_from(change_one(uow, MessageRow, where, values))
