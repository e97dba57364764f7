"""What delivery asks of a way out: put a whole message on the wire, hold it, then write its dot or abandon it.

The order of a send is ``hold`` (everything except the end-of-message marker, "the dot"), the release decision, and only
then ``write_dot``. Every result says whether the dot was written: :class:`NotSent` means it certainly was not,
:class:`Uncertain` that it was, or may have been, and nobody answered (RFC 1047 explains why that gap cannot be closed).
Pure: values and protocols only, no input or output.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from app.kernel.errors import BadInput

MAX_LINE = 998
"""Octets in a line of a message without its CRLF; RFC 5322 section 2.1.1."""

MAX_ADDRESS = 254
"""Characters in a mailbox that fits in an RFC 5321 path (section 4.5.3.1.3, angle brackets counted)."""

_BREAKS_OUT = re.compile(r"[\s<>]")

NotSentKind = Literal["transient", "permanent", "unreachable"]


class Phase(StrEnum):
    """How far a message got, in order. Up to and including ``HELD`` the dot was not written."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    """The TLS handshake, whether asked for with STARTTLS or implicit."""
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    HELD = "held"
    """The whole message is on the wire; the dot is not."""
    DOT = "dot"
    """The dot is being written: some of it may have left."""
    REPLY = "reply"
    """The dot was written; the answer is awaited, or was read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient.

    ``sender`` is the return path, empty for the null path. ``message`` has CRLF line ends, ends with CRLF and is not
    dot-stuffed. Raises ``BadInput`` for anything a server could read as two messages (bare CR or LF, NUL), for lines
    over 998 octets, and for addresses that could break out of their command. The fields stay out of ``repr`` because
    they are personal data.
    """

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.sender:
            _check_address("sender", self.sender)
        _check_address("recipient", self.recipient)
        _check_message(self.message)


def _check_address(role: str, address: str) -> None:
    if len(address) > MAX_ADDRESS:
        raise BadInput(f"The {role} address is longer than {MAX_ADDRESS} characters; shorten it.")
    if not address.isprintable() or _BREAKS_OUT.search(address):
        raise BadInput(f"The {role} address holds a space, an angle bracket or a control character; remove it.")
    local, _, domain = address.partition("@")
    if not local or not domain or "@" in domain:
        raise BadInput(f"The {role} address is not of the form name@domain; correct it.")


def _check_message(message: bytes) -> None:
    if not message.endswith(b"\r\n"):
        raise BadInput("The message does not end with CRLF; end its last line.")
    if b"\x00" in message:
        raise BadInput("The message holds a NUL octet; encode that part as base64.")
    lines = message.split(b"\r\n")
    if not message.count(b"\r") == message.count(b"\n") == len(lines) - 1:
        raise BadInput("The message holds a CR or LF that stands alone; end every line with CRLF.")
    if max(map(len, lines)) > MAX_LINE:
        raise BadInput(f"The message holds a line over {MAX_LINE} octets; fold it or use quoted-printable.")


@dataclass(frozen=True, slots=True)
class NotSent:
    """Definite: the dot was never written, so the message did not leave.

    ``kind``: ``permanent`` when the server (or we, for it) refused this message for good; ``transient`` when it was
    refused for now or the connection failed under it; ``unreachable`` when no usable session could be had at all
    (connection, greeting, TLS, sign-in), which says nothing about this message. ``code`` is the server's, if it spoke.
    ``reply`` may quote an address: store it, never log it.
    """

    phase: Phase
    kind: NotSentKind
    code: int | None
    reply: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the message; ``queue_id`` is its own name for it, empty when it gave none."""

    code: int
    reply: str
    queue_id: str


@dataclass(frozen=True, slots=True)
class RejectedAfterDot:
    """Definite: the server read the whole message and refused it; ``transient`` when it may be offered again."""

    code: int
    reply: str
    transient: bool


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The dot was written, or may have been, and no answer that is surely ours was read. Never sent again by itself."""

    phase: Phase
    detail: str


FinishResult = Accepted | RejectedAfterDot | Uncertain | NotSent
"""Every end of a held message. ``NotSent`` only when the connection proved dead before the first octet of the dot."""


class HeldMessage(Protocol):
    """A message on the wire without its dot: finished (``write_dot``, then ``await_reply``) or abandoned, once.

    The two are apart so that a batch writes all its dots before it waits for the first answer.
    """

    @property
    def phase(self) -> Phase:
        """How far this message got; beyond ``HELD`` the dot may have been written."""
        ...

    def write_dot(self) -> NotSent | Uncertain | None:
        """Write the dot; None when it is written and the answer is to be awaited, anything else is the end.

        Raises ``StaleState`` the second time, and after ``abandon``.
        """
        ...

    def await_reply(self) -> Accepted | RejectedAfterDot | Uncertain:
        """Wait for the answer to the dot. Raises ``StaleState`` unless ``write_dot`` returned None just before."""
        ...

    def abandon(self) -> None:
        """Let go; without its dot the server discards the message. Does nothing when it is over."""
        ...


class Transport(Protocol):
    """A way out. Not for use by several threads at once."""

    def hold(self, envelope: Envelope) -> HeldMessage | NotSent:
        """Put the message on the wire up to, not including, the dot."""
        ...

    def close(self) -> None:
        """Let go of every connection; messages still held are abandoned."""
        ...
