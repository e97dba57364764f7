"""A minimal SMTP sink for measurements: takes everything, keeps nothing, optionally logs what it took.

``python -m app.transports.fast_sink --port 2525 [--log FILE] [--delay-ms 5]``. Prints ``ready PORT`` when it
listens and ``accepted N`` when SIGTERM or SIGINT stops it. Loopback only.
"""

import argparse
import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from app.kernel.clock import Clock, SystemClock, iso

_END = b"\r\n.\r\n"
_MAX_LINE = 4096
_EHLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 0\r\n250 8BITMIME\r\n"
_REPLIES = {
    b"EHLO": _EHLO,
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n",
    b"RSET": b"250 ok\r\n",
    b"NOOP": b"250 ok\r\n",
    b"DATA": b"354 go\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Ledger:
    """Counts accepted messages and, given a file, appends a JSON line for each before it is acknowledged."""

    def __init__(self, log: Path | None, clock: Clock) -> None:
        self.accepted = 0
        self._clock = clock
        self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None

    def record(self, recipients: list[bytes], body: bytes) -> None:
        """One message, still dot-stuffed, without its final dot."""
        self.accepted += 1
        if self._file is None:
            return
        message = body.replace(b"\r\n..", b"\r\n.")
        message = message[1:] if message.startswith(b"..") else message
        line = {
            "at": iso(self._clock.now()),
            "recipients": [recipient.decode("ascii", "backslashreplace") for recipient in recipients],
            "sha256": hashlib.sha256(message).hexdigest(),
            "octets": len(message),
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")


class SinkConnection(asyncio.Protocol):
    """One client: commands, then a body, with every reply of one batch written at once."""

    def __init__(self, ledger: Ledger, delay: float) -> None:
        self._ledger = ledger
        self._delay = delay
        self._transport: asyncio.Transport | None = None
        self._pending = b""
        self._recipients: list[bytes] = []
        self._in_body = False
        self._searched = 0
        self._waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            transport.write(b"220 sink\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._pending = self._pending + data if self._pending else data
        if not self._waiting:
            self._work()

    def _work(self) -> None:
        replies: list[bytes] = []
        while self._pending and not self._waiting:
            reply = self._body() if self._in_body else self._command()
            if reply is None:
                break
            replies.append(reply)
        if replies and self._transport is not None:
            self._transport.write(b"".join(replies))
            if replies[-1].startswith((b"221", b"500 line")):
                self._transport.close()

    def _command(self) -> bytes | None:
        line, end, rest = self._pending.partition(b"\r\n")
        if not end:
            return b"500 line too long\r\n" if len(line) > _MAX_LINE else None
        self._pending = rest
        verb = line[:4].upper()
        if verb == b"MAIL":
            self._recipients = []
        elif verb == b"RCPT":
            self._recipients.append(line[8:].partition(b">")[0].lstrip(b" <"))
        elif verb == b"DATA":
            if not self._recipients:
                return b"503 recipient first\r\n"
            self._in_body = True
            self._searched = 0
        return _REPLIES.get(verb, b"502 unknown\r\n")

    def _body(self) -> bytes | None:
        if self._pending.startswith(b".\r\n"):
            body, self._pending = b"", self._pending[3:]
        else:
            found = self._pending.find(_END, self._searched)
            if found < 0:
                self._searched = max(0, len(self._pending) - len(_END) + 1)
                return None
            body, self._pending = self._pending[: found + 2], self._pending[found + len(_END) :]
        self._in_body = False
        self._ledger.record(self._recipients, body)
        self._recipients = []
        if self._delay:
            self._waiting = True
            asyncio.get_running_loop().call_later(self._delay, self._answer_late)
            return b""
        return b"250 ok\r\n"

    def _answer_late(self) -> None:
        self._waiting = False
        if self._transport is not None:
            self._transport.write(b"250 ok\r\n")
            self._work()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _serve(port: int, ledger: Ledger, delay: float) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await loop.create_server(lambda: SinkConnection(ledger, delay), "127.0.0.1", port, backlog=1024)
    async with server:
        _say(f"ready {server.sockets[0].getsockname()[1]}")
        await stop.wait()
    _say(f"accepted {ledger.accepted}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="SMTP sink for measurements (loopback only).")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--log", type=Path, default=None, help="append a JSON line for each accepted message")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="wait this long before each 250 after the dot")
    chosen = parser.parse_args(arguments)
    asyncio.run(_serve(chosen.port, Ledger(chosen.log, SystemClock()), chosen.delay_ms / 1000))


if __name__ == "__main__":
    main()
