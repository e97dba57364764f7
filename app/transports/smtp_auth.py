"""Signing in: AUTH PLAIN (RFC 4616) and AUTH LOGIN, and the rule when credentials may travel at all."""

import base64
from typing import Protocol

from app.transports.smtp_reply import Code, Reply
from app.transports.smtp_settings import SmtpSettings
from app.transports.smtp_wire import is_loopback

_MAX_COMMAND = 510
"""Octets of a command without CRLF, RFC 5321 section 4.5.3.1.4."""


class Dialogue(Protocol):
    """Something that answers commands: the wire, or a test's script."""

    encrypted: bool
    peer: str

    def ask(self, command: bytes, timeout: float) -> Reply: ...


def sign_in(dialogue: Dialogue, settings: SmtpSettings, mechanisms: frozenset[str]) -> Reply | str:
    """Sign in with the first mechanism both sides know. The server's last word (235 is success), or why we did not ask.

    Raises ``WireLost``. Nothing is sent when the connection is neither encrypted nor to this machine itself.
    """
    if not dialogue.encrypted and not is_loopback(dialogue.peer):
        return "sign-in needs TLS; set the security to starttls or tls"
    if "PLAIN" in mechanisms:
        return _plain(dialogue, settings)
    if "LOGIN" in mechanisms:
        return _login(dialogue, settings)
    return "the server offers neither AUTH PLAIN nor AUTH LOGIN"


def _encoded(text: str) -> bytes:
    return base64.b64encode(text.encode("utf-8"))


def _plain(dialogue: Dialogue, settings: SmtpSettings) -> Reply:
    secret = _encoded(f"\x00{settings.username}\x00{settings.password}")
    command = b"AUTH PLAIN " + secret
    if len(command) <= _MAX_COMMAND:
        return dialogue.ask(command + b"\r\n", settings.command_timeout)
    reply = dialogue.ask(b"AUTH PLAIN\r\n", settings.command_timeout)
    return dialogue.ask(secret + b"\r\n", settings.command_timeout) if reply.code == Code.SAY_MORE else reply


def _login(dialogue: Dialogue, settings: SmtpSettings) -> Reply:
    reply = dialogue.ask(b"AUTH LOGIN\r\n", settings.command_timeout)
    for secret in (settings.username, settings.password):
        if reply.code != Code.SAY_MORE:
            return reply
        reply = dialogue.ask(_encoded(secret) + b"\r\n", settings.command_timeout)
    return reply
