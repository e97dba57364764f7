"""Decisions of publication. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.clock import iso
from app.kernel.finding import Refusal
from app.kernel.transitions import TransitionTable
from app.publishing.model import (
    EXPIRING_DAYS,
    Publication,
    PublicationAction,
    PublicationState,
    VersionState,
    VersionStatus,
)
from app.review.model import Round, RoundState

_S, _A = PublicationState, PublicationAction
PUBLICATION_MOVES: TransitionTable[PublicationState, PublicationAction] = TransitionTable(
    "publication",
    _S.LIVE,
    {
        (_S.LIVE, _A.SUPERSEDE): _S.SUPERSEDED,
        (_S.LIVE, _A.RECALL): _S.RECALLED,
        (_S.LIVE, _A.QUARANTINE): _S.QUARANTINED,
        (_S.LIVE, _A.EXPIRE): _S.EXPIRED,
        (_S.QUARANTINED, _A.RELEASE): _S.LIVE,
        (_S.QUARANTINED, _A.RECALL): _S.RECALLED,
        (_S.QUARANTINED, _A.EXPIRE): _S.EXPIRED,
        (_S.SUPERSEDED, _A.RECALL): _S.RECALLED,
        (_S.EXPIRED, _A.RECALL): _S.RECALLED,
    },
)
"""Recalled is final. What was sent long ago can still be recalled: the record then says so."""
REASON_WORDS = 3
"""A recall says why in at least so many words; one word is not a reason that anybody can act on."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a publication may be sent, half-open, and when its owner looks at it again."""

    valid_from: datetime
    valid_until: datetime
    review_by: datetime


def window(
    round_: Round, valid_from: datetime, valid_until: datetime, review_every_days: int, now: datetime
) -> Window | Refusal:
    """The window of a publication of ``round_``.

    A start in the past becomes ``now``: nothing was published before it was. Refuses with ``window_order``,
    ``window_in_past``, ``window_too_long`` (longer than the signers allowed, regulation GOV-03), ``approval_too_old``
    (the approval itself has lain unused for that long) or ``clock_wrong`` (the approval lies in the future).
    """
    start = max(valid_from, now)
    if now < round_.state_since:
        return Refusal("clock_wrong", {"approved": iso(round_.state_since), "now": iso(now)})
    if valid_from >= valid_until:
        return Refusal("window_order", {"from": iso(valid_from), "until": iso(valid_until)})
    if valid_until <= now:
        return Refusal("window_in_past", {"until": iso(valid_until)})
    allowed = timedelta(days=round_.max_valid_days)
    if valid_until - start > allowed:
        return Refusal("window_too_long", {"days": round_.max_valid_days, "latest": iso(start + allowed)})
    if start >= round_.state_since + allowed:
        return Refusal("approval_too_old", {"days": round_.max_valid_days, "approved": iso(round_.state_since)})
    return Window(start, valid_until, min(valid_until, start + timedelta(days=review_every_days)))


def may_publish(round_: Round, others: Sequence[Publication], valid_from: datetime, now: datetime) -> Refusal | None:
    """Whether ``round_`` may be published beside the ``others`` of its item.

    Refuses with ``round_not_approved``, ``already_published``, ``recalled_since_approval`` (these bytes were recalled after
    they were signed, so the signers did not know) or ``would_interrupt`` (the live one would end before this one begins).
    """
    if round_.state is not RoundState.APPROVED:
        return Refusal("round_not_approved", {"round": round_.id, "state": round_.state.value})
    for other in others:
        if other.round_id == round_.id:
            return Refusal("already_published", {"publication": other.id})
        same_bytes = other.closure_root == round_.closure_root
        if same_bytes and other.state is PublicationState.RECALLED and other.state_since >= round_.state_since:
            return Refusal("recalled_since_approval", {"publication": other.id})
        if other.state is PublicationState.LIVE and valid_from > now and other.valid_until > now:
            return Refusal("would_interrupt", {"publication": other.id, "until": iso(other.valid_until)})
    return None


def recall(publication: Publication, reason: str) -> PublicationState | Refusal:
    """The state after a recall; refuses with ``reason_too_short`` or ``publication_not_allowed``."""
    if len(reason.split()) < REASON_WORDS:
        return Refusal("reason_too_short", {"words": REASON_WORDS})
    return PUBLICATION_MOVES.next(publication.state, PublicationAction.RECALL)


def quarantine(publication: Publication, reason: str) -> PublicationState | Refusal:
    """The state after a quarantine; refuses with ``reason_missing`` or ``publication_not_allowed``."""
    if not reason.strip():
        return Refusal("reason_missing", {})
    return PUBLICATION_MOVES.next(publication.state, PublicationAction.QUARANTINE)


def release(publication: Publication, others: Sequence[Publication], now: datetime) -> PublicationState | Refusal:
    """The state after a quarantine is lifted.

    Refuses with ``publication_not_allowed``, ``window_in_past`` or ``other_live`` (another took its place meanwhile).
    """
    after = PUBLICATION_MOVES.next(publication.state, PublicationAction.RELEASE)
    if isinstance(after, Refusal):
        return after
    if publication.valid_until <= now:
        return Refusal("window_in_past", {"until": iso(publication.valid_until)})
    for other in others:
        if other.id != publication.id and other.channel is publication.channel and other.state is PublicationState.LIVE:
            return Refusal("other_live", {"publication": other.id})
    return after


def version_status(rounds: Sequence[Round], publications: Sequence[Publication], now: datetime) -> VersionStatus:
    """Where one version stands, from its own rounds and publications only, any order.

    What is live speaks first. Otherwise the younger of the newest round and the newest publication speaks; a round that was
    withdrawn or voided says nothing.
    """
    published = max(publications, key=lambda p: (p.published_at, p.id), default=None)
    for publication in publications:
        if publication.state is PublicationState.LIVE and now < publication.valid_until:
            return _of_publication(publication, now)
    told = [r for r in rounds if r.state in _OF_ROUND]
    newest = max(told, key=lambda r: (r.submitted_at, r.id), default=None)
    if published is not None and (newest is None or newest.submitted_at <= published.published_at):
        return _of_publication(published, now)
    if newest is not None:
        return VersionStatus(_OF_ROUND[newest.state], since=newest.state_since)
    return VersionStatus(VersionState.DRAFT)


_OF_ROUND = {
    RoundState.OPEN: VersionState.IN_REVIEW,
    RoundState.CHANGES_REQUESTED: VersionState.CHANGES_REQUESTED,
    RoundState.DECLINED: VersionState.DECLINED,
    RoundState.APPROVED: VersionState.APPROVED,
}
_OF_PUBLICATION = {
    PublicationState.RECALLED: VersionState.RECALLED,
    PublicationState.QUARANTINED: VersionState.QUARANTINED,
    PublicationState.SUPERSEDED: VersionState.SUPERSEDED,
    PublicationState.EXPIRED: VersionState.EXPIRED,
}


def _of_publication(publication: Publication, now: datetime) -> VersionStatus:
    until = publication.valid_until
    ended = _OF_PUBLICATION.get(publication.state)
    if ended is not None:
        return VersionStatus(ended, publication.state_since, until, published=True)
    if now >= until:
        return VersionStatus(VersionState.EXPIRED, until, until, published=True)
    if now < publication.valid_from:
        return VersionStatus(VersionState.SCHEDULED, publication.published_at, until, published=True)
    expiring = until - now <= timedelta(days=EXPIRING_DAYS)
    state = VersionState.EXPIRING if expiring else VersionState.APPROVED
    return VersionStatus(state, publication.valid_from, until, published=True)
