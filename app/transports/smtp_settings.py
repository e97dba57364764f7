"""How to reach one SMTP server."""

from dataclasses import dataclass, field
from typing import Literal

from app.kernel.errors import BadInput

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """One server. Timeouts in seconds: RFC 5321 section 4.5.3.2 asks for minutes, and ten of them after the dot,
    because a client that gives up early makes duplicates.

    ``security``: ``starttls`` and ``tls`` never fall back to plain text. ``ca_file`` (PEM) replaces the system's trust
    store. Credentials travel only over TLS or to this machine itself. Raises ``BadInput``.
    """

    host: str
    port: int
    security: Security = "starttls"
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    helo_name: str = "localhost"
    connect_timeout: float = 30.0
    command_timeout: float = 120.0
    reply_timeout: float = 600.0
    pipelining: bool = True
    verify_certificate: bool = True
    ca_file: str = ""

    def __post_init__(self) -> None:
        if self.security not in ("none", "starttls", "tls"):
            raise BadInput(f"SMTP security '{self.security}' is unknown; use none, starttls or tls.")
        if not self.helo_name.isascii() or not self.helo_name.isprintable() or " " in self.helo_name:
            raise BadInput("The SMTP host name to greet with is not a host name; use plain letters, digits and dots.")
        if not self.helo_name:
            raise BadInput("The SMTP host name to greet with is empty; give this machine's name.")
        if "\x00" in self.username + self.password:
            raise BadInput("The SMTP user name or password holds a NUL; AUTH cannot carry it.")
        if bool(self.username) != bool(self.password):
            raise BadInput("SMTP sign-in needs both a user name and a password; give both or neither.")
        if min(self.connect_timeout, self.command_timeout, self.reply_timeout) <= 0:
            raise BadInput("SMTP timeouts are seconds above zero; raise the one that is not.")
