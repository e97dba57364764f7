"""A review as people work on it: what it changes, against what, and whose turn it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.accounts.model import Role
from app.authoring.model import Version
from app.insights.reviews import approved_before, review_detail, review_queue
from app.kernel.errors import NotFound
from app.review.model import Round, RoundState
from app.review.operations import EndRound, request_changes
from tests.builders.content import ADA, make_version
from tests.builders.review import SIGNERS, a_round, make_round
from tests.builders.sending import Sending
from tests.fakes import MONDAY
from tests.insights.conftest import Read

MARA, LEV = SIGNERS[Role.MEDICAL], SIGNERS[Role.LEGAL]
APPROVED = a_round(id="old", version_id="v1", state=RoundState.APPROVED, submitted_at=MONDAY)


def write(sending: Sending, subject: str, key: str = "imaging-prep") -> Version:
    now, ids, made = sending.clock.now(), sending.ids, []
    sending.commit(lambda uow: made.append(make_version(uow, key, now=now, ids=ids, subject=subject)))
    return made[0]


def open_review(sending: Sending, version: Version) -> Round:
    now, ids, made = sending.clock.now(), sending.ids, []
    sending.commit(lambda uow: made.append(make_round(uow, version, now=now, ids=ids)))
    return made[0]


def test_a_review_compares_with_what_was_approved_last(sending: Sending, read: Read) -> None:
    sending.clock.advance(timedelta(hours=1))
    second = write(sending, "Ready for your visit")
    third = write(sending, "All set for your visit")
    round_ = open_review(sending, third)
    shown = read(review_detail, round_.id)
    assert (shown.version.number, shown.approved.number, shown.compared.number) == (3, 1, 1)
    assert [v.number for v in shown.others] == [2, 1]
    assert not shown.replaced
    assert shown.successor is None
    other = read(review_detail, round_.id, second.number)
    assert (other.approved.number, other.compared.number) == (1, 2)
    assert shown.changes != other.changes
    assert read(review_detail, round_.id, 99).compared.number == 1


def test_a_review_of_words_nobody_approved_compares_with_nothing(sending: Sending, read: Read) -> None:
    round_ = open_review(sending, write(sending, "New", key="another-piece"))
    shown = read(review_detail, round_.id)
    assert (shown.approved, shown.compared, shown.publication) == (None, None, None)
    assert shown.report.id == round_.report_id


def test_a_finished_review_leads_to_its_publication_and_its_successor(sending: Sending, read: Read) -> None:
    sending.clock.advance(timedelta(hours=1))
    newer = open_review(sending, write(sending, "Ready for your visit"))
    shown = read(review_detail, sending.publication.round_id)
    assert shown.publication.id == sending.publication.id
    assert shown.replaced
    assert shown.successor.id == newer.id
    assert shown.approved is None


def test_a_review_that_is_not_there_is_not_found(sending: Sending, read: Read) -> None:
    with pytest.raises(NotFound):
        read(review_detail, "nothing")


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        ((APPROVED,), "v1"),
        ((replace(APPROVED, state=RoundState.DECLINED),), None),
        ((replace(APPROVED, submitted_at=MONDAY + timedelta(hours=2)),), None),
        ((APPROVED, replace(APPROVED, id="mid", version_id="v2", state_since=MONDAY + timedelta(1))), "v2"),
        ((), None),
    ],
)
def test_only_an_approval_that_came_before_counts(earlier: tuple[Round, ...], found: str | None) -> None:
    this = a_round(id="this", version_id="v3", submitted_at=MONDAY + timedelta(hours=1))
    assert approved_before((*earlier, this), this) == found


def test_a_review_is_not_its_own_predecessor() -> None:
    assert approved_before((APPROVED,), APPROVED) is None


def test_the_queue_stands_by_due_instant_with_the_roles_left_to_me(sending: Sending, read: Read) -> None:
    later = open_review(sending, write(sending, "Ready for your visit"))
    sending.clock.advance(timedelta(hours=-1))
    sooner = open_review(sending, write(sending, "New", key="another-piece"))
    lines = read(review_queue, MARA)
    assert [line.round_.id for line in lines] == [sooner.id, later.id]
    assert [(line.first, line.used_in) for line in lines] == [(True, ()), (False, ("imaging",))]
    assert {line.roles for line in lines} == {frozenset({Role.MEDICAL})}
    assert {line.roles for line in read(review_queue, LEV)} == {frozenset()}


def test_a_review_sent_back_stays_in_the_queue_until_its_author_answers(sending: Sending, read: Read) -> None:
    round_ = open_review(sending, write(sending, "Ready for your visit"))
    now, ids = sending.clock.now(), sending.ids
    sending.commit(
        lambda uow: request_changes(uow, EndRound(round_.id, "The door has moved."), actor=MARA, now=now, ids=ids)
    )
    (line,) = read(review_queue, ADA)
    assert (line.round_.state, line.roles) == (RoundState.CHANGES_REQUESTED, frozenset())
    write(sending, "The new door")
    assert read(review_queue, ADA) == ()
