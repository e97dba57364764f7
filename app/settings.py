"""What a process is told from outside: one frozen dataclass per kind of process, built once from a mapping.

The only reader of the environment. Mail secrets belong to the worker alone: settings of the web process refuse to be made
when one of them is in sight (one of the four locks on sending).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from app.kernel.errors import BadInput

MAIL_SECRETS = ("PLACET_SMTP_PASSWORD", "PLACET_SMTP_PASSWORD_FILE", "PLACET_DKIM_KEY_FILE")
"""Names that only the worker may see. Whoever starts a web process strips them first: :func:`without_mail_secrets`."""

DEFAULT_DATA = Path("var")
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_LOG_NAME = "placet.localhost/log"
DEFAULT_SMTP_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_LAST_PORT = 65_535
_SHOWN_ABSENT = "''"


def environment() -> Mapping[str, str]:
    """The environment of this process, as it stands now."""
    return dict(os.environ)


def without_mail_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """A copy of ``env`` that a web process may have."""
    return {name: value for name, value in env.items() if name not in MAIL_SECRETS}


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


def _hide_password(url: str) -> str:
    """A database URL that may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}"))


class _Redacted:
    """A representation that names every field and shows no secret."""

    def __repr__(self) -> str:
        shown = []
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if item.metadata.get("secret"):
                text = "'***'" if value else _SHOWN_ABSENT
            elif item.name == "database_url":
                text = repr(_hide_password(value))
            else:
                text = repr(value)
            shown.append(f"{item.name}={text}")
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, repr=False)
class SmtpSettings(_Redacted):
    """The server that takes our mail. ``username`` empty means no authentication."""

    host: str
    port: int
    security: SmtpSecurity
    username: str = ""
    password: str = field(default="", metadata={"secret": True})


@dataclass(frozen=True, slots=True, repr=False)
class DkimSettings(_Redacted):
    """The key that signs our mail (RFC 6376)."""

    key_file: Path
    selector: str
    domain: str


@dataclass(frozen=True, slots=True, repr=False)
class _Shared(_Redacted):
    """What every process knows. ``public_url`` has no slash at its end.

    ``log_name`` is the origin line of checkpoints (C2SP tlog-checkpoint); once one is signed it must stay.
    """

    data_dir: Path
    database_url: str
    host: str
    port: int
    public_url: str
    log_name: str

    @property
    def keys_dir(self) -> Path:
        """Where the signing keys of this installation lie."""
        return self.data_dir / "keys"

    @property
    def demo_marker(self) -> Path:
        """Exists only in a data directory that holds the demonstration."""
        return self.data_dir / "demo.json"

    @property
    def is_demo(self) -> bool:
        """Whether the data directory holds the demonstration."""
        return self.demo_marker.is_file()


@dataclass(frozen=True, slots=True, repr=False)
class WebSettings(_Shared):
    """Of a process that answers browsers."""

    @classmethod
    def from_mapping(cls, env: Mapping[str, str], *, data_dir: Path | None = None) -> Self:
        """Read ``env``; ``data_dir`` given wins. Raises ``BadInput`` for what cannot be used, mail secrets included."""
        present = [name for name in MAIL_SECRETS if env.get(name)]
        if present:
            raise BadInput(
                f"The web process must not know mail secrets, and {', '.join(present)} is set. Set it for the worker only.",
                source="environment",
            )
        return cls(*_shared(env, data_dir))


@dataclass(frozen=True, slots=True, repr=False)
class CliSettings(_Shared):
    """Of a command. Knows no mail secret, and does not look for one."""

    @classmethod
    def from_mapping(cls, env: Mapping[str, str], *, data_dir: Path | None = None) -> Self:
        """Read ``env``; ``data_dir`` given wins. Raises ``BadInput`` for what cannot be used."""
        return cls(*_shared(env, data_dir))


