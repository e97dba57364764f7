"""The log, the local inbox, health, and every page under a reader who presses nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter

from app.accounts.model import Role
from app.web.application import create_app
from app.web.context import DemoContext, WebContext
from tests.builders.sending import Sending
from tests.web.conftest import PASSWORD
from tests.web.sent import form, log_size, with_builders_keys
from tests.web.views.running.conftest import Enter

MAIL = b"""Delivered-To: rita0@home.example\r
From: Northgate Clinics <care@clinic.example>\r
To: rita0@home.example\r
Subject: <b>Hello</b>\r
Message-ID: <m1@clinic.example>\r
List-Unsubscribe: <https://placet.example/u/v1.u1.abc.def>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
\r
Hello Rita\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Hello <script>alert(1)</script></p>\r
--b--\r
"""


@pytest.fixture
def dialect() -> str:
    """Pages are the same on both databases."""
    return "sqlite"


def test_records_read_as_sentences_under_filters(sending: Sending, cora_browser: FlaskClient) -> None:
    page = cora_browser.get("/audit").text
    assert "Max Campaigns activated imaging v1" in page
    only = cora_browser.get("/audit?kind=sequences&who=max").text
    assert "Max Campaigns activated imaging v1" in only
    assert "signed in" not in only
    assert "No record matches." in cora_browser.get("/audit?about=nothing").text
    record = cora_browser.get("/audit/0")
    assert record.status_code == 200
    assert "No checkpoint covers this record yet" in record.text
    assert cora_browser.get("/audit/0/proof").status_code == 409


def test_the_export_is_the_whole_log(sending: Sending, cora_browser: FlaskClient) -> None:
    answer = cora_browser.get("/audit/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len([line for line in answer.text.splitlines() if line.startswith('{"leaf"')]) >= 10


def test_verify_names_the_row_that_was_changed_behind_the_program(sending: Sending, cora_browser: FlaskClient) -> None:
    with sending.units.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sequences SET title = 'Other'")
    page = cora_browser.post("/audit/verify", data=form(cora_browser.get("/audit").text)).text
    assert f"Row {sending.sequence.sequence_id} of sequences (record #" in page
    assert "Stop sending, keep this database as it is" in page


def test_the_inbox_shows_html_in_a_frame_that_may_do_nothing(
    context: WebContext, staff: object, tmp_path: Path
) -> None:
    (tmp_path / "inbox" / "new").mkdir(parents=True)
    (tmp_path / "inbox" / "new" / "1.M1.host").write_bytes(MAIL)
    demo = DemoContext((), lambda _: PASSWORD, lambda _: None, lambda: 1)
    browser = create_app(replace(with_builders_keys(context), demo=demo)).test_client()
    entered = form(browser.get("/sign-in").text, email="writer@clinic.example", password=PASSWORD)
    browser.post("/sign-in", data=entered)
    listed = browser.get("/inbox").text
    assert "&lt;b&gt;Hello&lt;/b&gt;" in listed
    url = listed.split('href="/inbox/')[1].split('"')[0]
    page = browser.get(f"/inbox/{url}").text
    assert 'href="/u/v1.u1.abc.def"' in page
    assert "List-Unsubscribe=One-Click" in page
    assert "<script>alert" not in page
    frame = browser.get(f"/inbox/{url}/frame")
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_health_answers_without_a_session(web: Flask) -> None:
    client = web.test_client(use_cookies=False)
    assert [client.get(f"/health/{which}").status_code for which in ("live", "ready")] == [200, 200]


def test_whoever_only_follows_links_changes_nothing(web: Flask, sending: Sending, signed_in_as: Enter) -> None:
    """A scanner that opens every address there is, with every method that asks (F30)."""
    message = sending.message()
    known = {
        "sequence_id": sending.sequence.sequence_id,
        "lead_id": sending.rita.id,
        "message_id": message.id,
        "enrollment_id": sending.enrollments[0].id,
        "index": "0",
        "token": "v1.u1.abc.def",
    }
    browsers = [signed_in_as(role) for role in (Role.CAMPAIGN_MANAGER, Role.CRM_ADMIN, Role.COMPLIANCE)]
    before, state = log_size(sending.units), message
    for rule in web.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        words = {name: min(c.items) for name, c in rule._converters.items() if isinstance(c, AnyConverter)}
        values = {name: words.get(name) or known.get(name, "1") for name in rule.arguments}
        values |= rule.defaults or {}
        url = web.url_map.bind("localhost").build(rule.endpoint, values)
        for browser in browsers:
            for method in ("GET", "HEAD"):
                assert browser.open(url, method=method).status_code < 500, url
    assert log_size(sending.units) == before
    assert sending.message() == state
