"""Publication decides: tables over every state and action, windows to the microsecond."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.model import Channel
from app.kernel.finding import Refusal
from app.publishing import policy
from app.publishing.model import Publication, PublicationAction, PublicationState, VersionState
from app.publishing.policy import Window
from app.review.model import RoundState
from tests.builders.review import a_round
from tests.fakes import MONDAY

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
S, A = PublicationState, PublicationAction
APPROVED = a_round(state=RoundState.APPROVED)


def a_publication(**changes: object) -> Publication:
    plain = Publication(
        id="p1",
        item_id="i1",
        version_id="v1",
        closure_root="a" * 64,
        round_id="r1",
        channel=Channel.EMAIL,
        valid_from=MONDAY,
        valid_until=MONDAY + 90 * DAY,
        review_by=MONDAY + 90 * DAY,
        owner_id="max",
        published_by="max",
        published_at=MONDAY,
        state=S.LIVE,
        state_since=MONDAY,
        reason="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


MOVES = {
    (S.LIVE, A.SUPERSEDE): S.SUPERSEDED,
    (S.LIVE, A.QUARANTINE): S.QUARANTINED,
    (S.LIVE, A.EXPIRE): S.EXPIRED,
    (S.LIVE, A.RECALL): S.RECALLED,
    (S.QUARANTINED, A.RELEASE): S.LIVE,
    (S.QUARANTINED, A.EXPIRE): S.EXPIRED,
    (S.QUARANTINED, A.RECALL): S.RECALLED,
    (S.SUPERSEDED, A.RECALL): S.RECALLED,
    (S.EXPIRED, A.RECALL): S.RECALLED,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(S, A)))
def test_a_publication_moves_as_printed(state: PublicationState, action: PublicationAction) -> None:
    outcome = policy.PUBLICATION_MOVES.next(state, action)
    if (state, action) in MOVES:
        assert outcome is MOVES[state, action]
    else:
        assert code(outcome) == "publication_not_allowed"


def window(start: datetime, end: datetime, now: datetime = MONDAY, every: int = 180, days: int = 365) -> object:
    return policy.window(replace(APPROVED, max_valid_days=days), start, end, every, now)


def test_a_window_is_as_asked_and_reviewed_within() -> None:
    assert window(MONDAY, MONDAY + 90 * DAY) == Window(MONDAY, MONDAY + 90 * DAY, MONDAY + 90 * DAY)
    assert window(MONDAY, MONDAY + 90 * DAY, every=30) == Window(MONDAY, MONDAY + 90 * DAY, MONDAY + 30 * DAY)


def test_nothing_was_published_before_it_was() -> None:
    made = window(MONDAY - DAY, MONDAY + DAY)
    assert isinstance(made, Window)
    assert made.valid_from == MONDAY


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (MONDAY, MONDAY, "window_order"),
        (MONDAY + DAY, MONDAY, "window_order"),
        (MONDAY - 2 * DAY, MONDAY - DAY, "window_in_past"),
        (MONDAY - DAY, MONDAY, "window_in_past"),
        (MONDAY - DAY, MONDAY + TICK, ""),
        (MONDAY, MONDAY + 365 * DAY, ""),
        (MONDAY, MONDAY + 365 * DAY + TICK, "window_too_long"),
        (MONDAY - DAY, MONDAY + 365 * DAY, ""),
        (MONDAY + 365 * DAY - TICK, MONDAY + 366 * DAY, ""),
        (MONDAY + 365 * DAY, MONDAY + 366 * DAY, "approval_too_old"),
    ],
)
def test_the_edges_of_a_window(start: datetime, end: datetime, expected: str) -> None:
    assert code(window(start, end)) == expected


def test_an_approval_from_the_future_is_a_wrong_clock() -> None:
    assert code(window(MONDAY, MONDAY + DAY, now=MONDAY - TICK)) == "clock_wrong"


@given(
    st.timedeltas(-400 * DAY, 800 * DAY),
    st.timedeltas(-400 * DAY, 800 * DAY),
    st.timedeltas(timedelta(0), 800 * DAY),
    st.integers(1, 365),
    st.integers(1, 730),
)
def test_a_window_that_is_made_is_sane(
    start: timedelta, end: timedelta, later: timedelta, days: int, every: int
) -> None:
    now = MONDAY + later
    made = window(MONDAY + start, MONDAY + end, now=now, every=every, days=days)
    if isinstance(made, Window):
        assert now <= made.valid_from < made.review_by <= made.valid_until
        assert made.valid_until > now
        assert made.valid_until - made.valid_from <= timedelta(days=days)


def test_a_window_is_half_open() -> None:
    publication = a_publication()
    assert publication.covers(MONDAY)
    assert not publication.covers(MONDAY - TICK)
    assert publication.covers(publication.valid_until - TICK)
    assert not publication.covers(publication.valid_until)


@pytest.mark.parametrize("state", [s for s in RoundState if s is not RoundState.APPROVED])
def test_only_an_approved_round_is_published(state: RoundState) -> None:
    assert code(policy.may_publish(a_round(state=state), [], MONDAY, MONDAY)) == "round_not_approved"


OTHER = a_publication(round_id="r0", closure_root="0" * 64)


@pytest.mark.parametrize(
    ("other", "start", "expected"),
    [
        (OTHER, MONDAY, ""),
        (a_publication(), MONDAY, "already_published"),
        (OTHER, MONDAY + DAY, "would_interrupt"),
        (replace(OTHER, state=S.SUPERSEDED), MONDAY + DAY, ""),
        (replace(OTHER, state=S.RECALLED), MONDAY, ""),
        (replace(OTHER, closure_root="a" * 64, state=S.RECALLED), MONDAY, "recalled_since_approval"),
        (replace(OTHER, closure_root="a" * 64, state=S.RECALLED, state_since=MONDAY - TICK), MONDAY, ""),
    ],
)
def test_what_stands_beside_a_new_publication(other: Publication, start: datetime, expected: str) -> None:
    assert code(policy.may_publish(APPROVED, [other], start, MONDAY)) == expected


@pytest.mark.parametrize("reason", ["", "wrong", "wrong dose", "  \n "])
def test_a_recall_says_why_in_three_words(reason: str) -> None:
    assert code(policy.recall(a_publication(), reason)) == "reason_too_short"


def test_a_recall_is_final() -> None:
    assert policy.recall(a_publication(), "The dose is wrong.") is S.RECALLED
    assert code(policy.recall(a_publication(state=S.RECALLED), "The dose is wrong.")) == "publication_not_allowed"


def test_a_quarantine_is_lifted_only_into_an_empty_place() -> None:
    held = a_publication(state=S.QUARANTINED)
    assert policy.release(held, [held], MONDAY) is S.LIVE
    assert code(policy.release(held, [held, replace(OTHER, id="p2")], MONDAY)) == "other_live"
    assert code(policy.release(held, [held], held.valid_until)) == "window_in_past"
    assert code(policy.release(a_publication(), [], MONDAY)) == "publication_not_allowed"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RoundState.OPEN, VersionState.IN_REVIEW),
        (RoundState.CHANGES_REQUESTED, VersionState.CHANGES_REQUESTED),
        (RoundState.DECLINED, VersionState.DECLINED),
        (RoundState.WITHDRAWN, VersionState.DRAFT),
        (RoundState.VOIDED, VersionState.DRAFT),
        (RoundState.APPROVED, VersionState.APPROVED),
    ],
)
def test_a_version_that_was_never_published_stands_as_its_round(state: RoundState, expected: VersionState) -> None:
    status = policy.version_status([a_round(state=state)], [], MONDAY)
    assert (status.state, status.until, status.published) == (expected, None, False)


def test_a_version_without_a_round_is_a_draft() -> None:
    assert policy.version_status([], [], MONDAY).state is VersionState.DRAFT


UNTIL = a_publication().valid_until


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, MONDAY, VersionState.APPROVED),
        ({}, MONDAY - TICK, VersionState.SCHEDULED),
        ({}, UNTIL - 30 * DAY - TICK, VersionState.APPROVED),
        ({}, UNTIL - 30 * DAY, VersionState.EXPIRING),
        ({}, UNTIL - TICK, VersionState.EXPIRING),
        ({}, UNTIL, VersionState.EXPIRED),
        ({"state": S.EXPIRED}, UNTIL, VersionState.EXPIRED),
        ({"state": S.RECALLED}, MONDAY, VersionState.RECALLED),
        ({"state": S.QUARANTINED}, MONDAY, VersionState.QUARANTINED),
        ({"state": S.SUPERSEDED}, MONDAY, VersionState.SUPERSEDED),
    ],
)
def test_a_published_version_stands_as_its_publication(
    changes: dict[str, object], now: datetime, expected: VersionState
) -> None:
    rounds = [replace(APPROVED, submitted_at=MONDAY - DAY)]
    status = policy.version_status(rounds, [a_publication(**changes)], now)
    assert (status.state, status.published) == (expected, True)


def test_a_renewal_in_review_does_not_hide_what_is_live() -> None:
    renewal = a_round(id="r2", submitted_at=MONDAY + DAY)
    assert policy.version_status([APPROVED, renewal], [a_publication()], MONDAY + DAY).state is VersionState.APPROVED


def test_a_renewal_shows_once_the_old_window_is_over() -> None:
    renewal = a_round(id="r2", submitted_at=MONDAY + DAY)
    old = a_publication(state=S.RECALLED)
    assert policy.version_status([APPROVED, renewal], [old], MONDAY + DAY).state is VersionState.IN_REVIEW
