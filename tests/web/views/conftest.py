"""A clinic at work in its browser."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.accounts.model import Actor, Person, PersonState, Role
from app.accounts.passwords import hash_password
from app.accounts.tables import PersonRoleRow, PersonRow
from app.authoring.operations import ImportSenders, import_senders
from app.storage.rows import insert_rows
from app.storage.unit_of_work import AuditNote
from app.web.application import create_app
from app.web.context import WebContext
from tests.builders.clinic import PACK, POLICIES, RULE, SENDERS, Clinic
from tests.web.conftest import PASSWORD, token_of


@cache
def _hashed() -> str:
    """Once for all: a password hash takes long on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def staff(context: WebContext) -> dict[Role, Person]:
    """One person per role, saved with the password of tests."""
    made = {
        r: Person(r.value, f"{r.value}@clinic.example", r.value.title(), PersonState.ACTIVE, frozenset({r}))
        for r in Role
    }
    now = context.wall.now()
    rows = [
        {
            "id": p.id,
            "email": p.email,
            "name": p.name,
            "password_hash": _hashed(),
            "state": p.state.value,
            "created_at": now,
        }
        for p in made.values()
    ]
    roles = [{"person_id": p.id, "role": r.value, "granted_by": "setup", "granted_at": now} for r, p in made.items()]
    with context.units() as uow:
        insert_rows(uow, PersonRow, rows)
        insert_rows(uow, PersonRoleRow, roles)
        uow.note(AuditNote("accounts.people.added", "people", "setup", "setup", now))
        uow.commit()
    return made


@pytest.fixture
def clinic(context: WebContext, staff: dict[Role, Person], tmp_path: Path) -> Clinic:
    """The clinic with its own rules and its sender; nothing written yet."""
    rules = tmp_path / "rules"
    (rules / "house").mkdir(parents=True)
    (rules / "house" / "pack.yml").write_text(PACK)
    (rules / "house" / "no-cure.yml").write_text(RULE)
    (rules / "approval_policies.yml").write_text(POLICIES)
    context = replace(context, rules=rules)
    first = staff[Role.ADMINISTRATOR]
    with context.units() as uow:
        actor = Actor(first.id, first.name, first.roles)
        import_senders(uow, ImportSenders(SENDERS, "senders.yml"), actor=actor, now=context.clock.now())
        uow.commit()
    return Clinic(context, _desks(context, staff), staff)


def _desks(context: WebContext, staff: dict[Role, Person]) -> Callable[[Role], FlaskClient]:
    web, desks = create_app(context), dict[Role, FlaskClient]()

    def enter(role: Role) -> FlaskClient:
        if role not in desks:
            client = web.test_client()
            form = {
                "email": staff[role].email,
                "password": PASSWORD,
                "csrf_token": token_of(client.get("/sign-in").text),
            }
            assert client.post("/sign-in", data=form).status_code == 303
            desks[role] = client
        return desks[role]

    return enter
