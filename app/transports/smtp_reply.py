"""SMTP replies as values: strict about form, bounded in size (RFC 5321 section 4.2)."""

import re
from dataclasses import dataclass
from enum import IntEnum

MAX_REPLY_LINE = 4096
"""Octets with CRLF. RFC 5321 allows 512; servers that quote long policy texts exceed it."""
MAX_REPLY_LINES = 100
_STORED = 500
"""Characters of a reply worth keeping in a record."""

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n\x00]*))?\r\n")
_BEGINNING = re.compile(rb"(?:[2-5](?:[0-9](?:[0-9](?:\r|[ -][^\r\n\x00]*\r?)?)?)?)?")
_QUEUE_ID = re.compile(r"(?:queued as |queued with id |\bid[=: ])<?([A-Za-z0-9._-]{1,100})", re.IGNORECASE)

_POSITIVE = range(200, 300)
_TRANSIENT = range(400, 500)
_PERMANENT = range(500, 600)


class Code(IntEnum):
    """The replies whose exact number matters; for all others the first digit decides (RFC 5321 section 4.2)."""

    READY = 220
    SIGNED_IN = 235
    DONE = 250
    SAY_MORE = 334
    START_MAIL = 354
    UNAVAILABLE = 421
    """Service closing: a server may say this in place of any reply, and unasked (RFC 5321 section 3.8)."""
    UNKNOWN_COMMAND = 500
    NOT_IMPLEMENTED = 502


class Garbled(Exception):
    """What the server sent is not an SMTP reply."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete reply. ``lines`` are the texts after the code, as sent."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """One printable line, shortened for storage; may quote an address."""
        raw = b" ".join(self.lines).decode("ascii", "backslashreplace")
        return (raw if raw.isprintable() else "".join(c if c.isprintable() else "?" for c in raw))[:_STORED]

    @property
    def queue_id(self) -> str:
        """The server's name for the message it took, empty when it gave none."""
        found = _QUEUE_ID.search(self.text)
        return found[1] if found else ""

    @property
    def positive(self) -> bool:
        return self.code in _POSITIVE

    @property
    def transient(self) -> bool:
        return self.code in _TRANSIENT

    @property
    def permanent(self) -> bool:
        return self.code in _PERMANENT


def parse_reply(buffer: bytes | bytearray) -> tuple[Reply, int] | None:
    """The first reply in ``buffer`` and how many octets it took; ``None`` while it is incomplete.

    Raises :class:`Garbled` as soon as the octets cannot become a reply, without waiting for more.
    """
    position = 0
    code = 0
    lines: list[bytes] = []
    while True:
        match = _LINE.match(buffer, position)
        if match is None:
            _refuse_hopeless(bytes(buffer[position : position + MAX_REPLY_LINE + 1]))
            return None
        position = match.end()
        if position - match.start() > MAX_REPLY_LINE or len(lines) == MAX_REPLY_LINES:
            raise Garbled("a reply that is too long")
        if lines and int(match[1]) != code:
            raise Garbled("a reply whose lines carry different codes")
        code = int(match[1])
        lines.append(bytes(match[3] or b""))
        if match[2] != b"-":
            return Reply(code, tuple(lines)), position


def _refuse_hopeless(rest: bytes) -> None:
    if len(rest) > MAX_REPLY_LINE:
        raise Garbled("a reply line that is too long")
    if _BEGINNING.fullmatch(rest) is None:
        raise Garbled("octets that are no SMTP reply")
