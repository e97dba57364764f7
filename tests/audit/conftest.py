"""A small real database: people, roles, sign-ins, confirmations and checkpoints, all made through operations."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.accounts import operations as accounts
from app.accounts.model import (
    Actor,
    ChangeRoles,
    Confirm,
    CreatePerson,
    Person,
    Role,
    SessionKind,
    SignIn,
    StepUp,
    UseStepUp,
)
from app.audit.checkpoints import LogIdentity
from app.audit.model import VerifyReport
from app.audit.operations import sign_checkpoint, verify_all
from app.insights.schema import guards, metadata
from app.storage.keys import SigningKey
from app.storage.unit_of_work import UnitOfWork, Units
from tests.fakes import CountingIds, CountingTokens

ORIGIN = "placet.test/log"
KEY = SigningKey(b"\x01" * 32)
LOG = LogIdentity(ORIGIN, (KEY.verify_key,))
SECRET = "a long enough secret"
DIGEST = "d" * 64

Do = Callable[[Callable[[UnitOfWork], object]], object]


def audit(engine: Engine, **more: object) -> VerifyReport:
    """What `placet audit verify` does."""
    with engine.connect() as connection, connection.begin():
        return verify_all(connection, metadata().sorted_tables, LOG, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least work it allows: these tests are about the log."""
    from argon2 import PasswordHasher

    monkeypatch.setattr("app.accounts.passwords._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def lived_in(units: Units, ids: CountingIds, tokens: CountingTokens, now: datetime) -> Units:
    """A day at the clinic, with a checkpoint in the middle and one near the end."""
    moment = now

    def done(act: Callable[[UnitOfWork], object]) -> object:
        nonlocal moment
        moment += timedelta(seconds=1)
        with units() as uow:
            outcome = act(uow)
            uow.commit()
        return outcome

    first = CreatePerson("nora@clinic.example", "Nora", frozenset({Role.ADMINISTRATOR}), SECRET)
    nora = done(lambda uow: accounts.create_first_person(uow, first, now=moment, ids=ids))
    assert isinstance(nora, Person)
    admin = Actor(nora.id, nora.name, nora.roles)
    for name, role in (("ada", Role.WRITER), ("mara", Role.MEDICAL), ("otto", Role.AUDITOR)):
        command = CreatePerson(f"{name}@clinic.example", name.title(), frozenset({role}), SECRET)
        hired = done(lambda uow, c=command: accounts.create_person(uow, c, actor=admin, now=moment, ids=ids))
        assert isinstance(hired, Person)
    otto = hired.id
    assert sign_checkpoint(units, KEY, ORIGIN, now=moment)
    done(lambda uow: accounts.change_roles(uow, ChangeRoles(otto, frozenset({Role.LEGAL})), actor=admin, now=moment))
    for secret in ("wrong wrong wrong", SECRET):
        attempt = SignIn("mara@clinic.example", secret, SessionKind.WEB)
        done(lambda uow, a=attempt: accounts.sign_in(uow, a, now=moment, ids=ids, tokens=tokens, address_key=b"k" * 32))
    confirm = Confirm(SECRET, "people.change", DIGEST, "approved")
    made = [done(lambda uow: accounts.confirm_identity(uow, confirm, actor=admin, now=moment, ids=ids)) for _ in "ab"]
    assert isinstance(made[0], StepUp)
    use = UseStepUp(made[0].id, "people.change", DIGEST, "approved")
    done(lambda uow: accounts.use_step_up(uow, use, actor=admin, now=moment))
    done(lambda uow: accounts.deactivate(uow, otto, actor=admin, now=moment))
    assert sign_checkpoint(units, KEY, ORIGIN, now=moment)
    done(lambda uow: accounts.reactivate(uow, otto, actor=admin, now=moment))
    return units


def drop_all_guards(engine: Engine) -> None:
    """What somebody with the database password does first."""
    from app.storage.guards import drop_guards

    with engine.begin() as connection:
        drop_guards(connection, guards())