@dataclass(frozen=True, slots=True, repr=False)
class WorkerSettings(_Shared):
    """Of the process that sends. ``smtp`` is None when no server was named; ``dkim`` when no key was.

    ``fault`` names a point at which a fault test ends the process; empty in duty.
    """

    smtp: SmtpSettings | None = None
    dkim: DkimSettings | None = None
    fault: str = ""

    @classmethod
    def from_mapping(cls, env: Mapping[str, str], *, data_dir: Path | None = None) -> Self:
        """Read ``env``; ``data_dir`` given wins. Raises ``BadInput`` for what cannot be used."""
        return cls(*_shared(env, data_dir), smtp=_smtp(env), dkim=_dkim(env), fault=env.get("PLACET_FAULT", ""))


def _shared(env: Mapping[str, str], data_dir: Path | None) -> tuple[Path, str, str, int, str, str]:
    data = (data_dir or Path(env.get("PLACET_DATA") or DEFAULT_DATA)).absolute()
    database = env.get("PLACET_DATABASE_URL") or f"sqlite:///{data / 'placet.sqlite3'}"
    host = env.get("PLACET_HOST") or DEFAULT_HOST
    port = _port(env, "PLACET_PORT", DEFAULT_PORT)
    return data, database, host, port, _public_url(env, host, port), _log_name(env)


def _log_name(env: Mapping[str, str]) -> str:
    name = env.get("PLACET_LOG_NAME") or DEFAULT_LOG_NAME
    if not name.isascii() or not name.isprintable() or any(sign in name for sign in " +"):
        raise _bad("PLACET_LOG_NAME", "is no name of a log. Write it like placet.clinic.example/log.")
    return name


def _public_url(env: Mapping[str, str], host: str, port: int) -> str:
    url = env.get("PLACET_PUBLIC_URL")
    if not url:
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise _bad("PLACET_PUBLIC_URL", "is not a web address. Write it like https://placet.example.org.")
    return url.rstrip("/")


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LAST_PORT):
        raise _bad(name, f"is not a port. Give a number from 1 to {_LAST_PORT}.")
    return int(text)


def _smtp(env: Mapping[str, str]) -> SmtpSettings | None:
    host = env.get("PLACET_SMTP_HOST")
    if not host:
        return None
    word = env.get("PLACET_SMTP_SECURITY") or SmtpSecurity.STARTTLS.value
    if word not in DEFAULT_SMTP_PORTS:
        raise _bad("PLACET_SMTP_SECURITY", "is unknown. Use none, starttls or tls.")
    username, password = env.get("PLACET_SMTP_USERNAME", ""), _password(env)
    if bool(username) != bool(password):
        raise _bad("PLACET_SMTP_USERNAME", "and the SMTP password belong together. Set both, or neither.")
    port = _port(env, "PLACET_SMTP_PORT", DEFAULT_SMTP_PORTS[word])
    return SmtpSettings(host, port, SmtpSecurity(word), username, password)


def _password(env: Mapping[str, str]) -> str:
    named = env.get("PLACET_SMTP_PASSWORD_FILE")
    if not named:
        return env.get("PLACET_SMTP_PASSWORD", "")
    if env.get("PLACET_SMTP_PASSWORD"):
        raise _bad("PLACET_SMTP_PASSWORD_FILE", "and PLACET_SMTP_PASSWORD are both set. Keep one.")
    try:
        return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(
            "PLACET_SMTP_PASSWORD_FILE", "names a file that cannot be read. Check its path and rights."
        ) from error


def _dkim(env: Mapping[str, str]) -> DkimSettings | None:
    named = [env.get(f"PLACET_DKIM_{part}", "") for part in ("KEY_FILE", "SELECTOR", "DOMAIN")]
    if not any(named):
        return None
    key_file, selector, domain = named
    if not all(named):
        raise _bad(
            "PLACET_DKIM_KEY_FILE", "needs PLACET_DKIM_SELECTOR and PLACET_DKIM_DOMAIN beside it. Set all three."
        )
    if not Path(key_file).is_file():
        raise _bad("PLACET_DKIM_KEY_FILE", "names a file that is not there. Check the path.")
    return DkimSettings(Path(key_file), selector, domain)


def _bad(name: str, what: str) -> BadInput:
    return BadInput(f"{name} {what}", source="environment")
