"""A web application on this test's database, and browsers that are signed in by password like any other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Actor, CreatePerson, Person, Role
from app.accounts.operations import create_first_person, create_person
from app.settings import WebSettings
from app.storage.keys import SigningKey
from app.storage.unit_of_work import Units
from app.web.application import create_app
from app.web.context import WebContext, WebKeys
from tests.fakes import CountingIds, CountingTokens, FixedClock

PASSWORD = "correct horse battery staple"


@pytest.fixture
def context(units: Units, clock: FixedClock, ids: CountingIds, tokens: CountingTokens, tmp_path: Path) -> WebContext:
    keys = WebKeys(SigningKey(b"s" * 32), b"u" * 32, b"a" * 32, ("c" * 40,))
    settings = WebSettings.from_mapping({}, data_dir=tmp_path)
    return WebContext(
        units, clock, clock, ids, tokens, settings, keys, "Lindenhof Clinics", "Europe/London", rate_limits=False
    )


@pytest.fixture
def web(context: WebContext) -> Flask:
    return create_app(context)


@pytest.fixture
def staff(context: WebContext) -> dict[Role, Person]:
    """One person per role, each with a password."""
    made: dict[Role, Person] = {}
    now = context.wall.now()
    with context.units() as uow:
        for role in sorted(Role, key=lambda one: one is not Role.ADMINISTRATOR):
            command = CreatePerson(f"{role.value}@clinic.example", role.value.title(), frozenset({role}), PASSWORD)
            if role is Role.ADMINISTRATOR:
                answer = create_first_person(uow, command, now=now, ids=context.ids)
            else:
                first = made[Role.ADMINISTRATOR]
                actor = Actor(first.id, first.name, first.roles)
                answer = create_person(uow, command, actor=actor, now=now, ids=context.ids)
            assert isinstance(answer, Person)
            made[role] = answer
        uow.commit()
    return made


def token_of(page: str) -> str:
    """The cross-site token that a page carries."""
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


@pytest.fixture
def signed_in_as(web: Flask, staff: dict[Role, Person]) -> Callable[[Role], FlaskClient]:
    """Gives a browser in which the holder of a role has signed in."""

    def enter(role: Role) -> FlaskClient:
        client = web.test_client()
        form = {"email": staff[role].email, "password": PASSWORD}
        form["csrf_token"] = token_of(client.get("/sign-in").text)
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return enter
