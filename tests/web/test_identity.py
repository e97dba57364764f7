"""Signing in, staying, leaving; and requests that come from somewhere else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Actor, Person, Role
from app.accounts.operations import deactivate
from app.web.context import WebContext
from app.web.identity import local_path
from tests.fakes import FixedClock
from tests.web.conftest import PASSWORD, token_of

Browser = Callable[[Role], FlaskClient]


def test_somebody_signed_in_sees_her_home_page(signed_in_as: Browser) -> None:
    page = signed_in_as(Role.MEDICAL).get("/")
    assert page.status_code == 200
    assert "Medical reviewer" in page.text


def test_a_wrong_password_keeps_the_address_and_says_what_to_do(web: Flask, staff: dict[Role, Person]) -> None:
    client = web.test_client()
    form = {"email": staff[Role.WRITER].email, "password": "wrong", "csrf_token": token_of(client.get("/sign-in").text)}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert f'value="{staff[Role.WRITER].email}"' in answer.text
    assert "The address and the password do not go together" in answer.text
    assert "wrong" not in answer.text
    assert client.get("/").status_code == 302


def test_an_unknown_address_gets_the_same_page_as_a_wrong_password(web: Flask, staff: dict[Role, Person]) -> None:
    answers = []
    for email in (staff[Role.WRITER].email, "nobody@clinic.example"):
        client = web.test_client()
        token = token_of(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"email": email, "password": "x", "csrf_token": token})
        varying = re.compile(rf'{email}|(?<=value=")[\w.-]{{40,}}|(?<=: ")[\w.-]{{40,}}')
        answers.append((answer.status_code, varying.sub("", answer.text)))
    assert answers[0] == answers[1]


def test_signing_in_throws_away_the_session_that_was_there(web: Flask, signed_in_as: Browser) -> None:
    before = web.test_client()
    token = token_of(before.get("/sign-in").text)
    after = signed_in_as(Role.WRITER)
    answer = after.post("/sign-out", data={"csrf_token": token})
    assert answer.status_code == 400


def test_signing_out_ends_the_session_in_the_database_too(web: Flask, signed_in_as: Browser) -> None:
    client = signed_in_as(Role.WRITER)
    stolen = client.get_cookie("placet")
    assert stolen is not None
    client.post("/sign-out", data={"csrf_token": token_of(client.get("/").text)})
    thief = web.test_client()
    thief.set_cookie("placet", stolen.value)
    assert thief.get("/").status_code == 302


def test_a_deactivated_person_is_out_with_her_next_request(
    context: WebContext, staff: dict[Role, Person], signed_in_as: Browser
) -> None:
    client = signed_in_as(Role.WRITER)
    first = staff[Role.ADMINISTRATOR]
    with context.units() as uow:
        deactivate(uow, staff[Role.WRITER].id, actor=Actor(first.id, first.name, first.roles), now=context.wall.now())
        uow.commit()
    assert client.get("/").status_code == 302


def test_a_reader_who_goes_on_reading_stays_signed_in(clock: FixedClock, signed_in_as: Browser) -> None:
    client = signed_in_as(Role.WRITER)
    for _ in range(5):
        clock.advance(timedelta(minutes=20))
        assert client.get("/").status_code == 200
    clock.advance(timedelta(minutes=31))
    assert client.get("/").status_code == 302


def test_a_form_without_its_token_does_nothing(signed_in_as: Browser) -> None:
    client = signed_in_as(Role.WRITER)
    answer = client.post("/sign-out")
    assert answer.status_code == 400
    assert "Nothing was done" in answer.text
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ],
)
def test_a_request_from_another_site_is_refused_even_with_the_token(
    headers: dict[str, str], signed_in_as: Browser
) -> None:
    client = signed_in_as(Role.WRITER)
    token = token_of(client.get("/").text)
    assert client.post("/sign-out", data={"csrf_token": token}, headers=headers).status_code == 400
    assert client.get("/").status_code == 200


def test_htmx_may_carry_the_token_in_a_header(signed_in_as: Browser) -> None:
    client = signed_in_as(Role.WRITER)
    token = token_of(client.get("/").text)
    answer = client.post("/sign-out", headers={"X-CSRFToken": token, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "javascript:alert(1)", "/a\r\nX: y", "\\\\e"],
)
def test_the_way_back_never_leaves_this_site(target: str, web: Flask, staff: dict[Role, Person]) -> None:
    assert local_path(target) == "/"
    client = web.test_client()
    form = {"email": staff[Role.WRITER].email, "password": PASSWORD, "next": target}
    form["csrf_token"] = token_of(client.get("/sign-in").text)
    assert client.post("/sign-in", data=form).headers["Location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(web: Flask) -> None:
    cookie = web.test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
