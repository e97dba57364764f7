"""What a command works with, and who acts through it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from sqlalchemy import Connection

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.model import Actor, Confirm, Permission, SessionKind, SignIn
from app.audit.checkpoints import LogIdentity
from app.audit.operations import open_units
from app.cli.options import remembered
from app.cli.output import Output
from app.consent.vault import Vault
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import BadInput, NotPermitted
from app.kernel.finding import Refusal
from app.kernel.ids import SystemIds, SystemTokens
from app.settings import CliSettings, environment
from app.storage.demo_clock import process_clock
from app.storage.engine import open_engine
from app.storage.keys import ADDRESS_KEY, LOG_KEY, KeyFiles
from app.storage.unit_of_work import UnitOfWork, Units

P = ParamSpec("P")
T = TypeVar("T")
_KEY = "placet.context"
_SQLITE = "sqlite:///"


@dataclass
class CliContext:
    """Built once per command from its options; everything costly is made on first use."""

    click_context: click.Context
    output: Output
    data: Path | None = None
    acting_as: str | None = None
    password_file: Path | None = None
    ids: SystemIds = field(default_factory=SystemIds)
    tokens: SystemTokens = field(default_factory=SystemTokens)

    @cached_property
    def settings(self) -> CliSettings:
        """Settings of this command."""
        return CliSettings.from_mapping(environment(), data_dir=self.data)

    @cached_property
    def units(self) -> Units:
        """Units of work on the database of the data directory. Raises ``BadInput`` when there is none."""
        url = self.settings.database_url
        path = Path(url.removeprefix(_SQLITE))
        if url.startswith(_SQLITE) and not path.exists():
            message = (
                "There is no Placet database here. Run `placet init` or `placet demo` first, or name one with --data."
            )
            raise BadInput(message, source=str(path))
        engine = open_engine(url)
        self.click_context.call_on_close(engine.dispose)
        return open_units(engine)

    @cached_property
    def clock(self) -> Clock:
        """The clock, shifted in a demonstration."""
        return process_clock(SystemClock(), self.settings.data_dir, is_demo=self.settings.is_demo)

    @property
    def now(self) -> datetime:
        """The present of this installation."""
        return self.clock.now()

    @cached_property
    def keys(self) -> KeyFiles:
        """Keys of the data directory."""
        return KeyFiles(self.settings.keys_dir, self.tokens)

    @cached_property
    def vault(self) -> Vault:
        """Opens personal data of leads."""
        return Vault(self.keys.secret(ADDRESS_KEY))

    @property
    def log(self) -> LogIdentity:
        """The log's name and key, from outside the database."""
        return LogIdentity(self.settings.log_name, (self.keys.signing_key(LOG_KEY).verify_key,))

    @cached_property
    def password(self) -> str:
        """The password of the person who acts: from a file, or asked for; never from the command line."""
        file = self.password_file
        known = self.settings.data_dir / "demo" / "password"
        if file is None and self.settings.is_demo and known.is_file():
            file = known
        if file is not None:
            return first_line(file)
        entered: str = click.prompt(f"Password of {self.acting_as}", hide_input=True, err=True)
        return entered

    @cached_property
    def actor(self) -> Actor:
        """The person named with ``--as``, who proved with her password that it is her. A refusal ends the command."""
        if not self.acting_as:
            raise BadInput("This needs a person. Name yourself with --as EMAIL.")
        command = SignIn(self.acting_as, self.password, SessionKind.CLI)
        units, key = self.units, self.keys.secret(ADDRESS_KEY)
        with units() as uow:
            result = accounts.sign_in(uow, command, now=self.now, ids=self.ids, tokens=self.tokens, address_key=key)
            uow.commit()
        if isinstance(result, Refusal):
            self.output.refused(result)
        token = result.token
        self.click_context.call_on_close(lambda: self._sign_out(token))
        return result.actor

    def _sign_out(self, token: str) -> None:
        with self.units() as uow:
            if accounts.sign_out(uow, token, now=self.now):
                uow.commit()

    def require(self, permission: Permission) -> Actor:
        """The acting person, when she may read what is asked for; raises ``NotPermitted``."""
        if not self.actor.may(permission):
            raise NotPermitted(permission.value)
        return self.actor

    def read(self, ask: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of one query."""
        with self.units.reading() as connection:
            return ask(connection, *args, **kwargs)

    def act(self, operation: Callable[[UnitOfWork], T | Refusal]) -> T:
        """Run one operation in a unit of its own and commit. A refusal commits nothing and ends the command."""
        with self.units() as uow:
            result = operation(uow)
            if not isinstance(result, Refusal):
                uow.commit()
        if isinstance(result, Refusal):
            self.output.refused(result)
        return result

    def confirm(self, act: str, digest: str, meaning: str) -> str:
        """Confirm the acting person's identity once more for one act; returns the id of the confirmation."""
        command = Confirm(self.password, act, digest, meaning)
        actor = self.actor
        with self.units() as uow:
            result = accounts.confirm_identity(uow, command, actor=actor, now=self.now, ids=self.ids)
            uow.commit()
        if isinstance(result, Refusal):
            self.output.refused(result)
        return result.id

    def names(self) -> dict[str, str]:
        """Printed names of people by id."""
        return self.read(people.names)


def first_line(file: Path) -> str:
    """A secret kept in a file: its text without the line end. Raises ``BadInput`` for a file that is not text."""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise BadInput("cannot be read as text. Check its path and rights.", source=str(file)) from None


def the_context(context: click.Context) -> CliContext:
    """What the command that runs works with."""
    if _KEY not in context.meta:
        given = dict(remembered(context))
        output = Output(bool(given.pop("as_json", False)))
        context.meta[_KEY] = CliContext(context.find_root(), output, **given)
    found: CliContext = context.meta[_KEY]
    return found


def with_context(command: Callable[Concatenate[CliContext, P], T]) -> Callable[P, T]:
    """Hand a command its context as first argument."""

    @wraps(command)
    def called(*args: Any, **kwargs: Any) -> T:
        return command(the_context(click.get_current_context()), *args, **kwargs)

    return called
