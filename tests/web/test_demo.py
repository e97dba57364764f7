"""The demonstration bar: another person, a later hour; and nothing of it outside a demonstration."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Person, Role
from app.web.application import create_app
from app.web.context import DemoContext, DemoPerson, WebContext
from tests.web.conftest import PASSWORD, token_of


@pytest.fixture
def moves() -> list[str]:
    return []


@pytest.fixture
def bar(context: WebContext, staff: dict[Role, Person], moves: list[str]) -> FlaskClient:
    people = tuple(DemoPerson(p.id, p.name, role.value, p.email) for role, p in staff.items())
    stage = DemoContext(people, lambda _: PASSWORD, moves.append, lambda: 0)
    return create_app(replace(context, demo=stage)).test_client()


def press(client: FlaskClient, address: str, **form: str) -> int:
    page = client.get("/", follow_redirects=True).text
    return client.post(address, data={"csrf_token": token_of(page), **form}).status_code


def test_one_becomes_somebody_by_an_ordinary_sign_in_and_moves_the_clock(
    bar: FlaskClient, staff: dict[Role, Person], moves: list[str]
) -> None:
    assert press(bar, "/demo/person", person=staff[Role.WRITER].id) == 303
    assert staff[Role.WRITER].name in bar.get("/").text
    assert [press(bar, "/demo/clock", move=word) for word in ("hour", "day", "expiry")] == [303] * 3
    assert moves == ["hour", "day", "expiry"]
    assert press(bar, "/demo/clock", move="year") == 400
    assert press(bar, "/demo/person", person="nobody") == 400
    assert moves == ["hour", "day", "expiry"]


def test_a_stranger_does_not_move_the_clock(bar: FlaskClient, moves: list[str]) -> None:
    press(bar, "/demo/clock", move="hour")
    assert moves == []


def test_outside_a_demonstration_nobody_becomes_anybody(web: Flask, staff: dict[Role, Person]) -> None:
    client = web.test_client()
    assert press(client, "/demo/person", person=staff[Role.WRITER].id) == 404
