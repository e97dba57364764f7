from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts import operations, queries
from app.accounts.model import Actor, ChangeRoles, CreatePerson, Person, PersonState, Role
from app.audit.model import EventFilter
from app.audit.queries import events
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.storage.unit_of_work import Units
from tests.accounts.conftest import PASSWORD, House
from tests.fakes import CountingIds


def test_only_an_empty_database_gets_a_first_administrator(house: House, now: datetime) -> None:
    with house.units() as uow:
        command = CreatePerson("eve@clinic.example", "Eve", frozenset({Role.ADMINISTRATOR}), PASSWORD)
        outcome = operations.create_first_person(uow, command, now=now, ids=house.ids)
    assert outcome == Refusal("people_exist")


def test_the_first_person_administers(units: Units, ids: CountingIds, now: datetime) -> None:
    with units() as uow:
        command = CreatePerson("ada@clinic.example", "Ada", frozenset({Role.WRITER}), PASSWORD)
        assert operations.create_first_person(uow, command, now=now, ids=ids) == Refusal("first_person_administers")


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("NORA@Clinic.Example", PASSWORD, "email_taken"),
        ("ada@clinic.example", "short", "password_too_short"),
        ("ada.of.the.clinic@clinic.example", "ada.of.the.clinic", "password_is_email"),
    ],
)
def test_an_account_needs_an_address_of_its_own_and_a_long_password(
    house: House, email: str, password: str, code: str, now: datetime
) -> None:
    with house.units() as uow:
        command = CreatePerson(email, "Ada", frozenset({Role.WRITER}), password)
        outcome = operations.create_person(uow, command, actor=house.admin, now=now, ids=house.ids)
    assert isinstance(outcome, Refusal)
    assert outcome.code == code


def test_the_log_names_roles_and_never_an_address(house: House, now: datetime) -> None:
    ada = house.hires("ada", Role.WRITER, now=now)
    with house.units.reading() as connection:
        event = events(connection, EventFilter(subject_id=ada.id))[0]
        texts = connection.execute(text("SELECT leaf FROM audit_events")).scalars().all()
        assert queries.person_by_email(connection, " ADA@clinic.example") == ada
        assert queries.names(connection)[ada.id] == "Ada"
    assert (event.leaf.action, event.leaf.actor) == ("accounts.person.created", house.nora.id)
    assert event.leaf.data == {"roles": ["writer"]}
    assert not [leaf for leaf in texts if "clinic.example" in leaf]


def test_ada_manages_nobody(house: House, now: datetime) -> None:
    ada = house.hires("ada", Role.WRITER, now=now)
    actor = Actor(ada.id, ada.name, ada.roles)
    refused = Refusal("not_permitted", {"permission": "manage_people"})
    with house.units() as uow:
        command = CreatePerson("b@clinic.example", "B", frozenset(), PASSWORD)
        assert operations.create_person(uow, command, actor=actor, now=now, ids=house.ids) == refused
        change = ChangeRoles(ada.id, frozenset({Role.LEGAL}))
        assert operations.change_roles(uow, change, actor=actor, now=now) == refused
        assert operations.deactivate(uow, house.nora.id, actor=actor, now=now) == refused
        assert operations.reactivate(uow, house.nora.id, actor=actor, now=now) == refused
        assert operations.end_sessions(uow, house.nora.id, actor=actor, now=now) == refused


def test_changed_roles_are_granted_by_somebody_else_and_end_sessions(house: House, now: datetime) -> None:
    lev = house.hires("lev", Role.LEGAL, now=now)
    token = house.signed_in("lev", now=now).token
    with house.units() as uow:
        change = ChangeRoles(lev.id, frozenset({Role.LEGAL, Role.AUDITOR}))
        outcome = operations.change_roles(uow, change, actor=house.admin, now=now)
        uow.commit()
    assert isinstance(outcome, Person)
    assert outcome.roles == {Role.LEGAL, Role.AUDITOR}
    assert house.holder(token, now) is None
    with house.units.reading() as connection:
        event = events(connection, EventFilter(action_prefix="accounts.roles."))[0]
        assert queries.person(connection, lev.id) == outcome
    assert event.leaf.data == {"granted": ["auditor"], "withdrawn": [], "sessions_ended": 1}


def test_nora_grants_herself_nothing_and_stays_the_last_administrator(house: House, now: datetime) -> None:
    with house.units() as uow:
        for roles, code in (
            ({Role.ADMINISTRATOR, Role.MEDICAL}, "own_roles"),
            (set(), "last_administrator"),
            ({Role.ADMINISTRATOR}, "roles_unchanged"),
        ):
            change = ChangeRoles(house.nora.id, frozenset(roles))
            assert operations.change_roles(uow, change, actor=house.admin, now=now) == Refusal(code)
        outcome = operations.deactivate(uow, house.nora.id, actor=house.admin, now=now)
        assert outcome == Refusal("last_administrator")


def test_a_deactivated_person_is_out_at_once_and_comes_back_as_herself(house: House, now: datetime) -> None:
    ada = house.hires("ada", Role.WRITER, now=now)
    token = house.signed_in("ada", now=now).token
    with house.units() as uow:
        gone = operations.deactivate(uow, ada.id, actor=house.admin, now=now)
        uow.commit()
    assert isinstance(gone, Person)
    assert gone.state is PersonState.DEACTIVATED
    assert house.holder(token, now) is None
    assert house.sign_in("ada@clinic.example", PASSWORD, now=now) == Refusal("sign_in_failed")
    with house.units.reading() as connection:
        assert queries.actor(connection, ada.id) is None
    with house.units() as uow:
        again = operations.deactivate(uow, ada.id, actor=house.admin, now=now)
        assert isinstance(again, Refusal)
        assert again.code == "person_not_allowed"
        back = operations.reactivate(uow, ada.id, actor=house.admin, now=now)
        uow.commit()
    assert back == ada
    assert house.signed_in("ada", now=now).actor.person_id == ada.id
    assert house.holder(token, now) is None


def test_an_unknown_person_is_not_found(house: House, now: datetime) -> None:
    with house.units() as uow, pytest.raises(NotFound):
        operations.deactivate(uow, "nobody", actor=house.admin, now=now)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM people",
        "UPDATE people SET id = 'other' WHERE name = 'Ada'",
        "UPDATE people SET created_at = '2020-01-01T00:00:00.000000Z'",
        "UPDATE people SET state = 'ghost'",
        "INSERT INTO person_roles (person_id, role, granted_by, granted_at) SELECT id, 'legal', id, created_at FROM people",
        "UPDATE person_roles SET role = 'legal' WHERE role = 'writer'",
        (
            "INSERT INTO sessions (id, person_id, kind, created_at, seen_at) "
            "SELECT 's', id, 'web', created_at, created_at FROM people WHERE state = 'deactivated'"
        ),
        "UPDATE sessions SET ended_at = NULL WHERE ended_at IS NOT NULL",
        "UPDATE sessions SET person_id = (SELECT id FROM people WHERE name = 'Nora')",
    ],
)
def test_the_database_refuses_it_too(house: House, statement: str, now: datetime, tmp_path: Path) -> None:
    house.hires("ada", Role.WRITER, now=now)
    zoe = house.hires("zoe", now=now)
    house.signed_in("ada", now=now)
    house.signed_in("zoe", now=now)
    with house.units() as uow:
        operations.deactivate(uow, zoe.id, actor=house.admin, now=now)
        uow.commit()
    with house.units() as uow, pytest.raises(DBAPIError):
        uow.connection.execute(text(statement))
