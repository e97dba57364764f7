"""A recipient stops the mail with one request; nobody else learns anything, and a link that is only followed does nothing."""

import sys
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.consent import queries as consent
from app.consent.model import ConsentChannel, ConsentState
from app.outbox.model import MessageState
from tests.builders.sending import Sending
from tests.fakes import CountingIds
from tests.web.sent import log_size, release, token_for

PAGE = sys.modules["app.web.views.unsubscribe"]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least time of an answer is left out, or every test would wait for it."""
    monkeypatch.setattr(PAGE, "LEAST_SECONDS", 0.0)


@pytest.fixture
def mail_client(web: Flask) -> FlaskClient:
    """Keeps no cookies and knows no forms."""
    return web.test_client(use_cookies=False)


def standing(sending: Sending, purpose: str = "education") -> ConsentState:
    with sending.units.reading() as connection:
        now = sending.clock.now()
        return consent.standing(connection, sending.rita.id, ConsentChannel.EMAIL, purpose, now).state


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_following_the_link_changes_nothing(method: str, sending: Sending, mail_client: FlaskClient) -> None:
    before = log_size(sending.units)
    answer = mail_client.open(f"/u/{token_for(sending)}", method=method, headers={"Purpose": "prefetch"})
    assert answer.status_code == 200
    assert log_size(sending.units) == before
    assert standing(sending) is ConsentState.IN


def test_a_mail_client_stops_the_topic_without_cookies_origin_or_token_of_a_form(
    sending: Sending, mail_client: FlaskClient
) -> None:
    answer = mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "You will not get these emails" in answer.text
    assert standing(sending) is ConsentState.OUT


def test_a_request_from_another_site_can_only_reduce_mail(sending: Sending, mail_client: FlaskClient) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK, headers=foreign).status_code == 200
    assert standing(sending) is ConsentState.OUT


def test_the_second_button_stops_everything(sending: Sending, mail_client: FlaskClient) -> None:
    answer = mail_client.post(f"/u/{token_for(sending)}", data={"scope": "all"})
    assert "any emails" in answer.text
    with sending.units.reading() as connection:
        lead = consent.lead(connection, sending.rita.id, None)
        assert lead is not None
        assert [(s.channel, s.purpose) for s in consent.suppressions_of(connection, lead)] == [("*", "*")]


def test_an_unknown_token_sees_the_same_pages(sending: Sending, mail_client: FlaskClient) -> None:
    genuine, wrong = token_for(sending), token_for(sending)[:-4] + "AAAA"
    for ask in (mail_client.get, lambda url: mail_client.post(url, data=ONE_CLICK)):
        real, unknown = ask(f"/u/{genuine}"), ask(f"/u/{wrong}")
        assert real.status_code == unknown.status_code == 200
        assert real.text.replace(genuine, "T") == unknown.text.replace(wrong, "T")
        assert dict(real.headers).keys() == dict(unknown.headers).keys()


def test_a_withdrawal_is_recorded_once_however_often_it_is_asked_for(
    sending: Sending, mail_client: FlaskClient
) -> None:
    sending.clock.advance(timedelta(minutes=1))
    mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK)
    before = log_size(sending.units)
    mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK)
    assert log_size(sending.units) == before


@pytest.mark.parametrize("scope", ["none", "in", "resubscribe", "", "*"])
def test_no_form_value_brings_mail_back(scope: str, sending: Sending, mail_client: FlaskClient) -> None:
    url = f"/u/{token_for(sending)}"
    mail_client.post(url, data={"scope": "all"})
    mail_client.post(url, data={"scope": scope, "channel": "email", "act": "agreed"})
    assert standing(sending) is ConsentState.OUT


def test_it_says_when_a_message_had_left_already(sending: Sending, mail_client: FlaskClient, ids: CountingIds) -> None:
    release(sending, ids)
    assert sending.message().state is MessageState.RELEASED
    assert "One message had already left" in mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK).text


def test_the_page_names_nobody_and_runs_nothing(sending: Sending, mail_client: FlaskClient) -> None:
    page = mail_client.get(f"/u/{token_for(sending)}")
    assert "Set-Cookie" not in page.headers
    for word in ("Rita", "rita0@home.example", sending.rita.id, "education", "<script", "csrf"):
        assert word not in page.text


def test_an_answer_takes_its_least_time_whatever_the_token(
    sending: Sending, mail_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(PAGE, "LEAST_SECONDS", 0.2)
    monkeypatch.setattr(PAGE.time, "sleep", slept.append)
    mail_client.post(f"/u/{token_for(sending)}", data=ONE_CLICK)
    mail_client.post("/u/nobody", data=ONE_CLICK)
    assert slept == [0.2, 0.2]
