"""SMTP with the dot held back: many messages on the wire at once, each of them on a connection of its own.

The client is phase-aware: a :class:`SmtpHeldMessage` always knows whether its dot was, or may have been, written. A
connection carries one message after another, and is closed for good after anything unexpected, so that no reply can be
taken for the answer to another message. Not thread-safe: use a transport, and what it holds, from one thread at a time.
"""

from app.delivery.transport import Accepted, Envelope, FinishResult, NotSent, Phase, RejectedAfterDot, Uncertain
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import BadInput, StaleState
from app.transports.smtp_reply import Code, Garbled, Reply, parse_reply
from app.transports.smtp_session import Parcel, SmtpSession, pack
from app.transports.smtp_settings import Security, SmtpSettings
from app.transports.smtp_wire import WireLost

__all__ = ["Security", "SmtpHeldMessage", "SmtpSettings", "SmtpTransport"]

_DOT = b".\r\n"
"""The body already ends with CRLF, so this completes the end-of-message marker."""


class SmtpTransport:
    """A pool of at most ``max_connections`` connections to one server; each held message occupies one."""

    def __init__(self, settings: SmtpSettings, max_connections: int = 1, *, clock: Clock | None = None) -> None:
        if max_connections < 1:
            raise BadInput("An SMTP transport needs at least one connection; raise the number.")
        self._settings = settings
        self._limit = max_connections
        self._clock = clock or SystemClock()
        self._idle: list[SmtpSession] = []
        self._held: set[SmtpHeldMessage] = set()

    def hold(self, envelope: Envelope) -> "SmtpHeldMessage | NotSent":
        """Put the message on the wire without its dot; reuses an idle connection that is silent and open.

        With every connection occupied the answer is ``NotSent`` of kind ``unreachable``: finish or abandon one first.
        """
        parcel = pack(envelope)
        if isinstance(parcel, NotSent):
            return parcel
        if len(self._held) >= self._limit:
            return NotSent(Phase.CONNECT, "unreachable", None, f"all {self._limit} connections hold a message")
        session = self._loaded(parcel)
        if isinstance(session, NotSent):
            return session
        held = SmtpHeldMessage(self, session, self._settings)
        self._held.add(held)
        return held

    def close(self) -> None:
        """Abandon what is held and say goodbye on the idle connections."""
        for held in list(self._held):
            held.abandon()
        while self._idle:
            self._idle.pop().quit()

    def _loaded(self, parcel: Parcel) -> SmtpSession | NotSent:
        session = self._reusable()
        if session is not None:
            refused = session.load(parcel)
            if refused is None:
                return session
            self._put_back(session)
            if not _went_stale(session, refused):
                return refused
        session = SmtpSession(self._settings, self._clock)
        refused = session.open() or session.load(parcel)
        if refused is None:
            return session
        self._put_back(session)
        return refused

    def _reusable(self) -> SmtpSession | None:
        while self._idle:
            session = self._idle.pop()
            try:
                session.require_quiet()
            except WireLost:
                session.close()
            else:
                return session
        return None

    def _put_back(self, session: SmtpSession) -> None:
        if session.usable:
            self._idle.append(session)

    def settled(self, held: "SmtpHeldMessage", session: SmtpSession) -> None:
        """Called by a held message when it is over; its connection is idle again if it survived."""
        self._held.discard(held)
        self._put_back(session)


def _went_stale(session: SmtpSession, refused: NotSent) -> bool:
    """Whether an idle connection died under the first command, which says nothing about the message."""
    return not session.usable and refused.phase is Phase.MAIL and refused.code in (None, Code.UNAVAILABLE)


class SmtpHeldMessage:
    """A message whose every octet but the dot is on the wire."""

    def __init__(self, transport: SmtpTransport, session: SmtpSession, settings: SmtpSettings) -> None:
        self._transport = transport
        self._session = session
        self._settings = settings
        self._phase = Phase.HELD
        self._over = False

    @property
    def phase(self) -> Phase:
        """``HELD`` until the first octet of the dot may have left."""
        return self._phase

    def write_dot(self) -> NotSent | Uncertain | None:
        """Write the dot. ``NotSent`` only if the connection proved dead before it."""
        if self._over or self._phase is not Phase.HELD:
            raise StaleState("This message was finished or abandoned before.")
        written = False
        try:
            ended = self._write_dot()
            written = ended is None
            return ended
        finally:
            # Also when interrupted: a connection that may owe a reply must never carry another message.
            if not written:
                self._settle(keep=False)

    def await_reply(self) -> Accepted | RejectedAfterDot | Uncertain:
        """Wait for the answer to the dot."""
        if self._over or self._phase is not Phase.REPLY:
            raise StaleState("The answer to this message is not awaited: its dot was not written, or it is settled.")
        clean = False
        try:
            result = self._read_reply()
            clean = not isinstance(result, Uncertain) and not self._session.wire.trailing()
            return result
        finally:
            self._settle(keep=clean)

    def finish(self) -> FinishResult:
        """Write the dot and wait for the answer."""
        return self.write_dot() or self.await_reply()

    def abandon(self) -> None:
        """Close the connection. Before the dot the server discards the message; after it nothing is taken back."""
        if not self._over:
            self._settle(keep=False)

    def _settle(self, *, keep: bool) -> None:
        self._over = True
        if not keep:
            self._session.close()
        self._transport.settled(self, self._session)

    def _write_dot(self) -> NotSent | Uncertain | None:
        wire = self._session.wire
        try:
            wire.require_quiet()
        except WireLost as lost:
            return NotSent(Phase.HELD, "transient", lost.code, lost.detail)
        self._phase = Phase.DOT
        try:
            wire.send(_DOT, self._settings.command_timeout)
        except WireLost as lost:
            return Uncertain(Phase.DOT, lost.detail)
        self._phase = Phase.REPLY
        return None

    def _read_reply(self) -> Accepted | RejectedAfterDot | Uncertain:
        wire = self._session.wire
        try:
            reply = wire.read(self._settings.reply_timeout)
        except WireLost as lost:
            return Uncertain(Phase.REPLY, lost.detail)
        if not _only_farewell(wire.trailing()):
            return Uncertain(Phase.REPLY, f"several replies at once, the first of them {reply.code} {reply.text}")
        return _verdict(reply)


def _only_farewell(trailing: bytes) -> bool:
    """Whether what follows the reply is nothing, or a 421 by which the server closes a connection it is done with."""
    if not trailing:
        return True
    try:
        parsed = parse_reply(trailing)
    except Garbled:
        return False
    return parsed is not None and parsed[0].code == Code.UNAVAILABLE and parsed[1] == len(trailing)


def _verdict(reply: Reply) -> Accepted | RejectedAfterDot | Uncertain:
    """RFC 5321 section 4.2: the first digit decides, known code or not."""
    if reply.positive:
        return Accepted(reply.code, reply.text, reply.queue_id)
    if reply.transient or reply.permanent:
        return RejectedAfterDot(reply.code, reply.text, reply.transient)
    return Uncertain(Phase.REPLY, f"a reply that does not belong to the dot: {reply.code} {reply.text}")
