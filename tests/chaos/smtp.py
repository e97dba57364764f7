"""An SMTP server that follows a script of faults and logs what it accepts before it says so.

``with ChaosSmtp({"dot": say("451 4.3.0 later")}) as server:`` then ``server.port``, ``.accepted`` (said yes to), ``.dots``
(end markers seen), ``.partial`` (bodies without one, discarded), ``.early`` (octets sent before the reply to a dot).
A script is a mapping from a step to an :class:`Act` for every message, or a function ``(step, number) -> Act | None``.
Steps ``connect greeting ehlo starttls tls auth`` are numbered by connection, ``mail rcpt data body dot rset quit`` by message
(the number of MAIL commands seen, from 0). No act means: behave.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import re
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.kernel.clock import SystemClock, iso
from tests.chaos.script import Act, Script, drop, say, seeded, silence

__all__ = ["Act", "ChaosSmtp", "Record", "Script", "drop", "say", "seeded", "silence"]

MESSAGE_STEPS = ("mail", "rcpt", "data", "body", "dot", "rset", "quit")


@dataclass(frozen=True)
class Record:
    """One message as the server read it, dots unstuffed."""

    recipient: str
    message_id: str
    sha256: str
    received_at: str
    message: bytes


class ChaosSmtp:
    """The server, in a thread of its own, on a free loopback port.

    ``tls``: ``"none"``, ``"starttls"`` or ``"implicit"``; ``certificate`` is a PEM file with key and chain. ``log`` gets a
    JSON line for each accepted message, synced before the reply.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        extensions: tuple[str, ...] = ("PIPELINING", "SIZE 0", "8BITMIME"),
        tls: str = "none",
        certificate: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self.script: Script = script or {}
        self.extensions = extensions
        self.tls = tls
        self.accepted: list[Record] = []
        self.dots: list[Record] = []
        self.partial: list[bytes] = []
        self.early: list[bytes] = []
        self.commands: list[str] = []
        self.connections = 0
        self.messages = 0
        self.port = 0
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
        self.context: ssl.SSLContext | None = None
        if certificate is not None:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(certificate)
        self._open: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        if self.log is not None:
            os.close(self.log)

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until every connection that the client closed was noticed, so that ``partial`` is complete."""

        async def drain() -> None:
            if self._open:
                await asyncio.wait(list(self._open), timeout=seconds)

        asyncio.run_coroutine_threadsafe(drain(), self._loop).result(seconds + 5)

    def act(self, step: str, number: int) -> Act:
        """What the script wants here."""
        chosen = self.script(step, number) if callable(self.script) else self.script.get(step)
        return chosen or Act()

    async def _start(self) -> int:
        tls = self.context if self.tls == "implicit" else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        number, self.connections = self.connections, self.connections + 1
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            await _Connection(self, reader, writer, number).run()
        writer.close()
        self._open.discard(task)

    def seen(self, recipient: str, stuffed: bytes, *, accept: bool) -> None:
        """A dot arrived. Books are kept, and synced, before anything is answered."""
        message = (b"\r\n" + stuffed).replace(b"\r\n.", b"\r\n")[2:]
        found = re.search(rb"(?im)^message-id:[ \t]*(\S+)", message.partition(b"\r\n\r\n")[0])
        message_id = found[1].decode("ascii", "replace") if found else ""
        at = iso(SystemClock().now())
        record = Record(recipient, message_id, hashlib.sha256(message).hexdigest(), at, message)
        self.dots.append(record)
        if accept:
            self.accepted.append(record)
        if accept and self.log is not None:
            line = {"recipient": recipient, "message_id": message_id, "sha256": record.sha256, "received_at": at}
            os.write(self.log, json.dumps(line).encode() + b"\n")
            os.fsync(self.log)


class _Closed(EOFError):
    """The script ended the connection."""


class _Connection:
    """One client, read strictly in order."""

    def __init__(
        self, server: ChaosSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._number = number
        self._message = -1
        self._recipient = ""

    async def run(self) -> None:
        await self._step("connect", b"")
        await self._step("greeting", b"220 chaos ESMTP\r\n")
        while True:
            line = await self._reader.readuntil(b"\r\n")
            verb = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
            self._server.commands.append(verb)
            if not await self._command(verb, line):
                return

    async def _command(self, verb: str, line: bytes) -> bool:
        if verb in ("EHLO", "HELO"):
            await self._step("ehlo", self._greeting())
        elif verb == "STARTTLS":
            await self._start_tls()
        elif verb == "AUTH":
            await self._auth(line)
        elif verb == "MAIL":
            self._message, self._server.messages = self._server.messages, self._server.messages + 1
            self._recipient = ""
            await self._step("mail", b"250 ok\r\n")
        elif verb == "RCPT":
            said = await self._step("rcpt", b"250 ok\r\n")
            self._recipient = line[9:].partition(b">")[0].decode() if said.startswith(b"2") else ""
        elif verb == "DATA":
            said = await self._step("data", b"354 go\r\n" if self._recipient else b"503 recipient first\r\n")
            if said.startswith(b"354"):
                await self._body()
        elif verb in ("RSET", "NOOP"):
            await self._step("rset", b"250 ok\r\n")
        elif verb == "QUIT":
            await self._step("quit", b"221 bye\r\n")
            return False
        else:
            await self._send(Act(), b"502 unknown\r\n")
        return True

    def _greeting(self) -> bytes:
        offered = list(self._server.extensions)
        if self._server.tls == "starttls" and self._writer.get_extra_info("ssl_object") is None:
            offered.append("STARTTLS")
        lines = ["chaos", *offered]
        return b"".join(f"250{' ' if n == len(lines) - 1 else '-'}{text}\r\n".encode() for n, text in enumerate(lines))

    async def _start_tls(self) -> None:
        said = await self._step("starttls", b"220 go\r\n" if self._server.context else b"502 unknown\r\n")
        if said.startswith(b"220") and self._server.context is not None:
            await self._writer.start_tls(self._server.context)

    async def _auth(self, line: bytes) -> None:
        if line.upper().split()[1] == b"LOGIN":
            for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                await self._send(Act(), prompt)
                await self._reader.readuntil(b"\r\n")
        elif len(line.split()) == 2:
            await self._send(Act(), b"334 \r\n")
            await self._reader.readuntil(b"\r\n")
        await self._step("auth", b"235 ok\r\n")

    async def _body(self) -> None:
        act = self._server.act("body", self._message)
        received = bytearray(b"\r\n")
        try:
            if act.close or act.reply is not None:
                received += await self._reader.read(1024)
                await self._send(act, b"")
            while b"\r\n.\r\n" not in received:
                chunk = await self._reader.read(65536)
                if not chunk:
                    raise _Closed
                received += chunk
        except (OSError, EOFError, asyncio.CancelledError):
            self._server.partial.append(bytes(received[2:]))
            raise
        stuffed, _, early = bytes(received).partition(b"\r\n.\r\n")
        if early:
            self._server.early.append(early)
        act = self._server.act("dot", self._message)
        reply = b"250 2.0.0 Ok: queued as C%d\r\n" % self._message if act.reply is None else act.reply
        accept = reply.startswith(b"2") if act.accept is None else act.accept
        self._server.seen(self._recipient, stuffed[2:] + b"\r\n" * bool(stuffed), accept=accept)
        await self._send(act, reply)

    async def _step(self, step: str, normal: bytes) -> bytes:
        act = self._server.act(step, self._message if step in MESSAGE_STEPS else self._number)
        return await self._send(act, normal)

    async def _send(self, act: Act, normal: bytes) -> bytes:
        reply = normal if act.reply is None else act.reply
        await asyncio.sleep(act.delay)
        step = 1 if act.drip else max(1, len(reply))
        for start in range(0, len(reply), step):
            self._writer.write(reply[start : start + step])
            await self._writer.drain()
            await asyncio.sleep(act.drip)
        if act.after:
            await asyncio.sleep(act.after_delay)
            self._writer.write(act.after)
            await self._writer.drain()
        if act.close:
            raise _Closed
        return reply
