"""The queue, the review, its comments, and the acts on it."""

import shutil
from pathlib import Path

import pytest

from app.accounts.model import Role
from app.publishing.tables import PublicationRow
from app.storage.engine import sqlite_url
from tests.builders.clinic import BODY, Clinic, source


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages are the same on both databases; the journey runs on each."""
    path = tmp_path / "placet.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


@pytest.fixture
def round_id(clinic: Clinic) -> str:
    return clinic.submit(clinic.write())


def test_the_queue_shows_my_reviews_first_and_others_apart(clinic: Clinic, round_id: str) -> None:
    mine = clinic.desk(Role.MEDICAL).get("/reviews").text
    assert "1 waiting for you, 0 overdue" in mine
    assert "New, " in mine
    assert f'class="button button-main" href="/reviews/{round_id}"' in mine
    other = clinic.desk(Role.LEGAL).get("/reviews").text
    assert "Nothing waits for you" in other
    assert "Waiting for other reviewers" in other


def test_a_second_version_is_shown_against_the_approved_one(clinic: Clinic) -> None:
    item_id = clinic.write()
    clinic.approve(item_id)
    edited = source(BODY.replace("ten minutes", "20 minutes").replace("Bring your card.", "Do not bring pets."))
    clinic.desk(Role.WRITER).post(f"/content/{item_id}/edit", source=edited, parent="1", act="save")
    page = clinic.desk(Role.MEDICAL).get(f"/reviews/{clinic.submit(item_id, 2)}").text
    assert "against approved v1" in page
    assert "2 material changes" in page
    assert '<del class="del" id="change-1"><span class="hidden">deleted: </span>ten' in page
    assert "20<span" in page


def test_renewing_the_same_words_is_identical_and_says_so(clinic: Clinic) -> None:
    item_id = clinic.write()
    clinic.publish(item_id)
    clinic.desk(Role.MEDICAL).post(
        f"/publications/{clinic.newest_id(PublicationRow)}/recall",
        reason="wrong dose printed",
        password="correct horse battery staple",
    )
    page = clinic.desk(Role.COMPLIANCE).get(f"/reviews/{clinic.submit(item_id)}").text
    assert "identical to approved v1" in page


def test_comments_open_answer_done_settle_and_block(clinic: Clinic, round_id: str) -> None:
    medic, writer = clinic.desk(Role.MEDICAL), clinic.desk(Role.WRITER)
    form = {"quote": "ten minutes", "comment": "Is that enough?", "kind": "must"}
    opened = medic.post(f"/reviews/{round_id}/threads", **form)
    thread_id = opened.headers["Location"].rsplit("#thread-", 1)[1]
    page = medic.get(f"/reviews/{round_id}").text
    assert '<mark class="quoted">ten minutes</mark>' in page
    assert "1 comment marked ‘must change’ is not settled." in page
    at = f"/reviews/{round_id}/threads/{thread_id}"
    assert writer.post(f"{at}/answer", body="It is.").status_code == 303
    assert writer.post(f"{at}/settle").status_code == 409
    assert writer.post(f"{at}/done").status_code == 303
    assert "It is." in medic.get(f"/reviews/{round_id}").text
    assert medic.post(f"{at}/settle").status_code == 303
    assert "not settled" not in medic.get(f"/reviews/{round_id}").text
    assert medic.post(f"{at}/reopen").status_code == 303
    assert medic.post(f"{at}/explode").status_code == 404


def test_saying_it_twice_says_it_once(clinic: Clinic, round_id: str) -> None:
    medic = clinic.desk(Role.MEDICAL)
    form = {"quote": "", "comment": "Who wrote this?", "kind": "question"}
    first = medic.post(f"/reviews/{round_id}/threads", **form)
    size = clinic.log_size()
    again = medic.post(f"/reviews/{round_id}/threads", **form)
    assert again.headers["Location"] == first.headers["Location"]
    thread_id = first.headers["Location"].rsplit("#thread-", 1)[1]
    assert clinic.log_size() == size
    at = f"/reviews/{round_id}/threads/{thread_id}"
    for deed, body in (("answer", "Me."), ("answer", "Me."), ("settle", ""), ("settle", "")):
        assert medic.post(f"{at}/{deed}", body=body).status_code == 303
    assert clinic.log_size() == size + 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"quote": "", "comment": " ", "kind": "note"}, "The comment is empty"),
        ({"quote": "never said", "comment": "So?", "kind": "note"}, "These words do not stand in the version"),
        ({"quote": "", "comment": "So?", "kind": "shout"}, "Choose what kind of comment it is."),
        ({"quote": "", "comment": "x" * 4_001, "kind": "note"}, "longer than 4000 characters"),
    ],
)
def test_a_comment_that_cannot_be_used_comes_back_with_what_was_typed(
    form: dict[str, str], words: str, clinic: Clinic, round_id: str
) -> None:
    page = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/threads", **form)
    assert page.status_code == 422
    assert words in page.text
    assert form["comment"].strip() in page.text


@pytest.mark.parametrize(("deed", "words"), [("changes", "Changes requested"), ("decline", "Declined")])
def test_a_reviewer_ends_it_with_a_reason_and_only_once(deed: str, words: str, clinic: Clinic, round_id: str) -> None:
    medic, address = clinic.desk(Role.MEDICAL), f"/reviews/{round_id}/{deed}"
    assert medic.get(address).status_code == 200
    empty = medic.post(address, reason=" ")
    assert (empty.status_code, "A reason is missing" in empty.text) == (422, True)
    assert medic.post(address, reason="x" * 1_001).status_code == 422
    assert medic.post(address, reason="The dose is wrong.").status_code == 303
    size = clinic.log_size()
    assert medic.post(address, reason="The dose is wrong.").status_code == 303
    assert clinic.log_size() == size
    page = medic.get(f"/reviews/{round_id}").text
    assert words in page
    assert "The dose is wrong." in page
    late = clinic.desk(Role.COMPLIANCE).post(address, reason="Me too.")
    assert late.status_code == 409
    assert "does not stand so any more" in late.text


def test_only_the_submitter_withdraws(clinic: Clinic, round_id: str) -> None:
    address = f"/reviews/{round_id}/withdraw"
    writer = clinic.desk(Role.WRITER)
    assert f'href="{address}"' in writer.get(f"/reviews/{round_id}").text
    assert clinic.desk(Role.MEDICAL).post(address, reason="no").status_code == 403
    assert writer.post(address, reason="").status_code == 422
    assert writer.post(address, reason="Not yet.").status_code == 303
    assert "Withdrawn" in writer.get(f"/reviews/{round_id}").text


def test_lawyers_who_are_not_asked_cannot_judge(clinic: Clinic, round_id: str) -> None:
    lawyer = clinic.desk(Role.LEGAL)
    page = lawyer.get(f"/reviews/{round_id}").text
    assert "Your role is not asked." in page
    assert lawyer.get(f"/reviews/{round_id}/sign").status_code == 302
    refusal = lawyer.post(f"/reviews/{round_id}/decline", reason="No.")
    assert refusal.status_code == 409
    assert "This needs somebody who is" in refusal.text


def test_submitting_needs_a_note_and_no_errors(clinic: Clinic) -> None:
    item_id, writer = clinic.write("# Hi\n\nWe cure it.\n"), clinic.desk(Role.WRITER)
    address = f"/content/{item_id}/v/1/submit"
    page = writer.get(address).text
    assert "Medical reviewer" in page
    assert "Compliance reviewer" in page
    assert "Nobody can promise a cure." in page
    assert "The note is empty" in writer.post(address, reason="").text
    assert writer.post(address, reason="x" * 501).status_code == 422
    refusal = writer.post(address, reason="Go.")
    assert refusal.status_code == 409
    assert "1 errors are left: no-cure" in refusal.text


def test_submitting_twice_opens_one_review(clinic: Clinic) -> None:
    item_id = clinic.write()
    first = clinic.submit(item_id)
    size = clinic.log_size()
    assert clinic.submit(item_id) == first
    assert clinic.log_size() == size


def test_only_the_newest_version_is_submitted(clinic: Clinic) -> None:
    item_id, writer = clinic.write(), clinic.desk(Role.WRITER)
    writer.post(f"/content/{item_id}/edit", source=source("Other.\n"), parent="1", act="save")
    refusal = writer.post(f"/content/{item_id}/v/1/submit", reason="Old one.")
    assert refusal.status_code == 409
    assert "There is a newer version" in refusal.text
