"""Plan, claim, move and hold messages, each with its note for the log. ``actor_id`` is a person, or a part of the engine."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.kernel.clock import iso
from app.kernel.digest import Json
from app.outbox import queries, store
from app.outbox.model import HeldCount, Message, MessageAction, NewMessage
from app.storage.unit_of_work import AuditNote, UnitOfWork

ENGINE = "engine"
_NAMED = 50
"""A batch note names at most so many messages; the row digests of the unit account for all of them."""


def plan_message(uow: UnitOfWork, message: NewMessage, *, now: datetime, actor_id: str = ENGINE) -> bool:
    """Plan one send; False when this step of this enrollment was planned before."""
    return bool(plan_messages(uow, [message], now=now, actor_id=actor_id))


def plan_messages(
    uow: UnitOfWork, messages: Sequence[NewMessage], *, now: datetime, actor_id: str = ENGINE
) -> frozenset[str]:
    """Plan several sends with one note; returns the ids that were new."""
    new = store.insert_new(uow, messages, now)
    if new:
        data: dict[str, Json] = {"count": len(new), "messages": sorted(new)[:_NAMED]}
        uow.note(AuditNote("outbox.messages.planned", "batch", min(new), actor_id, now, data))
    return new


def claim(uow: UnitOfWork, ids: Sequence[str], worker: str, now: datetime, lease: timedelta) -> tuple[Message, ...]:
    """Claim planned, due messages for ``worker`` until ``now + lease``; each comes back with its epoch raised by one."""
    claimed = store.claim(uow, ids, worker, now, now + lease)
    if claimed:
        data: dict[str, Json] = {"count": len(claimed), "messages": [m.id for m in claimed[:_NAMED]]}
        uow.note(AuditNote("outbox.messages.claimed", "worker", worker, ENGINE, now, data))
    return claimed


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
    actor_id: str = ENGINE,
) -> Message:
    """Move one message; raises ``StaleState`` when it no longer stands under ``epoch`` where ``action`` may start.

    ``due_at`` sets when to look again; ``tried`` counts one more attempt that came to nothing; ``lease_until`` says how
    long the outcome of a release may be waited for.
    """
    moved = store.move(
        uow, message_id, epoch, action, now=now, reason=reason, due_at=due_at, tried=tried, lease_until=lease_until
    )
    data: dict[str, Json] = {"epoch": epoch, "reason": reason, "due_at": iso(moved.due_at)}
    uow.note(AuditNote(f"outbox.message.{action.value}", "message", message_id, actor_id, now, data))
    return moved


def move_many(
    uow: UnitOfWork,
    held: Sequence[tuple[str, int]],
    action: MessageAction,
    *,
    now: datetime,
    reason: str = "",
    due_at: datetime | None = None,
    tried: bool = False,
    actor_id: str = ENGINE,
) -> tuple[Message, ...]:
    """Move every (id, epoch) that stands as the caller saw it, with one note; the others are missing from the answer."""
    moved = store.move_many(uow, held, action, now=now, reason=reason, due_at=due_at, tried=tried)
    if moved:
        data: dict[str, Json] = {"count": len(moved), "reason": reason, "messages": [m.id for m in moved[:_NAMED]]}
        uow.note(AuditNote(f"outbox.messages.{action.value}", "batch", moved[0].id, actor_id, now, data))
    return moved


def hold_messages(uow: UnitOfWork, publication_id: str, reason: str, *, actor_id: str, now: datetime) -> HeldCount:
    """Hold what is not released of a publication, and count what had left or may have left.

    The caller holds the lock on the publication's head, so no release can come between the two.
    """
    held = store.hold_of_publication(uow, publication_id, reason, now)
    released = queries.released_of_publication(uow.connection, publication_id)
    if held:
        data: dict[str, Json] = {"held": held, "released_before": released, "reason": reason}
        uow.note(AuditNote("outbox.messages.held", "publication", publication_id, actor_id, now, data))
    return HeldCount(held, released)


def repin(
    uow: UnitOfWork,
    message_id: str,
    epoch: int,
    publication_id: str,
    closure_root: str,
    *,
    now: datetime,
    actor_id: str = ENGINE,
) -> Message:
    """Point a message that follows the latest publication at a newer one, before its release."""
    message = store.repin(uow, message_id, epoch, publication_id, closure_root)
    data: dict[str, Json] = {"publication": publication_id, "closure_root": closure_root}
    uow.note(AuditNote("outbox.message.repinned", "message", message_id, actor_id, now, data))
    return message
