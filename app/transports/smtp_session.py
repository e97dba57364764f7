"""One SMTP connection: opened, greeted, secured, signed in, and then one transaction after another up to the body."""

import contextlib
import ssl
from dataclasses import dataclass

import idna

from app.delivery.transport import Envelope, NotSent, NotSentKind, Phase
from app.kernel.clock import Clock
from app.transports.smtp_auth import sign_in
from app.transports.smtp_reply import Code, Reply
from app.transports.smtp_settings import SmtpSettings
from app.transports.smtp_wire import Wire, WireClosed, WireLost


@dataclass(frozen=True, slots=True)
class Parcel:
    """An envelope in the form the wire carries: ASCII addresses, dot-stuffed body without the dot."""

    sender: bytes
    recipient: bytes
    body: bytes
    size: int
    eight_bit: bool


def pack(envelope: Envelope) -> Parcel | NotSent:
    """Prepare ``envelope``; permanent refusal when an address needs SMTPUTF8, which Placet does not speak."""
    sender = _ascii(envelope.sender)
    if sender is None:
        return NotSent(Phase.MAIL, "permanent", None, "the sender address cannot be written in ASCII")
    recipient = _ascii(envelope.recipient)
    if recipient is None:
        return NotSent(Phase.RCPT, "permanent", None, "the recipient address cannot be written in ASCII")
    message = envelope.message
    return Parcel(sender, recipient, stuffed(message), len(message), not message.isascii())


def stuffed(message: bytes) -> bytes:
    """Double the dot at the start of every line, RFC 5321 section 4.5.2."""
    doubled = message.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _ascii(address: str) -> bytes | None:
    if address.isascii():
        return address.encode("ascii")
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        return None
    try:
        return local.encode("ascii") + b"@" + idna.encode(domain, uts46=True)
    except idna.IDNAError:
        return None


