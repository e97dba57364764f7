"""One socket to an SMTP server: octets out, replies in, and nothing left over.

Every method either succeeds or raises :class:`WireLost`, after which the connection must not be used again.
"""

import ipaddress
import select
import socket
import ssl

from app.kernel.clock import Clock
from app.transports.smtp_reply import Garbled, Reply, parse_reply

_CHUNK = 65536
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class WireLost(Exception):
    """The connection can no longer be trusted. ``reply`` is what the server said, when it said something unasked."""

    def __init__(self, detail: str, reply: Reply | None = None) -> None:
        super().__init__(detail)
        self.detail = detail if reply is None else f"{detail}: {reply.code} {reply.text}"
        self.code = reply.code if reply else None


class WireClosed(WireLost):
    """The server ended the connection."""


def _named(error: Exception) -> str:
    """What went wrong, without addresses or content."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted ({error.verify_message})"
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or ""
    return f"{type(error).__name__} {reason}".strip()


class Wire:
    """A connected socket with a receive buffer that is always accounted for."""

    def __init__(self, host: str, port: int, *, timeout: float, clock: Clock) -> None:
        self._clock = clock
        self._buffer = bytearray()
        self.encrypted = False
        try:
            self._socket: socket.socket = socket.create_connection((host, port), timeout=timeout)
        except (OSError, UnicodeError) as error:
            raise WireLost(f"connection failed: {_named(error)}") from error
        try:
            self.peer: str = self._socket.getpeername()[0]
            # Without this the dot would wait for the acknowledgement of the body (Nagle with delayed ACK, 40 ms).
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            self._socket.close()
            raise WireLost(f"connection failed: {_named(error)}") from error
        self._wait_here()

    def _wait_here(self) -> None:
        """Do the waiting ourselves: one deadline for a whole write, and half the system calls of socket timeouts."""
        self._socket.setblocking(False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._writable.register(self._socket, select.POLLOUT)

    def encrypt(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """TLS from here on. Octets that came before it were not protected, so their presence ends the connection."""
        if self._buffer:
            raise WireLost("octets arrived in the clear after the go-ahead for TLS")
        try:
            self._socket.settimeout(timeout)
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except (OSError, ValueError) as error:
            raise WireLost(f"TLS failed: {_named(error)}") from error
        self.encrypted = True
        self._wait_here()

    def send(self, data: bytes, timeout: float) -> None:
        """Write all of ``data`` within ``timeout`` seconds; after ``WireLost`` any part of it may have left."""
        rest: bytes | memoryview = data
        deadline = None
        while rest:
            try:
                sent = self._socket.send(rest)
            except _WOULD_BLOCK as obstacle:
                deadline = self._clock.monotonic() + timeout if deadline is None else deadline
                self._wait(obstacle, self._writable, deadline)
            except OSError as error:
                raise WireLost(f"write failed: {_named(error)}") from error
            else:
                # A TLS write that blocked must be repeated with the same octets, so only what was sent is cut off.
                rest = memoryview(rest)[sent:] if sent < len(rest) else b""

    def read(self, timeout: float) -> Reply:
        """The next reply, complete within ``timeout`` seconds however slowly it drips; more may follow it."""
        deadline = self._clock.monotonic() + timeout
        while True:
            try:
                parsed = parse_reply(self._buffer) if self._buffer else None
            except Garbled as error:
                raise WireLost(f"the server sent {error}") from error
            if parsed is not None:
                reply, length = parsed
                del self._buffer[:length]
                return reply
            self._receive(deadline)

    def read_last(self, timeout: float) -> Reply:
        """The next reply, which must be the last thing the server has to say for now."""
        reply = self.read(timeout)
        if self._buffer:
            raise WireLost("the server sent more than it was asked", reply)
        return reply

    def ask(self, command: bytes, timeout: float) -> Reply:
        """One command, one reply, nothing before and nothing after."""
        self.require_quiet()
        self.send(command, timeout)
        return self.read_last(timeout)

    def trailing(self) -> bytes:
        """What was received beyond the last reply."""
        return bytes(self._buffer)

    def require_quiet(self) -> None:
        """Raise ``WireLost`` if the server closed, or said anything that nobody asked for. Does not wait."""
        if not self._buffer:
            try:
                received = self._socket.recv(_CHUNK)
            except _WOULD_BLOCK:
                return
            except OSError as error:
                raise WireLost(f"connection failed: {_named(error)}") from error
            if not received:
                raise WireClosed("the server closed the connection")
            self._buffer += received
        try:
            parsed = parse_reply(self._buffer)
        except Garbled:
            parsed = None
        raise WireLost("the server spoke unasked", parsed[0] if parsed else None)

    def _receive(self, deadline: float) -> None:
        # TLS may hold octets that the socket no longer shows, so there the first look is at TLS.
        if not self.encrypted:
            self._wait(None, self._readable, deadline)
        while True:
            try:
                received = self._socket.recv(_CHUNK)
                break
            except _WOULD_BLOCK as obstacle:
                self._wait(obstacle, self._readable, deadline)
            except ConnectionError as error:
                raise WireClosed(f"read failed: {_named(error)}") from error
            except OSError as error:
                raise WireLost(f"read failed: {_named(error)}") from error
        if not received:
            raise WireClosed("the server closed the connection")
        self._buffer += received

    def _wait(self, obstacle: Exception | None, usual: select.poll, deadline: float) -> None:
        """Until the socket can go on; TLS may need to read in order to write, and the other way round."""
        poll = usual
        if isinstance(obstacle, ssl.SSLWantReadError):
            poll = self._readable
        elif isinstance(obstacle, ssl.SSLWantWriteError):
            poll = self._writable
        remaining = deadline - self._clock.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000):
            raise WireLost("no answer in time")

    def close(self) -> None:
        """Close at once, without a farewell: inside DATA any farewell would become part of the message."""
        self._buffer.clear()
        self._socket.close()


def is_loopback(peer: str) -> bool:
    """Whether a numeric peer address stays on this machine."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
