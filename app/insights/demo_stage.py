"""What the loader of the demonstration plays on: people, their passwords, and a time that passes from weeks ago to now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from app.accounts import operations as accounts
from app.accounts.model import Actor, Confirm, CreatePerson, Role, SessionKind, SignIn
from app.insights.labels import ROLES
from app.kernel.clock import Clock
from app.kernel.errors import BadInput, Untrustworthy
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource, TokenSource
from app.storage.keys import ADDRESS_KEY, KeyFiles
from app.storage.unit_of_work import UnitOfWork, Units

T = TypeVar("T")
CONTENT = Path(__file__).resolve().parents[2] / "content"
RULES = Path(__file__).resolve().parents[2] / "review_rules"
BEGAN = timedelta(days=45)
"""How long ago the demonstration organisation opened its first account."""
_PASSWORD_LENGTH = 20


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demonstration organisation; ``key`` is the start of her address."""

    key: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.key}@northgate.example.org"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return ROLES[self.role]


PEOPLE = (
    DemoPerson("ada", "Ada Brandt", Role.WRITER),
    DemoPerson("ben", "Ben Okafor", Role.WRITER),
    DemoPerson("mara", "Dr Mara Lindqvist", Role.MEDICAL),
    DemoPerson("lev", "Lev Aronson", Role.LEGAL),
    DemoPerson("cora", "Cora Whitfield", Role.COMPLIANCE),
    DemoPerson("max", "Max Ferreira", Role.CAMPAIGN_MANAGER),
    DemoPerson("cleo", "Cleo Haddad", Role.CRM_ADMIN),
    DemoPerson("sam", "Sam Novak", Role.SCHEDULER),
    DemoPerson("ari", "Ari Sandoval", Role.AUDITOR),
    DemoPerson("nora", "Nora Petrov", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where to load the demonstration: an empty, migrated database, its keys and its data directory."""

    units: Units
    clock: Clock
    ids: IdSource
    tokens: TokenSource
    keys: KeyFiles
    data_dir: Path


class Play:
    """People act one after another; ``at`` only moves forward and never past the clock."""

    def __init__(self, stage: Demonstration) -> None:
        self.stage = stage
        self.now = stage.clock.now()
        self.at = self.now - BEGAN
        self.password = stage.tokens.token()[:_PASSWORD_LENGTH]
        self.actors: dict[str, Actor] = {}
        self._sessions: list[str] = []

    def wait(self, **span: float) -> None:
        """Let time pass, as ``timedelta`` counts it; it stops at the present."""
        self.at = min(self.now, self.at + timedelta(**span))

    def until(self, instant: datetime) -> None:
        """Let time pass until ``instant``, when that is still ahead."""
        self.at = min(self.now, max(self.at, instant))

    def act(self, operation: Callable[[UnitOfWork], T | Refusal]) -> T:
        """Run one operation and commit. The demonstration is written so that nothing is refused; a refusal is a fault."""
        with self.stage.units() as uow:
            result = operation(uow)
            if isinstance(result, Refusal):
                raise Untrustworthy(f"The demonstration was refused: {result.code} {dict(result.facts)}.")
            uow.commit()
        self.wait(minutes=2)
        return result

    def confirmed(self, who: str, act: str, digest: str, meaning: str) -> str:
        """The id of a confirmation of identity."""
        command = Confirm(self.password, act, digest, meaning)
        return self.act(
            lambda uow: accounts.confirm_identity(uow, command, actor=self.actors[who], now=self.at, ids=self.stage.ids)
        ).id

    def open_accounts(self) -> None:
        """The administrator first, then everybody else; each signs in for the scenes to come.

        Raises ``BadInput`` when there are people already: the demonstration never mixes with anybody's own data.
        """
        ids = self.stage.ids
        nora = next(person for person in PEOPLE if person.role is Role.ADMINISTRATOR)
        with self.stage.units() as uow:
            first = accounts.create_first_person(uow, self._account(nora), now=self.at, ids=ids)
            if isinstance(first, Refusal):
                message = "There are people here already. Load the demonstration into an empty data directory."
                raise BadInput(message, source=str(self.stage.data_dir))
            uow.commit()
        self._sign_in(nora)
        for person in PEOPLE:
            if person is not nora:
                self._open_account(person)
                self._sign_in(person)

    def _open_account(self, person: DemoPerson) -> None:
        account, nora, ids = self._account(person), self.actors["nora"], self.stage.ids
        self.act(lambda uow: accounts.create_person(uow, account, actor=nora, now=self.at, ids=ids))

    def _account(self, person: DemoPerson) -> CreatePerson:
        return CreatePerson(person.email, person.name, frozenset({person.role}), self.password)

    def _sign_in(self, person: DemoPerson) -> None:
        stage, command = self.stage, SignIn(person.email, self.password, SessionKind.CLI)
        key = stage.keys.secret(ADDRESS_KEY)
        signed = self.act(
            lambda uow: accounts.sign_in(uow, command, now=self.at, ids=stage.ids, tokens=stage.tokens, address_key=key)
        )
        self.actors[person.key] = signed.actor
        self._sessions.append(signed.token)

    def leave(self) -> None:
        """Everybody signs out."""
        for token in self._sessions:
            self.act(lambda uow, token=token: accounts.sign_out(uow, token, now=self.at))  # type: ignore[misc]