class SmtpSession:
    """One connection. ``phase`` is how far the present step got; ``usable`` turns false for good after any anomaly."""

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._extensions: dict[str, str] = {}
        self._wire: Wire | None = None
        self.phase = Phase.CONNECT

    @property
    def usable(self) -> bool:
        return self._wire is not None

    @property
    def wire(self) -> Wire:
        """The open wire; raises ``WireLost`` after :meth:`close`."""
        if self._wire is None:
            raise WireLost("the connection is closed")
        return self._wire

    def open(self) -> NotSent | None:
        """Connect, greet, secure and sign in. On ``NotSent`` (always ``unreachable``) the session is closed."""
        try:
            reason = self._open()
        except WireLost as lost:
            self.close()
            return NotSent(self.phase, "unreachable", lost.code, lost.detail)
        if reason is None:
            return None
        self.close()
        if isinstance(reason, Reply):
            return NotSent(self.phase, "unreachable", reason.code, reason.text)
        return NotSent(self.phase, "unreachable", None, reason)

    def _open(self) -> Reply | str | None:
        settings = self._settings
        self.phase = Phase.CONNECT
        wire = Wire(settings.host, settings.port, timeout=settings.connect_timeout, clock=self._clock)
        self._wire = wire
        if settings.security == "tls":
            self.phase = Phase.STARTTLS
            wire.encrypt(self._context(), settings.host, settings.command_timeout)
        self.phase = Phase.GREETING
        greeting = wire.read_last(settings.command_timeout)
        if greeting.code != Code.READY:
            return greeting
        refused = self._greet() or (self._start_tls() if settings.security == "starttls" else None)
        if refused is not None:
            return refused
        if settings.username:
            self.phase = Phase.AUTH
            answer = sign_in(wire, settings, frozenset(self._extensions.get("AUTH", "").upper().split()))
            if isinstance(answer, str) or answer.code != Code.SIGNED_IN:
                return answer
        self.require_quiet()
        return None

    def _greet(self) -> Reply | None:
        self.phase = Phase.EHLO
        name = self._settings.helo_name.encode("ascii")
        reply = self.wire.ask(b"EHLO " + name + b"\r\n", self._settings.command_timeout)
        self._extensions = {}
        if reply.code in (Code.UNKNOWN_COMMAND, Code.NOT_IMPLEMENTED):
            reply = self.wire.ask(b"HELO " + name + b"\r\n", self._settings.command_timeout)
            return None if reply.code == Code.DONE else reply
        if reply.code != Code.DONE:
            return reply
        for line in reply.lines[1:]:
            word, _, rest = line.decode("ascii", "replace").partition(" ")
            self._extensions[word.upper()] = rest.strip()
        return None

    def _start_tls(self) -> Reply | str | None:
        self.phase = Phase.STARTTLS
        if "STARTTLS" not in self._extensions:
            return "the server does not offer STARTTLS; nothing is sent in the clear"
        reply = self.wire.ask(b"STARTTLS\r\n", self._settings.command_timeout)
        if reply.code != Code.READY:
            return reply
        self.wire.encrypt(self._context(), self._settings.host, self._settings.command_timeout)
        # What was offered in the clear may have been forged: ask again (RFC 3207 section 4.2).
        return self._greet()

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self._settings.ca_file or None)
        except OSError as error:
            raise WireLost(f"TLS failed: the certificate file cannot be read ({error.strerror})") from error
        if not self._settings.verify_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def require_quiet(self) -> None:
        """Raise ``WireLost`` when anything waits to be read: it could be taken for an answer to the next message."""
        self.wire.require_quiet()

    def load(self, parcel: Parcel) -> NotSent | None:
        """MAIL, RCPT, DATA and the whole body. ``None``: the message is held. Otherwise nothing of it was accepted.

        Call :meth:`require_quiet` first on a session that carried a message before.
        """
        refused = self._unfit(parcel)
        if refused is not None:
            return refused
        try:
            refused = self._address(parcel)
            if refused is None:
                self.phase = Phase.BODY
                self.wire.send(parcel.body, self._settings.command_timeout)
                self.phase = Phase.HELD
        except WireLost as lost:
            self.close()
            return NotSent(self.phase, "transient", lost.code, lost.detail)
        return refused

    def _unfit(self, parcel: Parcel) -> NotSent | None:
        self.phase = Phase.MAIL
        limit = self._extensions.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit) < parcel.size:
            return NotSent(Phase.MAIL, "permanent", None, f"the server takes messages up to {limit} octets")
        if parcel.eight_bit and "8BITMIME" not in self._extensions:
            return NotSent(Phase.MAIL, "permanent", None, "the message has 8-bit octets and the server lacks 8BITMIME")
        return None

    def _address(self, parcel: Parcel) -> NotSent | None:
        size = b" SIZE=%d" % parcel.size if "SIZE" in self._extensions else b""
        eight_bit = b" BODY=8BITMIME" if parcel.eight_bit else b""
        commands = (
            (Phase.MAIL, b"MAIL FROM:<%b>%b%b\r\n" % (parcel.sender, size, eight_bit)),
            (Phase.RCPT, b"RCPT TO:<%b>\r\n" % parcel.recipient),
            (Phase.DATA, b"DATA\r\n"),
        )
        if self._settings.pipelining and "PIPELINING" in self._extensions:
            return self._pipelined(commands)
        for phase, command in commands:
            self.phase = phase
            reply = self.wire.ask(command, self._settings.command_timeout)
            refused = _refusal(phase, reply)
            if refused is not None:
                self._recover(refused)
                return refused
        return None

    def _pipelined(self, commands: tuple[tuple[Phase, bytes], ...]) -> NotSent | None:
        """Three commands in one write, three replies in order; the first refusal is the one that counts."""
        wire, timeout = self.wire, self._settings.command_timeout
        refused: NotSent | None = None
        started = False
        try:
            wire.send(b"".join([command for _, command in commands]), timeout)
            for phase, _ in commands:
                self.phase = phase
                reply = wire.read_last(timeout) if phase is Phase.DATA else wire.read(timeout)
                started = reply.code == Code.START_MAIL
                if started and refused is not None:
                    break
                refused = refused or _refusal(phase, reply)
                if reply.code == Code.UNAVAILABLE:
                    self.close()
                    break
        except WireLost as lost:
            self.close()
            if refused is None or not isinstance(lost, WireClosed):
                # A reply is missing or unreadable, so the refusal may have been the answer to another command.
                raise
        if started and refused is not None:
            # The server waits for a message that must not be sent: an empty one would be a message too.
            self.close()
        elif refused is not None:
            self._recover(refused)
        return refused

    def _recover(self, refused: NotSent) -> None:
        """Back to a clean state after a definite refusal, or no connection at all."""
        if not self.usable:
            return
        if refused.code == Code.UNAVAILABLE:
            self.close()
            return
        try:
            if self.wire.ask(b"RSET\r\n", self._settings.command_timeout).code != Code.DONE:
                self.close()
        except WireLost:
            self.close()

    def quit(self) -> None:
        """Say goodbye between transactions and close; the answer is not awaited."""
        with contextlib.suppress(WireLost):
            self.wire.send(b"QUIT\r\n", self._settings.connect_timeout)
        self.close()

    def close(self) -> None:
        """Close at once. Inside a transaction the server discards the message."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _refusal(phase: Phase, reply: Reply) -> NotSent | None:
    """What a reply to MAIL, RCPT or DATA means; raises ``WireLost`` for a reply that has no place there."""
    if reply.transient or reply.permanent:
        kind: NotSentKind = "transient" if reply.transient else "permanent"
        return NotSent(phase, kind, reply.code, reply.text)
    if reply.code == Code.START_MAIL if phase is Phase.DATA else reply.positive:
        return None
    raise WireLost(f"a reply that does not belong to {phase.value.upper()}", reply)
