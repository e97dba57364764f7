"""Open a thread, answer in it, say it is done, settle it."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts import queries as accounts
from app.accounts.model import Actor, Permission, PersonState
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.review import policy, store
from app.review.model import Round, Thread, ThreadAction, ThreadKind
from app.review.operations.rounds import locked
from app.storage.unit_of_work import AuditNote, UnitOfWork

ANCHOR_CONTEXT = 64
"""Characters of context kept on each side of a quote; the columns hold no more."""


@dataclass(frozen=True, slots=True)
class OpenThread:
    """Comment on quoted words of the version; ``prefix`` and ``suffix`` are what stands around them."""

    round_id: str
    kind: ThreadKind
    quote: str
    body: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """Answer in a thread."""

    thread_id: str
    body: str


@dataclass(frozen=True, slots=True)
class MoveThread:
    """Move a thread, with words or without."""

    thread_id: str
    body: str = ""


def open_thread(
    uow: UnitOfWork, command: OpenThread, *, actor: Actor, now: datetime, ids: IdSource
) -> Thread | Refusal:
    """Start a thread in an open round. Refuses with ``not_permitted``, ``round_not_allowed`` or ``comment_missing``."""
    if not actor.may(Permission.REVIEW):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    round_ = locked(uow, command.round_id)
    refusal = policy.open_thread(round_, command.kind, command.body)
    if refusal is not None:
        return refusal
    opened = Thread(
        id=ids.new_id(),
        round_id=round_.id,
        kind=command.kind,
        quote=command.quote,
        prefix=command.prefix[-ANCHOR_CONTEXT:],
        suffix=command.suffix[:ANCHOR_CONTEXT],
        state=policy.THREAD_MOVES.initial,
        opened_by=actor.person_id,
        opened_at=now,
        comments=(),
    )
    store.add_thread(uow, opened)
    store.add_comment(uow, ids.new_id(), opened.id, actor.person_id, command.body.strip(), now)
    _note(uow, "opened", opened, actor, now)
    return _reload(uow, opened.id)


def comment(uow: UnitOfWork, command: Comment, *, actor: Actor, now: datetime, ids: IdSource) -> Thread | Refusal:
    """Answer in a thread. Refuses with ``not_permitted`` or ``comment_missing``."""
    if not (actor.may(Permission.REVIEW) or actor.may(Permission.WRITE_CONTENT)):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    thread, _ = _gather(uow, command.thread_id)
    if not command.body.strip():
        return Refusal("comment_missing", {})
    store.add_comment(uow, ids.new_id(), thread.id, actor.person_id, command.body.strip(), now)
    _note(uow, "commented", thread, actor, now)
    return _reload(uow, thread.id)


def mark_done(uow: UnitOfWork, command: MoveThread, *, actor: Actor, now: datetime, ids: IdSource) -> Thread | Refusal:
    """The author says it is done; it goes on blocking until it is settled. Refuses as :func:`settle` does."""
    return _move(uow, command, ThreadAction.MARK_DONE, actor=actor, now=now, ids=ids)


def settle(uow: UnitOfWork, command: MoveThread, *, actor: Actor, now: datetime, ids: IdSource) -> Thread | Refusal:
    """Close a thread. Refuses with ``not_permitted``, ``thread_not_yours`` or ``thread_not_allowed``."""
    return _move(uow, command, ThreadAction.SETTLE, actor=actor, now=now, ids=ids)


def reopen(uow: UnitOfWork, command: MoveThread, *, actor: Actor, now: datetime, ids: IdSource) -> Thread | Refusal:
    """Open a done or settled thread again. Refuses as :func:`settle` does."""
    return _move(uow, command, ThreadAction.REOPEN, actor=actor, now=now, ids=ids)


def _move(
    uow: UnitOfWork, command: MoveThread, action: ThreadAction, *, actor: Actor, now: datetime, ids: IdSource
) -> Thread | Refusal:
    if not (actor.may(Permission.REVIEW) or actor.may(Permission.WRITE_CONTENT)):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    thread, round_ = _gather(uow, command.thread_id)
    raiser = accounts.person(uow.connection, thread.opened_by)
    after = policy.move_thread(
        thread,
        action,
        actor.person_id,
        is_author=actor.person_id in round_.leaf_authors,
        raiser_active=raiser is not None and raiser.state is PersonState.ACTIVE,
        may_review=actor.may(Permission.REVIEW),
    )
    if isinstance(after, Refusal):
        return after
    store.move_thread(uow, thread, after)
    if command.body.strip():
        store.add_comment(uow, ids.new_id(), thread.id, actor.person_id, command.body.strip(), now)
    _note(uow, {"mark_done": "done", "settle": "settled", "reopen": "reopened"}[action.value], thread, actor, now)
    return _reload(uow, thread.id)


def _gather(uow: UnitOfWork, thread_id: str) -> tuple[Thread, Round]:
    found = store.thread(uow.connection, thread_id)
    if found is None:
        raise NotFound("thread", thread_id)
    # The lock of the round orders a reopened comment against the signature that it would have stopped.
    round_ = locked(uow, found.round_id)
    again = store.thread(uow.connection, thread_id)
    assert again is not None
    return again, round_


def _note(uow: UnitOfWork, what: str, thread: Thread, actor: Actor, now: datetime) -> None:
    data = {"round": thread.round_id, "kind": thread.kind.value}
    uow.note(AuditNote(f"review.thread.{what}", "thread", thread.id, actor.person_id, now, {**data}))


def _reload(uow: UnitOfWork, thread_id: str) -> Thread:
    found = store.thread(uow.connection, thread_id)
    assert found is not None
    return found
