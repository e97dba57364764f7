"""People who can sign in, made through operations."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from app.accounts import operations, queries
from app.accounts.model import Actor, CreatePerson, Person, Role, SessionKind, SignedIn, SignIn
from app.kernel.finding import Refusal
from app.storage.unit_of_work import Units
from tests.fakes import CountingIds, CountingTokens

PASSWORD = "a long enough secret"
ADDRESS_KEY = b"a" * 32


@dataclass
class House:
    """Shortcuts that read as sentences; each is one committed unit of work."""

    units: Units
    ids: CountingIds
    tokens: CountingTokens
    nora: Person

    @property
    def admin(self) -> Actor:
        return Actor(self.nora.id, self.nora.name, self.nora.roles)

    def hires(self, name: str, *roles: Role, now: datetime) -> Person:
        command = CreatePerson(f"{name}@clinic.example", name.title(), frozenset(roles), PASSWORD)
        with self.units() as uow:
            made = operations.create_person(uow, command, actor=self.admin, now=now, ids=self.ids)
            uow.commit()
        assert isinstance(made, Person)
        return made

    def sign_in(self, email: str, password: str, *, now: datetime) -> SignedIn | Refusal:
        with self.units() as uow:
            outcome = operations.sign_in(
                uow,
                SignIn(email, password, SessionKind.WEB),
                now=now,
                ids=self.ids,
                tokens=self.tokens,
                address_key=ADDRESS_KEY,
            )
            uow.commit()
        return outcome

    def signed_in(self, name: str, *, now: datetime) -> SignedIn:
        outcome = self.sign_in(f"{name}@clinic.example", PASSWORD, now=now)
        assert isinstance(outcome, SignedIn)
        return outcome

    def holder(self, token: str, now: datetime) -> Actor | None:
        with self.units.reading() as connection:
            return queries.session_actor(connection, token, now)


@pytest.fixture
def house(units: Units, ids: CountingIds, tokens: CountingTokens, now: datetime) -> House:
    """A database with Nora, its first administrator."""
    command = CreatePerson("nora@clinic.example", "Nora", frozenset({Role.ADMINISTRATOR}), PASSWORD)
    with units() as uow:
        nora = operations.create_first_person(uow, command, now=now, ids=ids)
        uow.commit()
    assert isinstance(nora, Person)
    return House(units, ids, tokens, nora)
