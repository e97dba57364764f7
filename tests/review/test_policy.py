"""Review decides: tables over every state and action, and sentences."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.model import Actor, PersonState, Role
from app.kernel.finding import Refusal
from app.review import policy, signing
from app.review.model import Round, RoundAction, RoundState, Thread, ThreadAction, ThreadKind, ThreadState
from tests.builders.content import ADA
from tests.builders.review import ORGANISATION, SIGNERS, a_person, a_round, a_thread
from tests.fakes import MONDAY

MARA, LEV, CORA = (SIGNERS[role] for role in (Role.MEDICAL, Role.LEGAL, Role.COMPLIANCE))


def seen(round_: Round) -> policy.Seen:
    return policy.Seen(round_.closure_root, round_.report_digest)


def sign(round_: Round, role: Role, actor: Actor, **changes: object) -> object:
    facts = {"seen": seen(round_), "latest_version_id": round_.version_id, **changes}
    state = facts.pop("state", PersonState.ACTIVE)
    return policy.sign(round_, role, a_person(actor, state), **facts)  # type: ignore[arg-type]


def signed(round_: Round, role: Role, actor: Actor) -> Round:
    statement = signing.statement_of(round_, role, a_person(actor), auth_method="password", at=MONDAY, nonce=role.value)
    made = signing.make(f"s-{role.value}", statement, ORGANISATION)
    return a_round(signatures=(*round_.signatures, made))


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


OPEN_ONLY = {
    RoundAction.REQUEST_CHANGES: RoundState.CHANGES_REQUESTED,
    RoundAction.DECLINE: RoundState.DECLINED,
    RoundAction.WITHDRAW: RoundState.WITHDRAWN,
    RoundAction.VOID: RoundState.VOIDED,
    RoundAction.COMPLETE: RoundState.APPROVED,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(RoundState, RoundAction)))
def test_only_an_open_round_moves(state: RoundState, action: RoundAction) -> None:
    outcome = policy.ROUND_MOVES.next(state, action)
    if state is RoundState.OPEN:
        assert outcome is OPEN_ONLY[action]
    else:
        assert outcome == Refusal("round_not_allowed", {"state": state.value, "action": action.value})


THREADS = {
    (ThreadState.OPEN, ThreadAction.MARK_DONE): ThreadState.DONE,
    (ThreadState.OPEN, ThreadAction.SETTLE): ThreadState.SETTLED,
    (ThreadState.DONE, ThreadAction.SETTLE): ThreadState.SETTLED,
    (ThreadState.DONE, ThreadAction.REOPEN): ThreadState.OPEN,
    (ThreadState.SETTLED, ThreadAction.REOPEN): ThreadState.OPEN,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(ThreadState, ThreadAction)))
def test_a_thread_moves_as_printed(state: ThreadState, action: ThreadAction) -> None:
    outcome = policy.THREAD_MOVES.next(state, action)
    assert outcome == THREADS.get((state, action)) or code(outcome) == "thread_not_allowed"
    assert isinstance(outcome, Refusal) == ((state, action) not in THREADS)


def test_mara_signs_and_compliance_is_still_missing() -> None:
    assert sign(a_round(), Role.MEDICAL, MARA) is RoundState.OPEN


def test_the_last_signature_approves() -> None:
    assert sign(signed(a_round(), Role.MEDICAL, MARA), Role.COMPLIANCE, CORA) is RoundState.APPROVED


@pytest.mark.parametrize("state", [s for s in RoundState if s is not RoundState.OPEN])
def test_a_round_that_ended_cannot_be_signed(state: RoundState) -> None:
    assert code(sign(a_round(state=state), Role.MEDICAL, MARA)) == "round_not_allowed"


def test_mara_cannot_sign_words_of_her_own() -> None:
    round_ = a_round(leaf_authors=frozenset({"ada", "mara"}))
    assert code(sign(round_, Role.MEDICAL, MARA)) == "own_words"


def test_ada_cannot_sign_her_own_words_even_if_she_holds_the_role() -> None:
    both = Actor("ada", "Ada Writer", frozenset({Role.WRITER, Role.MEDICAL}))
    assert code(sign(a_round(), Role.MEDICAL, both)) == "own_words"


def test_ada_does_not_hold_a_signing_role() -> None:
    assert code(sign(a_round(), Role.MEDICAL, ADA)) == "role_not_held"


def test_lev_is_not_asked() -> None:
    assert code(sign(a_round(), Role.LEGAL, LEV)) == "role_not_required"


def test_a_deactivated_account_signs_nothing() -> None:
    assert code(sign(a_round(), Role.MEDICAL, MARA, state=PersonState.DEACTIVATED)) == "role_not_held"


def test_a_role_is_filled_once() -> None:
    other = Actor("mila", "Mila Medical", frozenset({Role.MEDICAL}))
    assert code(sign(signed(a_round(), Role.MEDICAL, MARA), Role.MEDICAL, other)) == "already_signed"


def test_one_person_fills_one_role() -> None:
    both = Actor("mara", "Mara Medical", frozenset({Role.MEDICAL, Role.COMPLIANCE}))
    assert code(sign(signed(a_round(), Role.MEDICAL, both), Role.COMPLIANCE, both)) == "already_signed"


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": policy.Seen("0" * 64, "b" * 64)},
        {"seen": policy.Seen("a" * 64, "0" * 64)},
        {"latest_version_id": "v2"},
    ],
)
def test_nobody_signs_what_she_has_not_seen(changes: dict[str, object]) -> None:
    assert code(sign(a_round(), Role.MEDICAL, MARA, **changes)) == "content_changed"


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(ThreadKind, ThreadState)))
def test_only_an_unsettled_must_blocks(kind: ThreadKind, state: ThreadState) -> None:
    outcome = sign(a_round(threads=(a_thread(kind, state),)), Role.MEDICAL, MARA)
    blocked = kind is ThreadKind.MUST and state is not ThreadState.SETTLED
    assert code(outcome) == ("open_must_thread" if blocked else "")


def test_changes_are_asked_for_with_a_reason_or_a_must() -> None:
    mara = a_person(MARA)
    assert code(policy.request_changes(a_round(), mara, " ")) == "reason_missing"
    assert policy.request_changes(a_round(), mara, "Say which doses.") is RoundState.CHANGES_REQUESTED
    assert policy.request_changes(a_round(threads=(a_thread(),)), mara, "") is RoundState.CHANGES_REQUESTED
    settled = a_round(threads=(a_thread(state=ThreadState.SETTLED),))
    assert code(policy.request_changes(settled, mara, "")) == "reason_missing"


def test_declining_needs_a_reason_and_a_role() -> None:
    assert code(policy.decline(a_round(), a_person(MARA), "")) == "reason_missing"
    assert code(policy.decline(a_round(), a_person(LEV), "Not lawful.")) == "role_not_held"
    assert code(policy.decline(a_round(leaf_authors=frozenset({"mara"})), a_person(MARA), "No.")) == "own_words"
    assert policy.decline(a_round(), a_person(MARA), "Not true.") is RoundState.DECLINED


def test_only_the_submitter_withdraws_and_only_before_the_last_signature() -> None:
    assert policy.withdraw(a_round(), "ada", "A better draft comes.") is RoundState.WITHDRAWN
    assert code(policy.withdraw(a_round(), "mara", "No.")) == "not_submitter"
    assert code(policy.withdraw(a_round(), "ada", "")) == "reason_missing"
    assert code(policy.withdraw(a_round(state=RoundState.APPROVED), "ada", "Oh.")) == "round_not_allowed"


def move(thread: Thread, action: ThreadAction, who: str, **facts: bool) -> object:
    known = {"is_author": who == "ada", "raiser_active": True, "may_review": who != "ada", **facts}
    return policy.move_thread(thread, action, who, **known)


def test_the_author_says_done_and_only_the_raiser_settles() -> None:
    assert move(a_thread(), ThreadAction.MARK_DONE, "ada") is ThreadState.DONE
    assert code(move(a_thread(), ThreadAction.SETTLE, "ada")) == "thread_not_yours"
    assert code(move(a_thread(), ThreadAction.SETTLE, "cora")) == "thread_not_yours"
    assert move(a_thread(), ThreadAction.SETTLE, "mara") is ThreadState.SETTLED
    assert code(move(a_thread(), ThreadAction.MARK_DONE, "cora")) == "thread_not_yours"


def test_another_reviewer_settles_for_a_colleague_who_left() -> None:
    assert move(a_thread(), ThreadAction.SETTLE, "cora", raiser_active=False) is ThreadState.SETTLED
    assert code(move(a_thread(), ThreadAction.SETTLE, "ada", raiser_active=False)) == "thread_not_yours"
    wrote = move(a_thread(), ThreadAction.SETTLE, "cora", raiser_active=False, is_author=True)
    assert code(wrote) == "thread_not_yours"


def submission(**changes: object) -> policy.Submission:
    facts = {"version_id": "v1", "latest_version_id": "v1", "blocks": 0, "blocking_rules": (), "rounds": (), **changes}
    return policy.Submission(**facts)  # type: ignore[arg-type]


def test_a_clean_latest_version_may_be_submitted() -> None:
    assert policy.may_submit(submission()) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"latest_version_id": "v2"}, "not_latest_version"),
        ({"rounds": (a_round(),)}, "round_open"),
        ({"rounds": (a_round(version_id="v0"),)}, "round_open"),
        ({"rounds": (a_round(state=RoundState.DECLINED),)}, "version_declined"),
        ({"blocks": 2, "blocking_rules": ("promise",)}, "block_findings"),
    ],
)
def test_what_keeps_a_version_from_review(changes: dict[str, object], expected: str) -> None:
    assert code(policy.may_submit(submission(**changes))) == expected


@pytest.mark.parametrize("state", [s for s in RoundState if s not in {RoundState.OPEN, RoundState.DECLINED}])
def test_a_version_may_come_back_after_any_end_but_a_no(state: RoundState) -> None:
    assert policy.may_submit(submission(rounds=(a_round(state=state),))) is None


def test_a_declined_version_does_not_stop_the_next_one() -> None:
    assert policy.may_submit(submission(rounds=(a_round(state=RoundState.DECLINED, version_id="v0"),))) is None


@given(st.sampled_from(sorted(SIGNERS)), st.sets(st.sampled_from(["ada", "mara", "lev", "cora"])), st.data())
def test_an_author_never_signs_whatever_else_is_true(role: Role, wrote: set[str], data: st.DataObject) -> None:
    signer = SIGNERS[role]
    threads = data.draw(st.lists(st.builds(a_thread, st.sampled_from(ThreadKind), st.sampled_from(ThreadState))))
    round_ = a_round(
        leaf_authors=frozenset(wrote),
        state=data.draw(st.sampled_from(RoundState)),
        required=data.draw(st.frozensets(st.sampled_from(sorted(SIGNERS)), min_size=1)),
        threads=tuple(threads),
    )
    outcome = sign(round_, role, signer)
    if isinstance(outcome, RoundState):
        assert signer.person_id not in wrote
        assert role in round_.required
        assert round_.state is RoundState.OPEN
        assert not any(t.blocks for t in threads)
