"""Decisions of review. Pure: what a decision rests on is in its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.model import Person, PersonState, Role
from app.kernel.digest import Json
from app.kernel.finding import Refusal
from app.kernel.transitions import TransitionTable
from app.review.model import (
    Round,
    RoundAction,
    RoundState,
    Thread,
    ThreadAction,
    ThreadKind,
    ThreadState,
)

_R, _RA = RoundState, RoundAction
ROUND_MOVES: TransitionTable[RoundState, RoundAction] = TransitionTable(
    "round",
    _R.OPEN,
    {
        (_R.OPEN, _RA.REQUEST_CHANGES): _R.CHANGES_REQUESTED,
        (_R.OPEN, _RA.DECLINE): _R.DECLINED,
        (_R.OPEN, _RA.WITHDRAW): _R.WITHDRAWN,
        (_R.OPEN, _RA.VOID): _R.VOIDED,
        (_R.OPEN, _RA.COMPLETE): _R.APPROVED,
    },
)
_T, _TA = ThreadState, ThreadAction
THREAD_MOVES: TransitionTable[ThreadState, ThreadAction] = TransitionTable(
    "thread",
    _T.OPEN,
    {
        (_T.OPEN, _TA.MARK_DONE): _T.DONE,
        (_T.OPEN, _TA.SETTLE): _T.SETTLED,
        (_T.DONE, _TA.SETTLE): _T.SETTLED,
        (_T.DONE, _TA.REOPEN): _T.OPEN,
        (_T.SETTLED, _TA.REOPEN): _T.OPEN,
    },
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What stands around a version that is to be submitted."""

    version_id: str
    latest_version_id: str
    blocks: int
    blocking_rules: tuple[str, ...]
    rounds: tuple[Round, ...]
    """Earlier rounds of the item, any order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the signer had before her eyes when she signed."""

    closure_root: str
    report_digest: str


def may_submit(submission: Submission) -> Refusal | None:
    """Whether a round may be opened.

    Refuses with ``not_latest_version``, ``round_open``, ``version_declined`` or ``block_findings``. A version that was
    approved before may be submitted again: that is how an approval is renewed, and how recalled words come back.
    """
    if submission.version_id != submission.latest_version_id:
        return Refusal("not_latest_version", {"latest": submission.latest_version_id})
    for round_ in submission.rounds:
        if round_.state is RoundState.OPEN:
            return Refusal("round_open", {"round": round_.id, "version": round_.version_id})
    for round_ in (r for r in submission.rounds if r.version_id == submission.version_id):
        if round_.state is RoundState.DECLINED:
            return Refusal("version_declined", {"round": round_.id})
    if submission.blocks:
        return Refusal("block_findings", {"count": submission.blocks, "rules": list(submission.blocking_rules)})
    return None


def sign(round_: Round, role: Role, signer: Person, seen: Seen, latest_version_id: str) -> RoundState | Refusal:
    """The state of the round once ``signer`` has signed as ``role``, or why she may not.

    ``signer`` is the account as it stands in the signing transaction (reliability F40), not as the session remembers it.
    """
    closed = ROUND_MOVES.next(round_.state, RoundAction.COMPLETE)
    if isinstance(closed, Refusal):
        return Refusal(closed.code, {"state": round_.state.value, "action": "sign"})
    if refusal := _unchanged(round_, seen, latest_version_id):
        return refusal
    if refusal := may_judge(round_, role, signer):
        return refusal
    for signature in round_.signatures:
        if signature.statement.role is role:
            return Refusal("already_signed", {"role": role.value, "by": "role"})
        if signature.statement.signer_id == signer.id:
            return Refusal("already_signed", {"role": signature.statement.role.value, "by": "person"})
    blocking = [thread for thread in round_.threads if thread.blocks]
    if blocking:
        return Refusal("open_must_thread", {"count": len(blocking), "threads": [t.id for t in blocking]})
    return closed if round_.missing == {role} else RoundState.OPEN


def _unchanged(round_: Round, seen: Seen, latest_version_id: str) -> Refusal | None:
    facts: dict[str, Json] = {"round": round_.id, "latest": latest_version_id}
    if seen.closure_root != round_.closure_root or round_.version_id != latest_version_id:
        return Refusal("content_changed", {**facts, "what": "content"})
    if seen.report_digest != round_.report_digest:
        return Refusal("content_changed", {**facts, "what": "findings"})
    return None


def may_judge(round_: Round, role: Role, person: Person) -> Refusal | None:
    """Whether ``person`` may answer for ``role`` in this round: asked for, held, and not on her own words."""
    if role not in round_.required:
        return Refusal("role_not_required", {"role": role.value, "required": sorted(r.value for r in round_.required)})
    if person.state is not PersonState.ACTIVE or role not in person.roles:
        return Refusal("role_not_held", {"role": role.value})
    if person.id in round_.leaf_authors:
        return Refusal("own_words", {"round": round_.id})
    return None


def request_changes(round_: Round, person: Person, reason: str) -> RoundState | Refusal:
    """The round after changes were asked for; needs a reason or an open must-change thread of this item."""
    if refusal := _judges_some_role(round_, person):
        return refusal
    if not reason.strip() and not any(thread.blocks for thread in round_.threads):
        return Refusal("reason_missing", {"or": "must_thread"})
    return ROUND_MOVES.next(round_.state, RoundAction.REQUEST_CHANGES)


def decline(round_: Round, person: Person, reason: str) -> RoundState | Refusal:
    """The round after a final no; the same version cannot be submitted again."""
    if refusal := _judges_some_role(round_, person):
        return refusal
    if not reason.strip():
        return Refusal("reason_missing", {})
    return ROUND_MOVES.next(round_.state, RoundAction.DECLINE)


def withdraw(round_: Round, person_id: str, reason: str) -> RoundState | Refusal:
    """The round after its submitter took it back; the last signature ends the round, so it cannot be too late."""
    if person_id != round_.submitted_by:
        return Refusal("not_submitter", {"round": round_.id})
    if not reason.strip():
        return Refusal("reason_missing", {})
    return ROUND_MOVES.next(round_.state, RoundAction.WITHDRAW)


def _judges_some_role(round_: Round, person: Person) -> Refusal | None:
    refusals: Mapping[Role, Refusal | None] = {role: may_judge(round_, role, person) for role in round_.required}
    if any(refusal is None for refusal in refusals.values()):
        return None
    own = next((r for r in refusals.values() if r is not None and r.code == "own_words"), None)
    return own or Refusal("role_not_held", {"role": ",".join(sorted(r.value for r in round_.required))})


def open_thread(round_: Round, kind: ThreadKind, body: str) -> Refusal | None:
    """Whether a comment may be opened: while the round is open, and with words in it."""
    if round_.state is not RoundState.OPEN:
        return Refusal("round_not_allowed", {"state": round_.state.value, "action": f"comment_{kind.value}"})
    return None if body.strip() else Refusal("comment_missing", {})


def move_thread(
    thread: Thread, action: ThreadAction, person_id: str, *, is_author: bool, raiser_active: bool, may_review: bool
) -> ThreadState | Refusal:
    """The state of a thread after ``action``.

    Authors say done; only who raised it settles or reopens it, or, once that account is deactivated, another reviewer who
    did not write the content.
    """
    if action is ThreadAction.MARK_DONE:
        allowed = is_author or person_id == thread.opened_by
    else:
        stands_in = not raiser_active and may_review and not is_author
        allowed = person_id == thread.opened_by or stands_in
    if not allowed:
        return Refusal("thread_not_yours", {"thread": thread.id, "action": action.value})
    return THREAD_MOVES.next(thread.state, action)
