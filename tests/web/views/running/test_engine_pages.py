"""Sequences, leads, sends and the switch: what each page shows, does, and refuses."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Permission, Role
from app.consent.commands import AddLead
from app.consent.model import Lead
from app.consent.operations import add_lead
from app.gate import queries as gate
from app.outbox.model import MessageAction, MessageState
from app.sequences import queries as sequences
from app.sequences.model import SequenceState
from app.web.access import declared
from tests.builders.leads import CLEO, VAULT
from tests.builders.sending import Sending
from tests.fakes import CountingIds, CountingTokens
from tests.web.sent import XSS, form, log_size, release, settle
from tests.web.views.running.conftest import Enter


@pytest.fixture
def dialect() -> str:
    """Pages are the same on both databases; the unsubscribe pages run on each."""
    return "sqlite"


def sequence_path(sending: Sending) -> str:
    return f"/sequences/{sending.sequence.sequence_id}"


def test_a_step_says_until_when_its_content_is_approved_and_who_is_in_it(
    sending: Sending, max_browser: FlaskClient
) -> None:
    flow, listed = (
        max_browser.get(sequence_path(sending)).text,
        max_browser.get(f"{sequence_path(sending)}?as=list").text,
    )
    for page in (flow, listed):
        assert "until 31 May 2026 (in 90 days)" in page
    assert "in step 1" in flow
    assert 'class="flow"' in flow
    assert 'class="flow"' not in listed
    assert sequence_path(sending) in max_browser.get("/sequences").text


def test_an_ended_approval_is_named_with_the_people_before_it(sending: Sending, max_browser: FlaskClient) -> None:
    sending.clock.advance(timedelta(days=91))
    page = sending_page_after_sign_in(sending, max_browser)
    assert "Step 1 sends nothing: its approval ended on 31 May 2026, and 1 person has not passed it" in page


def sending_page_after_sign_in(sending: Sending, browser: FlaskClient) -> str:
    """The session of before has run out with the clock; sign in anew."""
    sign_in = browser.get("/sign-in").text
    who = {"email": "campaign_manager@clinic.example", "password": "correct horse battery staple"}
    assert browser.post("/sign-in", data=form(sign_in, **who)).status_code == 303
    return browser.get(sequence_path(sending)).text


@pytest.mark.parametrize(
    ("act", "after"),
    [("pause", SequenceState.PAUSED), ("retire", SequenceState.RETIRED), ("activate", SequenceState.ACTIVE)],
)
def test_a_version_is_paused_and_retired_and_what_makes_no_sense_is_refused(
    act: str, after: SequenceState, sending: Sending, max_browser: FlaskClient
) -> None:
    page = max_browser.get(sequence_path(sending)).text
    answer = max_browser.post(f"{sequence_path(sending)}/{act}", data=form(page, v="1"))
    assert answer.status_code == (409 if act == "activate" else 303)
    with sending.units.reading() as connection:
        version = sequences.sequence_version(connection, sending.sequence.id)
        assert version is not None
        assert version.state is after


def test_people_enter_by_address_or_id_and_those_who_cannot_stay_typed(
    sending: Sending, max_browser: FlaskClient, ids: CountingIds
) -> None:
    with sending.units() as uow:
        made = add_lead(uow, AddLead("patient", email="new@home.example"), actor=CLEO, now=sending.clock.now(), ids=ids,
                        tokens=CountingTokens("n"), vault=VAULT)  # fmt: skip
        assert isinstance(made, Lead)
        uow.commit()
    page = max_browser.get(sequence_path(sending)).text
    typed = form(page, who=f"New@home.example\nstranger@home.example\n{sending.rita.id}")
    answer = max_browser.post(f"{sequence_path(sending)}/people", data=typed)
    assert answer.status_code == 409
    assert "Nobody has this address or id" in answer.text
    assert "She is in this sequence already" in answer.text
    with sending.units.reading() as connection:
        assert len(sequences.enrollments_of_lead(connection, made.id)) == 1
    assert max_browser.post(f"{sequence_path(sending)}/people", data=form(page, who="")).status_code == 400


def test_a_person_is_taken_out_once(sending: Sending, max_browser: FlaskClient) -> None:
    page = max_browser.get(sequence_path(sending)).text
    url = f"{sequence_path(sending)}/people/{sending.enrollments[0].id}/stop"
    assert max_browser.post(url, data=form(page)).status_code == 303
    assert max_browser.post(url, data=form(page)).status_code == 409


def test_a_search_goes_by_body_leaves_a_trace_and_no_address(sending: Sending, cleo_browser: FlaskClient) -> None:
    before = log_size(sending.units)
    page = cleo_browser.get("/leads").text
    answer = cleo_browser.post("/leads", data=form(page, address=" RITA0@home.example "))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/leads/{sending.rita.id}")
    assert log_size(sending.units) == before + 1
    assert cleo_browser.post("/leads", data=form(page, address="stranger@home.example")).status_code == 404
    assert cleo_browser.post("/leads", data=form(page, address="no address")).status_code == 400
    with sending.units.reading() as connection:
        rows = connection.exec_driver_sql("SELECT leaf FROM audit_events").scalars()
        assert not [leaf for leaf in rows if "home.example" in leaf]


def test_a_lead_page_shows_the_wording_she_saw_and_links_why(sending: Sending, cleo_browser: FlaskClient) -> None:
    page = cleo_browser.get(f"/leads/{sending.rita.id}").text
    assert "version 1, as she saw it" in page
    assert f'href="/sends/{sending.message().id}"' in page
    assert "rita0@home.example" in page


def test_an_opt_out_takes_one_click_and_can_be_repeated(sending: Sending, cleo_browser: FlaskClient) -> None:
    url = f"/leads/{sending.rita.id}"
    sending.clock.advance(timedelta(minutes=1))
    for said in ("Opt-out recorded", "She had opted out already"):
        answer = cleo_browser.post(f"{url}/opt-out", data=form(cleo_browser.get(url).text), follow_redirects=True)
        assert said in answer.text
    assert "Nothing is sent to this person since" in cleo_browser.get(url).text


def test_an_agreement_needs_a_wording_and_a_record_needs_a_tick_to_be_erased(
    sending: Sending, cleo_browser: FlaskClient
) -> None:
    url = f"/leads/{sending.rita.id}"
    page = cleo_browser.get(url).text
    kept = cleo_browser.post(f"{url}/agreements", data=form(page, wording="none", detail="sheet 12"))
    assert kept.status_code == 400
    assert "Choose the wording she was shown" in kept.text
    assert cleo_browser.post(f"{url}/erase", data=form(page)).status_code == 400
    assert cleo_browser.post(f"{url}/erase", data=form(page, sure="yes")).status_code == 303
    after = cleo_browser.get(url).text
    assert "Erased record" in after
    assert "rita0@home.example" not in after
    assert cleo_browser.post(f"{url}/erase", data=form(after, sure="yes")).status_code == 409


def test_a_message_that_waits_for_its_hour_reads_as_held_until_then(sending: Sending, max_browser: FlaskClient) -> None:
    settle(sending, MessageAction.GIVE_BACK, reason="quiet_hours", due_at=sending.clock.now() + timedelta(hours=6))
    row, page = max_browser.get("/sends").text, max_browser.get(f"/sends/{sending.message().id}").text
    assert "until 2 Mar 2026, 21:00 GMT" in row
    assert "Held until 2 Mar 2026, 21:00 GMT. It is outside the hours of this step where she lives." in page
    assert sending.message().state is MessageState.PLANNED


def test_a_held_message_says_why_and_can_be_planned_again_once(sending: Sending, max_browser: FlaskClient) -> None:
    settle(sending, MessageAction.HOLD, reason="recalled")
    url = f"/sends/{sending.message().id}"
    page = max_browser.get(url).text
    assert "Not sent yet: it is held. This version was recalled." in page
    assert max_browser.post(f"{url}/resume", data=form(page)).status_code == 303
    assert max_browser.post(f"{url}/resume", data=form(page)).status_code == 409
    assert sending.message().state is MessageState.PLANNED


@pytest.mark.parametrize("view", ["", "accepted", "refused", "held", "unknown", "rejected", "pending"])
def test_every_saved_view_counts_to_the_unit(view: str, sending: Sending, max_browser: FlaskClient) -> None:
    page = max_browser.get(f"/sends?outcome={view}").text
    assert "1 planned: 0 accepted, 0 rejected, 0 refused, 0 held, 0 unknown, 1 pending." in page
    assert max_browser.get("/sends?outcome=lost").status_code == 404


def test_a_message_without_an_outcome_is_neither_sent_nor_unsent(
    sending: Sending, max_browser: FlaskClient, ids: CountingIds
) -> None:
    release(sending, ids)
    page = max_browser.get(f"/sends/{sending.message().id}").text
    assert "Was this sent?" in page
    assert "What it rests on" in page


def test_sending_stops_with_a_reason_everybody_reads_and_goes_on(
    sending: Sending, max_browser: FlaskClient, signed_in_as: Enter
) -> None:
    page = max_browser.get("/sending").text
    assert max_browser.post("/sending/stop", data=form(page, scope="all", reason=" ")).status_code == 409
    assert max_browser.post("/sending/stop", data=form(page, scope="nothing", reason="why")).status_code == 400
    assert max_browser.post("/sending/stop", data=form(page, scope="all", reason=XSS)).status_code == 303
    writer = signed_in_as(Role.WRITER)
    seen = writer.get("/sending").text
    assert "Sending is stopped everywhere." in writer.get("/").text
    assert "&lt;script&gt;alert(1)" in seen
    assert "<script>alert" not in seen
    assert max_browser.post("/sending/resume", data=form(page, scope="all")).status_code == 303
    assert max_browser.post("/sending/resume", data=form(page, scope="all")).status_code == 409
    with sending.units.reading() as connection:
        assert gate.engaged(connection) == ()


def test_what_leads_are_called_is_only_ever_text(sending: Sending, cleo_browser: FlaskClient, ids: CountingIds) -> None:
    name = "<img src=x onerror=alert(2)>"
    with sending.units() as uow:
        made = add_lead(uow, AddLead("patient", email="x@home.example", first_name=name, source=name), actor=CLEO,
                        now=sending.clock.now(), ids=ids, tokens=CountingTokens("x"), vault=VAULT)  # fmt: skip
        assert isinstance(made, Lead)
        uow.commit()
    for path in ("/leads", f"/leads/{made.id}"):
        page = cleo_browser.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


PAGES = {
    "/sequences": Permission.READ_SEQUENCES,
    "/leads": Permission.READ_LEADS,
    "/sends": Permission.READ_SENDS,
    "/audit": Permission.READ_AUDIT,
}


@pytest.mark.parametrize("path", PAGES)
def test_who_may_not_read_a_page_is_told_who_may(path: str, signed_in_as: Enter) -> None:
    answer = signed_in_as(Role.MEDICAL).get(path)
    assert answer.status_code == 403
    assert "These roles may:" in answer.text


@pytest.mark.parametrize(
    "path", ["/sequences/none", "/leads/none", "/sends/none", "/audit/99999", "/inbox", "/inbox/none"]
)
def test_what_is_not_there_is_a_page_that_says_so(path: str, web: Flask, signed_in_as: Enter) -> None:
    for role in (Role.CAMPAIGN_MANAGER, Role.AUDITOR):
        answer = signed_in_as(role).get(path)
        assert answer.status_code in (403, 404)


def test_the_switch_and_every_change_ask_for_their_permission(web: Flask) -> None:
    mine = ("sequences.", "leads.", "sends.", "sending.")
    for rule in web.url_map.iter_rules():
        if rule.endpoint.startswith(mine) and "POST" in (rule.methods or ()):
            access = declared(web.view_functions[rule.endpoint])
            assert access is not None
            assert access.permission is not None
