"""The demonstration's own mailbox: an SMTP server on this machine that keeps what it gets in a Maildir.

Runs in a process of its own (``placet inbox``). It passes nothing on to anyone.
"""

import argparse
import asyncio
import mailbox
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.kernel.errors import BadInput
from app.transports.smtp_wire import is_loopback

_MAX_MESSAGE = 10 * 1024 * 1024
"""Octets; far above what the checks let through."""


class _MaildirHandler:
    """Stores one copy per recipient, as a delivery agent does: return path and recipient on top, the rest untouched."""

    def __init__(self, maildir: Path) -> None:
        maildir.parent.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(maildir, create=True)

    # Name and arguments are what aiosmtpd calls.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {recipient}\r\n"
            # Maildir.add syncs the file before it becomes visible, so the 250 below tells the truth.
            key = self._box.add(head.encode("utf-8") + content)
        return f"250 2.0.0 Ok: queued as {key.partition('.')[2].partition('.')[0] or key}"


def serve(host: str, port: int, maildir: Path, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT, then finish the open connections' replies and return.

    ``port`` 0 takes a free one; ``ready`` is called with the real port once connections are accepted. Must run in the
    main thread, because it takes the signals. Raises ``BadInput`` when the address is not this machine's loopback:
    this server checks nobody's right to send.
    """
    if not is_loopback(host) and host != "localhost":
        raise BadInput(f"The demonstration inbox listens on loopback only, not on {host}; use 127.0.0.1.")
    asyncio.run(_serve(host, port, _MaildirHandler(maildir), ready))


async def _serve(host: str, port: int, handler: _MaildirHandler, ready: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    # aiosmtpd's Controller probes the port it was given and so cannot take port 0; its protocol class can.
    server = await loop.create_server(
        lambda: SMTP(
            handler, hostname="inbox.localhost", data_size_limit=_MAX_MESSAGE, enable_SMTPUTF8=False, loop=loop
        ),
        host,
        port,
    )
    async with server:
        ready(server.sockets[0].getsockname()[1])
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one Maildir; prints ``ready PORT`` when it listens."""
    parser = argparse.ArgumentParser(prog="placet inbox", description="A mailbox on this machine, for trying out.")
    parser.add_argument("--maildir", type=Path, required=True, help="folder of the mailbox; made when it is missing")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    chosen = parser.parse_args(arguments)

    def ready(port: int) -> None:
        sys.stdout.write(f"ready {port}\n")
        sys.stdout.flush()

    try:
        serve("127.0.0.1", chosen.port, chosen.maildir, ready)
    except OSError as problem:
        sys.stderr.write(f"Port {chosen.port} cannot be used ({problem.strerror}). Choose another with --port.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
