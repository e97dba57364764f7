"""The wordings that may be shown to people: published, and only while the approval holds."""

from datetime import timedelta

import pytest

from app.authoring.model import Version
from app.insights.consent_wordings import usable_wordings, wording_of
from app.kernel.errors import NotFound
from tests.builders.content import make_version
from tests.builders.review import make_publication
from tests.builders.sending import Sending
from tests.insights.conftest import Read

WORDING = {
    "type": "consent_wording", "title": "E-mail about your visit", "subject": "", "sender": "", "cta": "", "fallbacks": "",
}  # fmt: skip
WORDS = "I agree that Northgate Clinics sends me e-mails about my visit.\n"


@pytest.fixture
def wording(sending: Sending) -> Version:
    """A consent wording, published for thirty days."""
    now, ids, made = sending.clock.now(), sending.ids, []

    def write(uow) -> None:  # noqa: ANN001
        version = make_version(uow, "visit-consent", now=now, ids=ids, body=WORDS, **WORDING)
        make_publication(uow, version, now=now, ids=ids, days=30)
        made.append(version)

    sending.commit(write)
    return made[0]


def test_a_published_wording_may_be_shown_and_a_mail_may_not(sending: Sending, wording: Version, read: Read) -> None:
    (usable,) = read(usable_wordings, sending.clock.now())
    assert (usable.version_id, usable.title, usable.number) == (wording.id, "E-mail about your visit", 1)
    assert usable.purpose == "education"


@pytest.mark.parametrize(("days", "usable"), [(0, 1), (29, 1), (30, 0), (-1, 0)])
def test_it_may_be_shown_inside_its_window_only(
    days: int, usable: int, sending: Sending, wording: Version, read: Read
) -> None:
    assert len(read(usable_wordings, sending.clock.now() + timedelta(days=days))) == usable


def test_what_somebody_saw_can_be_read_after_it_ended_or_was_replaced(
    sending: Sending, wording: Version, read: Read
) -> None:
    now, ids = sending.clock.now(), sending.ids
    sending.commit(
        lambda uow: make_publication(
            uow,
            make_version(uow, "visit-consent", now=now, ids=ids, body=f"Today: {WORDS}", **WORDING),
            now=now,
            ids=ids,
        )
    )
    assert [w.number for w in read(usable_wordings, now)] == [2]
    assert read(wording_of, wording.id).number == 1
    with pytest.raises(NotFound):
        read(wording_of, "nothing")
