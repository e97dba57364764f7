"""The library, the page of a piece, its preview, and the editor."""

import shutil
from pathlib import Path

import pytest

from app.accounts.model import Role
from app.storage.engine import sqlite_url
from tests.builders.clinic import BODY, Clinic, source


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages are the same on both databases; the journey runs on each."""
    path = tmp_path / "placet.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


def test_the_library_lists_what_was_written_with_its_status(clinic: Clinic) -> None:
    item_id = clinic.write()
    page = clinic.desk(Role.MEDICAL).get("/content")
    assert f'href="/content/{item_id}"' in page.text
    assert "Draft" in page.text
    assert "New content" not in page.text
    assert "New content" in clinic.desk(Role.WRITER).get("/content").text


@pytest.mark.parametrize("view", ["all", "mine", "live", "expiring", "ended", "unused", "nonsense"])
def test_every_saved_view_opens(view: str, clinic: Clinic) -> None:
    clinic.write()
    page = clinic.desk(Role.WRITER).get(f"/content?view={view}&rows=-5")
    assert page.status_code == 200
    assert ("Getting ready" in page.text) == (view in ("all", "mine", "unused", "nonsense"))


def test_an_item_page_shows_preview_text_findings_and_leaves(clinic: Clinic) -> None:
    item_id = clinic.write("# Hello\n\nWe cure it.\n")
    page = clinic.desk(Role.WRITER).get(f"/content/{item_id}").text
    assert f'src="/content/{item_id}/v/1/preview"' in page
    assert "Nobody can promise a cure." in page
    assert "House rule 1" in page
    assert "1 error is left." in page
    assert "html_part" in page


def test_the_preview_shows_sample_values_and_may_do_nothing(clinic: Clinic) -> None:
    item_id = clinic.write()
    frame = clinic.desk(Role.WRITER).get(f"/content/{item_id}/v/1/preview")
    assert "Hello Alex," in frame.text
    assert "{{" not in frame.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    item = clinic.desk(Role.WRITER).get(f"/content/{item_id}").text
    assert "Hello Alex," in item
    assert "{{" not in item


def test_what_is_not_there_is_not_found(clinic: Clinic) -> None:
    item_id = clinic.write()
    desk = clinic.desk(Role.WRITER)
    for address in (
        "/content/nothing",
        f"/content/{item_id}/v/9",
        f"/content/{item_id}/v/9/preview",
        "/content/x/edit",
    ):
        assert desk.get(address).status_code == 404, address


@pytest.mark.parametrize("kind", ["email", "sms", "landing_page", "faq", "call_script", "nonsense"])
def test_what_a_new_piece_starts_from_can_be_saved_as_it_is(kind: str, clinic: Clinic) -> None:
    clinic.write()
    desk = clinic.desk(Role.WRITER)
    page = desk.get(f"/content/new?type={kind}").text
    start = page.split("<textarea", 1)[1].split(">\n", 1)[1].split("</textarea>")[0].replace("&#39;", "'")
    answer = desk.post("/content/new", source=start, act="save")
    assert answer.status_code == 303, answer.text


def test_browser_line_ends_become_those_of_files(clinic: Clinic) -> None:
    desk = clinic.desk(Role.WRITER)
    answer = desk.post("/content/new", source=source().replace("\n", "\r\n"), act="save")
    item_id = answer.headers["Location"].rsplit("/", 1)[1]
    assert desk.post(f"/content/{item_id}/edit", source=source(), parent="1", act="save").status_code == 303
    assert "Nothing differs" in desk.get(f"/content/{item_id}").text


def test_a_bad_file_says_where_and_loses_nothing(clinic: Clinic) -> None:
    typed = source("Some <b>text</b> & {{ nonsense }}\n")
    page = clinic.desk(Role.WRITER).post("/content/new", source=typed, act="save")
    assert page.status_code == 422
    assert "Line " in page.text
    assert "column " in page.text
    assert 'href="#source"' in page.text
    assert "Some &lt;b&gt;text&lt;/b&gt; &amp; {{ nonsense }}" in page.text
    assert "Getting ready" not in clinic.desk(Role.WRITER).get("/content").text


def test_a_name_that_is_taken_makes_no_version_of_the_other_piece(clinic: Clinic) -> None:
    item_id, before = clinic.write(), clinic.log_size()
    page = clinic.desk(Role.WRITER).post("/content/new", source=source("Other words.\n"), act="save")
    assert page.status_code == 422
    assert "there is a piece of that name already" in page.text
    assert clinic.log_size() == before
    assert clinic.desk(Role.WRITER).get(f"/content/{item_id}/v/2").status_code == 404


def test_an_edit_cannot_turn_into_another_piece(clinic: Clinic) -> None:
    item_id, before = clinic.write(), clinic.log_size()
    typed = source(key="something-else")
    page = clinic.desk(Role.WRITER).post(f"/content/{item_id}/edit", source=typed, parent="1", act="save")
    assert page.status_code == 422
    assert "this page edits &#39;getting-ready&#39;" in page.text
    assert clinic.log_size() == before


def test_saving_over_a_version_one_has_not_seen_is_stopped_once(clinic: Clinic) -> None:
    item_id, desk = clinic.write(), clinic.desk(Role.WRITER)
    address = f"/content/{item_id}/edit"
    assert desk.post(address, source=source("First.\n"), parent="1", act="save").status_code == 303
    late = desk.post(address, source=source("Second.\n"), parent="1", act="save")
    assert late.status_code == 422
    assert "Version 2 was saved while you were writing" in late.text
    assert "Second." in late.text
    assert 'name="parent" value="2"' in late.text
    assert desk.post(address, source=source("Second.\n"), parent="2", act="save").status_code == 303


def test_checking_saves_nothing_and_keeps_the_text(clinic: Clinic) -> None:
    before, desk = clinic.log_size(), clinic.desk(Role.WRITER)
    page = desk.post("/content/new", source=source("It cures all.\n"), act="check")
    assert page.status_code == 200
    assert "Nobody can promise a cure." in page.text
    assert "It cures all." in page.text
    assert clinic.log_size() == before + 1  # the sign-in of the writer


def test_saving_ends_an_open_review(clinic: Clinic) -> None:
    item_id = clinic.write()
    round_id = clinic.submit(item_id)
    clinic.desk(Role.WRITER).post(f"/content/{item_id}/edit", source=source(BODY + "More.\n"), parent="1", act="save")
    page = clinic.desk(Role.MEDICAL).get(f"/reviews/{round_id}").text
    assert "Voided by a newer version" in page
    assert "Version 2 was saved. You are reading 1." in page


def test_a_text_that_is_too_big_is_refused_in_words(clinic: Clinic) -> None:
    page = clinic.desk(Role.WRITER).post("/content/new", source=source("x " * 110_000), act="save")
    assert page.status_code == 422
    assert "the limit is 200,000" in page.text
