"""The library: every piece, where its newest version stands, and one version with all about it."""

from datetime import timedelta

import pytest

from app.insights.library import detail, grade_text, library, readability_text, users_of_items
from app.kernel.errors import NotFound
from app.publishing.model import VersionState
from tests.builders.content import make_version
from tests.builders.review import make_round
from tests.builders.sending import Sending
from tests.insights.conftest import Read


def renewed(sending: Sending, **changes: str) -> None:
    now, ids = sending.clock.now(), sending.ids
    sending.commit(lambda uow: make_version(uow, now=now, ids=ids, **{"subject": "Ready for your visit", **changes}))


def test_a_line_tells_of_the_newest_version_and_of_what_may_be_sent(sending: Sending, read: Read) -> None:
    renewed(sending)
    (line,) = read(library, sending.clock.now())
    assert (line.key, line.number, line.status.state) == ("imaging-prep", 2, VersionState.DRAFT)
    assert line.live == sending.publication
    assert (line.owner, line.author_id, line.purpose) == ("Max Campaigns", "ada", "education")
    assert (line.used_in, line.readability) == (("imaging",), "not checked")


@pytest.mark.parametrize(
    ("after", "state"),
    [(timedelta(0), VersionState.EXPIRING), (timedelta(days=45), VersionState.EXPIRED)],
)
def test_the_status_follows_the_clock(after: timedelta, state: VersionState, sending: Sending, read: Read) -> None:
    near_the_end = sending.publication.valid_until - timedelta(days=10)
    (line,) = read(library, near_the_end + after)
    assert line.status.state is state


def test_a_version_is_shown_with_its_reviews_and_publications(sending: Sending, read: Read) -> None:
    renewed(sending)
    now = sending.clock.now()
    old, new = read(detail, "imaging-prep", 1, now), read(detail, "imaging-prep", None, now)
    assert (old.version.number, new.version.number) == (1, 2)
    assert old.numbers == new.numbers == (2, 1)
    assert [p.id for p in old.publications] == [sending.publication.id]
    assert (new.publications, new.rounds, new.report, new.findings) == ((), (), None, ())
    assert (old.author, old.owner) == ("Ada Writer", "Max Campaigns")
    assert len(old.rounds) == 1


def test_an_open_review_reads_as_in_review(sending: Sending, read: Read) -> None:
    now, ids = sending.clock.now(), sending.ids
    sending.commit(
        lambda uow: make_round(uow, make_version(uow, now=now, ids=ids, subject="Another"), now=now, ids=ids)
    )
    assert read(detail, "imaging-prep", None, now).status.state is VersionState.IN_REVIEW


@pytest.mark.parametrize(("key", "number"), [("nothing", None), ("imaging-prep", 2), ("imaging-prep", 0)])
def test_what_is_not_there_is_not_found(key: str, number: int | None, sending: Sending, read: Read) -> None:
    with pytest.raises(NotFound):
        read(detail, key, number, sending.clock.now())


def test_a_sequence_that_uses_a_piece_twice_is_named_once(sending: Sending, read: Read) -> None:
    assert read(users_of_items) == {"imaging-prep": ("imaging",)}


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        ({}, "not scored"),
        ({"scored": False, "grades": {"flesch_kincaid_grade_tenths": 69}}, "not scored"),
        ({"scored": True, "grades": {}}, "not scored"),
        ({"scored": True, "grades": {"flesch_kincaid_grade_tenths": 69}}, "grade 6.9"),
        ({"scored": True, "grades": {"flesch_kincaid_grade_tenths": 0}}, "grade 0.0"),
        ({"scored": True, "grades": {"flesch_kincaid_grade_tenths": 120}}, "grade 12.0"),
    ],
)
def test_a_grade_is_said_in_words(measured: dict, words: str) -> None:
    assert grade_text(measured) == words


def test_a_grade_below_zero_keeps_its_sign() -> None:
    assert grade_text({"scored": True, "grades": {"flesch_kincaid_grade_tenths": -15}}) == "grade -1.5"


def test_a_piece_never_checked_says_so() -> None:
    assert readability_text(None) == "not checked"
