"""Envelopes and impatient settings for the tests of the transports."""

from typing import Any

from app.delivery.transport import Envelope
from app.transports.smtp import SmtpSettings, SmtpTransport
from tests.chaos.smtp import ChaosSmtp


def letter(number: int = 0, body: bytes = b"One moment a day.\r\n") -> Envelope:
    """A message to Rita; the number tells one from another."""
    head = b"From: max@placet.example\r\nTo: rita%d@clinic.example\r\nMessage-ID: <m%d@placet.example>\r\n\r\n"
    return Envelope("max@placet.example", f"rita{number}@clinic.example", head % (number, number) + body)


def impatient(port: int, **changes: Any) -> SmtpSettings:
    """Settings for a server on this machine that gives up after two seconds: soon, and yet not before a busy machine has answered."""
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "connect_timeout": 5.0,
        "command_timeout": 2.0,
        "reply_timeout": 2.0,
    }
    return SmtpSettings(**(values | changes))


def way_out(server: ChaosSmtp, connections: int = 1, **changes: Any) -> SmtpTransport:
    """A transport to a chaos server."""
    return SmtpTransport(impatient(server.port, **changes), connections)
