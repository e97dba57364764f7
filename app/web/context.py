"""What the web application needs from outside, in one frozen value."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import current_app

from app.audit.checkpoints import LogIdentity
from app.checks.linting import RULES
from app.consent.tokens import KeyRing, key_ring
from app.consent.vault import Vault
from app.kernel.clock import Clock
from app.kernel.ids import IdSource, TokenSource
from app.settings import WebSettings
from app.storage.keys import SigningKey, VerifyKey
from app.storage.unit_of_work import Units

EXTENSION = "placet"


@dataclass(frozen=True, slots=True)
class WebKeys:
    """Secrets of the web process. It holds no mail secret: only the worker does. The first of ``cookies`` signs; the
    others, older, are still read. ``addresses`` keys the digest under which failed sign-ins are counted.
    """

    organisation: SigningKey
    unsubscribe: bytes
    addresses: bytes
    cookies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody the demo bar can switch to. ``role`` is in words."""

    id: str
    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoContext:
    """Only in demo data directories: whom the bar offers, and how to move the demonstration clock.

    ``password`` gives the known password of a demonstration person, so that switching is an ordinary sign-in.
    ``move_clock`` takes ``hour``, ``day`` or ``expiry``; the clock never goes back, because the log would not follow.
    """

    people: tuple[DemoPerson, ...]
    password: Callable[[str], str]
    move_clock: Callable[[str], None]
    inbox_count: Callable[[], int]


@dataclass(frozen=True, slots=True)
class WebContext:
    """``clock`` is the business clock, which a demo may move; ``wall`` never moves and times sessions and limits.

    ``organisation`` is the name pages carry; ``zone`` the IANA name of the zone in which they show instants. ``log_keys``
    are the public keys that sign checkpoints.
    """

    units: Units
    clock: Clock
    wall: Clock
    ids: IdSource
    tokens: TokenSource
    settings: WebSettings
    keys: WebKeys
    organisation: str
    zone: str = "UTC"
    rate_limits: bool = True
    rules: Path = RULES
    """Folder of the rule packs and approval policies in force."""
    demo: DemoContext | None = None
    log_keys: tuple[VerifyKey, ...] = ()

    @property
    def vault(self) -> Vault:
        """Opens personal data of leads."""
        return Vault(self.keys.addresses)

    @property
    def ring(self) -> KeyRing:
        """Reads unsubscribe tokens."""
        return key_ring(self.keys.unsubscribe)

    @property
    def log(self) -> LogIdentity:
        """The log's name and keys, from outside the database."""
        return LogIdentity(self.settings.log_name, self.log_keys)

    @property
    def secure(self) -> bool:
        """Whether people reach the application over https."""
        return self.settings.public_url.startswith("https://")


def the_context() -> WebContext:
    """The context of the application that serves this request."""
    return cast(WebContext, current_app.extensions[EXTENSION])
