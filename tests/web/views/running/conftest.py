"""The pages of sequences, leads, sends and evidence, on a running sequence with a lead who agreed and her planned message."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Actor, CreatePerson, Person, Role
from app.accounts.operations import create_person
from app.storage.unit_of_work import Units
from app.web.application import create_app
from app.web.context import WebContext
from tests.builders.sending import Sending, make_sending
from tests.fakes import CountingIds, FixedClock
from tests.web.conftest import PASSWORD
from tests.web.sent import with_builders_keys

Enter = Callable[[Role], FlaskClient]


@pytest.fixture
def staff(context: WebContext, people: dict[str, Actor]) -> dict[Role, Person]:
    """One person per role with a password, beside the people of the builders, who hold none."""
    made = {}
    with context.units() as uow:
        for role in Role:
            command = CreatePerson(f"{role.value}@clinic.example", role.value.title(), frozenset({role}), PASSWORD)
            answer = create_person(uow, command, actor=people["nora"], now=context.wall.now(), ids=context.ids)
            assert isinstance(answer, Person)
            made[role] = answer
        uow.commit()
    return made


@pytest.fixture
def web(context: WebContext) -> Flask:
    return create_app(with_builders_keys(context))


@pytest.fixture
def sending(units: Units, clock: FixedClock, ids: CountingIds, people: dict[str, Actor]) -> Sending:
    """One lead, two steps; her first message is planned."""
    return make_sending(units, clock, ids, steps=2)


@pytest.fixture
def max_browser(signed_in_as: Enter) -> FlaskClient:
    return signed_in_as(Role.CAMPAIGN_MANAGER)


@pytest.fixture
def cleo_browser(signed_in_as: Enter) -> FlaskClient:
    return signed_in_as(Role.CRM_ADMIN)


@pytest.fixture
def cora_browser(signed_in_as: Enter) -> FlaskClient:
    return signed_in_as(Role.COMPLIANCE)
