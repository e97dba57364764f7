"""Publish, recall, expire, quarantine, release. Each holds the waiting messages it concerns in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts.model import Actor, Permission, UseStepUp
from app.accounts.operations import use_step_up
from app.authoring import queries as content
from app.kernel.clock import iso
from app.kernel.digest import Json
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.outbox.operations import hold_messages
from app.publishing import policy, store
from app.publishing.model import RECALL_ACT, Publication, PublicationAction, PublicationState, Recalled
from app.review import queries as review
from app.storage.unit_of_work import AuditNote, UnitOfWork

SYSTEM = "system"
"""Who changes a publication when its window is over: nobody."""
RECALLED, EXPIRED, QUARANTINED = "recalled", "approval_expired", "quarantined"
"""Reason codes of held messages: those of the gate."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Give an approved round a window, half-open: ``valid_from <= t < valid_until``."""

    round_id: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Recall:
    """Take a publication back for a reason of three words or more.

    ``step_up_id`` names a confirmation for act ``recall``, digest = closure root, meaning ``recall``.
    """

    publication_id: str
    reason: str
    step_up_id: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Stop a publication until somebody has looked at it."""

    publication_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """Lift a quarantine. Messages that were held stay held until somebody resumes them."""

    publication_id: str
    reason: str


def publish(uow: UnitOfWork, command: Publish, *, actor: Actor, now: datetime, ids: IdSource) -> Publication | Refusal:
    """Make an approved round sendable, and supersede what was live on that item and channel.

    Whoever may publish may publish her own words: what makes them safe is that others signed them. Refuses with
    ``not_permitted``, ``round_not_approved``, ``already_published``, ``recalled_since_approval``, ``would_interrupt``,
    ``window_order``, ``window_in_past``, ``window_too_long``, ``approval_too_old`` or ``clock_wrong``; raises ``NotFound``.
    """
    if not actor.may(Permission.PUBLISH):
        return Refusal("not_permitted", {"permission": Permission.PUBLISH.value})
    round_ = review.round_(uow.connection, command.round_id)
    if round_ is None:
        raise NotFound("review round", command.round_id)
    store.lock_item(uow, round_.item_id)
    item = content.item_by_id(uow.connection, round_.item_id)
    metadata = content.version(uow.connection, round_.version_id).metadata
    others = store.publications_of(uow.connection, item.id)

    refusal = policy.may_publish(round_, others, command.valid_from, now)
    if refusal is not None:
        return refusal
    window = policy.window(round_, command.valid_from, command.valid_until, metadata.review_every_days, now)
    if isinstance(window, Refusal):
        return window

    _supersede(uow, item.id, item.channel.value, actor, now)
    publication = Publication(
        id=ids.new_id(),
        item_id=item.id,
        version_id=round_.version_id,
        closure_root=round_.closure_root,
        round_id=round_.id,
        channel=item.channel,
        valid_from=window.valid_from,
        valid_until=window.valid_until,
        review_by=window.review_by,
        owner_id=item.owner_id,
        published_by=actor.person_id,
        published_at=now,
        state=policy.PUBLICATION_MOVES.initial,
        state_since=now,
        reason="",
    )
    store.add_publication(uow, publication)
    data: dict[str, Json] = {
        "round": round_.id,
        "from": iso(window.valid_from),
        "until": iso(window.valid_until),
        "review_by": iso(window.review_by),
    }
    _note(uow, "created", publication, actor.person_id, now, data)
    return publication


def _supersede(uow: UnitOfWork, item_id: str, channel: str, actor: Actor, now: datetime) -> None:
    """End what is live. Its messages are not held: those that follow the latest approved version go on with the new one."""
    found = store.live(uow.connection, item_id, channel)
    if found is None:
        return
    before = store.lock_head(uow, found.id)
    after = policy.PUBLICATION_MOVES.next(before.state, PublicationAction.SUPERSEDE)
    if isinstance(after, Refusal):
        return  # recalled or expired between the look and the lock
    moved = store.move_head(uow, before, after, "superseded", actor.person_id, now)
    _note(uow, "superseded", moved, actor.person_id, now, {})


def recall(uow: UnitOfWork, command: Recall, *, actor: Actor, now: datetime) -> Recalled | Refusal:
    """Stop a publication for good; once this commits, no later release can send it (reliability I5).

    1. Lock the head: releases in flight finish first or see the recall.
    2. Decide; spend the confirmation when one is named. Shells for people always name one.
    3. Move the head, hold what waits, count what was released before.

    Refuses with ``not_permitted``, ``reason_too_short``, ``publication_not_allowed`` or a ``step_up_*`` code.
    """
    if not actor.may(Permission.RECALL):
        return Refusal("not_permitted", {"permission": Permission.RECALL.value})
    before = store.lock_head(uow, command.publication_id)
    after = policy.recall(before, command.reason)
    if isinstance(after, Refusal):
        return after
    if command.step_up_id is not None:
        use = UseStepUp(command.step_up_id, RECALL_ACT, before.closure_root, RECALL_ACT)
        confirmed = use_step_up(uow, use, actor=actor, now=now)
        if isinstance(confirmed, Refusal):
            return confirmed
    moved = store.move_head(uow, before, after, command.reason.strip(), actor.person_id, now)
    count = hold_messages(uow, moved.id, RECALLED, actor_id=actor.person_id, now=now)
    data: dict[str, Json] = {
        "held": count.held,
        "released_before": count.released_before,
        "confirmed": command.step_up_id is not None,
    }
    _note(uow, "recalled", moved, actor.person_id, now, data)
    return Recalled(moved, count.held, count.released_before)


def expire_due(uow: UnitOfWork, *, now: datetime, limit: int) -> int:
    """Write down which windows are over, at most ``limit``; returns how many. The gate refuses them with or without this."""
    ended = store.lock_ended(uow, now, limit)
    for publication_id in ended:
        before = store.lock_head(uow, publication_id)
        after = policy.PUBLICATION_MOVES.next(before.state, PublicationAction.EXPIRE)
        assert isinstance(after, PublicationState)
        moved = store.move_head(uow, before, after, "window over", SYSTEM, now)
        count = hold_messages(uow, moved.id, EXPIRED, actor_id=SYSTEM, now=now)
        _note(uow, "expired", moved, SYSTEM, now, {"held": count.held})
    return len(ended)


def quarantine(uow: UnitOfWork, command: Quarantine, *, actor: Actor, now: datetime) -> Recalled | Refusal:
    """Stop a live publication until it was looked at. Refuses with ``not_permitted``, ``reason_missing`` or ``publication_not_allowed``."""
    if not actor.may(Permission.RECALL):
        return Refusal("not_permitted", {"permission": Permission.RECALL.value})
    before = store.lock_head(uow, command.publication_id)
    after = policy.quarantine(before, command.reason)
    if isinstance(after, Refusal):
        return after
    moved = store.move_head(uow, before, after, command.reason.strip(), actor.person_id, now)
    count = hold_messages(uow, moved.id, QUARANTINED, actor_id=actor.person_id, now=now)
    data: dict[str, Json] = {"held": count.held, "released_before": count.released_before}
    _note(uow, "quarantined", moved, actor.person_id, now, data)
    return Recalled(moved, count.held, count.released_before)


def release(uow: UnitOfWork, command: Release, *, actor: Actor, now: datetime) -> Publication | Refusal:
    """Let a quarantined publication be sent again.

    Refuses with ``not_permitted``, ``reason_missing``, ``publication_not_allowed``, ``window_in_past`` or ``other_live``.
    """
    if not actor.may(Permission.PUBLISH):
        return Refusal("not_permitted", {"permission": Permission.PUBLISH.value})
    if not command.reason.strip():
        return Refusal("reason_missing", {})
    found = store.publication(uow.connection, command.publication_id)
    if found is None:
        raise NotFound("publication", command.publication_id)
    store.lock_item(uow, found.item_id)
    before = store.lock_head(uow, found.id)
    after = policy.release(before, store.publications_of(uow.connection, before.item_id), now)
    if isinstance(after, Refusal):
        return after
    moved = store.move_head(uow, before, after, command.reason.strip(), actor.person_id, now)
    _note(uow, "released", moved, actor.person_id, now, {})
    return moved


def _note(uow: UnitOfWork, what: str, publication: Publication, by: str, now: datetime, data: dict[str, Json]) -> None:
    facts: dict[str, Json] = {
        "item": publication.item_id,
        "version": publication.version_id,
        "closure_root": publication.closure_root,
        "state": publication.state.value,
    }
    uow.note(AuditNote(f"publishing.publication.{what}", "publication", publication.id, by, now, {**facts, **data}))
