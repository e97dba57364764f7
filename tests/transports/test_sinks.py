"""The demonstration inbox and the measuring sink, each in a process of its own."""

import json
import mailbox
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from app.delivery.transport import Accepted, Envelope, NotSent
from app.kernel.errors import BadInput
from app.transports.local_inbox import serve
from app.transports.smtp import SmtpTransport
from tests.transports.mail import impatient, letter

INBOX = """
import sys
from pathlib import Path
from app.transports.local_inbox import serve
serve("127.0.0.1", 0, Path(sys.argv[1]), lambda port: print("ready", port, flush=True))
"""


@contextmanager
def running(*command: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """A sink process and its port; stopped with SIGTERM, which it must survive politely."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().split()[1]), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def deliver(port: int, *envelopes: Envelope) -> list[object]:
    transport = SmtpTransport(impatient(port, command_timeout=10.0, reply_timeout=10.0))
    results: list[object] = []
    for envelope in envelopes:
        held = transport.hold(envelope)
        results.append(held if isinstance(held, NotSent) else held.finish())
    transport.close()
    return results


def test_the_inbox_keeps_mail_as_it_came(tmp_path: Path) -> None:
    dotted = letter(1, b".\r\n..\r\nGr\xc3\xbc\xc3\x9fe\r\n")
    with running("-c", INBOX, str(tmp_path / "demo" / "mail")) as (port, _):
        results = deliver(port, letter(0), dotted)
        assert all(isinstance(result, Accepted) and result.queue_id for result in results)
    box = mailbox.Maildir(tmp_path / "demo" / "mail", create=False)
    kept = sorted(box.get_bytes(key) for key in box.iterkeys())
    box.close()
    assert kept == sorted(
        b"Return-Path: <max@placet.example>\r\nDelivered-To: %b\r\n" % envelope.recipient.encode() + envelope.message
        for envelope in (letter(0), dotted)
    )


def test_an_abandoned_message_is_not_in_the_inbox(tmp_path: Path) -> None:
    with running("-c", INBOX, str(tmp_path / "mail")) as (port, _):
        transport = SmtpTransport(impatient(port, command_timeout=10.0))
        held = transport.hold(letter())
        assert not isinstance(held, NotSent)
        held.abandon()
        deliver(port, letter(1))
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


def test_the_inbox_serves_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        serve("0.0.0.0", 0, tmp_path, lambda port: None)


def test_the_measuring_sink_logs_before_it_accepts(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    letters = [letter(number, b".\r\n..x\r\n" * number + b"end\r\n") for number in range(20)]
    with running("-m", "app.transports.fast_sink", "--log", str(log)) as (port, process):
        for count, envelope in enumerate(letters, start=1):
            assert all(isinstance(result, Accepted) for result in deliver(port, envelope))
            assert len(log.read_text().splitlines()) == count
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert process.stdout.readline() == "accepted 20\n"
        # Its last words come before its end, and a second signal in between would be its death.
        process.wait(10)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["recipients"] for line in lines] == [[envelope.recipient] for envelope in letters]
    assert [line["sha256"] for line in lines] == [sha256(envelope.message).hexdigest() for envelope in letters]


def test_the_measuring_sink_can_take_its_time_and_keeps_the_order() -> None:
    with running("-m", "app.transports.fast_sink", "--delay-ms", "5") as (port, _):
        assert all(isinstance(result, Accepted) for result in deliver(port, *(letter(n) for n in range(5))))
