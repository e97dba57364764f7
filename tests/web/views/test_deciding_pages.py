"""Signing, publishing and recalling in the browser: what is asked, what is refused, what a second click does."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.model import Role
from app.publishing.tables import PublicationRow
from app.storage.engine import sqlite_url
from tests.builders.clinic import BODY, Clinic
from tests.fakes import FixedClock


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages are the same on both databases; the journey runs on each."""
    path = tmp_path / "placet.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


def test_the_sign_page_says_what_is_signed_and_asks_for_the_password(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    page = clinic.desk(Role.MEDICAL).get(f"/reviews/{round_id}/sign").text
    for words in (
        "Medical reviewer",
        "I reviewed the medical content",
        "At most 90 days",
        "what Compliance answers for",
    ):
        assert words in page
    assert 'type="password"' in page


def test_a_wrong_password_signs_nothing_and_is_recorded(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    form, size = {**clinic.seen(Role.MEDICAL, round_id), "password": "not this one"}, clinic.log_size()
    page = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert page.status_code == 401
    assert "The password is not the one of your account" in page.text
    assert "not this one" not in page.text
    assert clinic.log_size() == size + 1


def test_a_second_click_on_sign_is_harmless(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    form = clinic.seen(Role.MEDICAL, round_id)
    assert clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form).status_code == 303
    size = clinic.log_size()
    again = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert (again.status_code, clinic.log_size()) == (303, size)
    assert "You have signed this version." in clinic.desk(Role.MEDICAL).get(f"/reviews/{round_id}").text


def test_content_that_changed_meanwhile_is_not_signed_and_the_difference_is_shown(clinic: Clinic) -> None:
    item_id = clinic.write()
    round_id = clinic.submit(item_id)
    form = clinic.seen(Role.MEDICAL, round_id)
    clinic.edit(item_id, BODY.replace("ten minutes", "20 minutes"))
    size = clinic.log_size()
    page = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert (page.status_code, clinic.log_size()) == (409, size)
    assert "Version 2 was saved while this page was open" in page.text
    assert '<span class="hidden">deleted: </span>ten' in page.text


@pytest.mark.parametrize("stale", ["root", "report"])
def test_a_form_with_another_digest_is_not_signed(stale: str, clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    form = {**clinic.seen(Role.MEDICAL, round_id), stale: "0" * 64}
    page = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert page.status_code == 409
    assert "did not show what is under review now" in page.text


def test_nobody_signs_for_a_role_she_does_not_hold(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    seen = clinic.seen(Role.MEDICAL, round_id)
    form = {**seen, "meaning": "compliance_approval"}
    refusal = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert refusal.status_code == 409
    assert "This needs somebody who is compliance reviewer" in refusal.text
    assert clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **{**seen, "meaning": "x"}).status_code == 409


def test_an_open_must_change_comment_stops_the_signature(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    form = clinic.seen(Role.MEDICAL, round_id)
    clinic.desk(Role.COMPLIANCE).post(f"/reviews/{round_id}/threads", quote="", comment="Wait.", kind="must")
    refusal = clinic.desk(Role.MEDICAL).post(f"/reviews/{round_id}/sign", **form)
    assert refusal.status_code == 409
    assert "marked ‘must change’ are open" in refusal.text


def test_publishing_offers_the_policys_limit_and_happens_once(clinic: Clinic) -> None:
    item_id = clinic.write()
    round_id = clinic.approve(item_id)
    desk, address = clinic.desk(Role.COMPLIANCE), f"/reviews/{round_id}/publish"
    assert f'href="{address}"' in desk.get(f"/content/{item_id}").text
    page = desk.get(address).text
    assert 'value="2026-05-31"' in page
    assert desk.post(address, valid_from="2026-03-02", valid_until="2026-05-31").status_code == 303
    size = clinic.log_size()
    assert desk.post(address, valid_from="2026-03-02", valid_until="2026-05-31").status_code == 303
    assert clinic.log_size() == size
    assert "May be sent until 31 May 2026" in desk.get(f"/content/{item_id}").text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-10", "2026-03-10", "is not after the start"),
        ("2026-01-10", "2026-02-10", "has passed"),
        ("2026-03-02", "2027-03-02", "The policy allows 90 days"),
        ("soon", "2026-03-10", "This is not a day"),
        ("2026-03-02", "", "This is not a day"),
    ],
)
def test_a_window_that_cannot_be_used_comes_back_beside_its_field(
    start: str, end: str, words: str, clinic: Clinic
) -> None:
    round_id = clinic.approve(clinic.write())
    page = clinic.desk(Role.COMPLIANCE).post(f"/reviews/{round_id}/publish", valid_from=start, valid_until=end)
    assert page.status_code == 422
    assert words in page.text
    assert f'value="{start}"' in page.text


def test_what_is_not_approved_is_not_published(clinic: Clinic) -> None:
    round_id = clinic.submit(clinic.write())
    desk, address = clinic.desk(Role.COMPLIANCE), f"/reviews/{round_id}/publish"
    assert desk.get(address).status_code == 302
    refusal = desk.post(address, valid_from="2026-03-02", valid_until="2026-04-02")
    assert refusal.status_code == 409
    assert "has not approved this version" in refusal.text


def test_a_recall_needs_words_and_the_password_and_happens_once(clinic: Clinic) -> None:
    item_id = clinic.write()
    address = f"/publications/{clinic.publish(item_id)}/recall"
    desk = clinic.desk(Role.MEDICAL)
    page = desk.get(address).text
    assert "0 queued messages are held" in page
    assert "shorter than 3 words" in desk.post(address, reason="wrong", password="x").text
    wrong = desk.post(address, reason="the dose is wrong", password="x")
    assert wrong.status_code == 401
    assert "the dose is wrong" in wrong.text
    form = {"reason": "the dose is wrong", "password": "correct horse battery staple"}
    assert desk.post(address, **form).status_code == 303
    size = clinic.log_size()
    assert desk.post(address, **form).status_code == 303
    assert clinic.log_size() == size
    shown = desk.get(f"/content/{item_id}").text
    assert "Recalled" in shown
    assert "the dose is wrong" in shown


def test_home_tells_each_person_what_needs_her(clinic: Clinic, clock: FixedClock) -> None:
    item_id = clinic.write()
    round_id = clinic.submit(item_id)
    assert f'href="/reviews/{round_id}"' in clinic.desk(Role.MEDICAL).get("/").text
    assert "Waiting for Compliance and Medical" in clinic.desk(Role.WRITER).get("/").text
    for role in (Role.MEDICAL, Role.COMPLIANCE):
        clinic.sign(role, round_id)
    assert f'href="/reviews/{round_id}/publish"' in clinic.desk(Role.COMPLIANCE).get("/").text
    clinic.desk(Role.COMPLIANCE).post(f"/reviews/{round_id}/publish", valid_from="2026-03-02", valid_until="2026-03-20")
    assert "1 piece expires in the next 30 days" in clinic.desk(Role.MEDICAL).get("/").text
    assert "Last 24 hours" not in clinic.desk(Role.WRITER).get("/").text
    assert "Last 24 hours" in clinic.desk(Role.COMPLIANCE).get("/").text
    assert clinic.desk(Role.ADMINISTRATOR).get("/").status_code == 200
    clock.advance(timedelta(minutes=1))


def test_a_publication_that_is_not_there_is_not_found(clinic: Clinic) -> None:
    desk = clinic.desk(Role.COMPLIANCE)
    for address in ("/publications/none/recall", "/reviews/none", "/reviews/none/sign", "/reviews/none/publish"):
        assert desk.get(address).status_code == 404, address
    clinic.publish(clinic.write())
    assert desk.get(f"/publications/{clinic.newest_id(PublicationRow)}/recall").status_code == 200
