"""The oracle itself: it must write down what it took before it says so, and know a part from a whole."""

import json
import socket
from hashlib import sha256
from pathlib import Path

from tests.chaos.smtp import ChaosSmtp, drop, say, seeded

TALK = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<rita@clinic.example>\r\nDATA\r\n"
LETTER = b"Message-ID: <m1@placet.example>\r\n\r\n.dot\r\n"


def say_all(port: int, *pieces: bytes) -> bytes:
    """Everything the server says until it closes, or until it has been silent after our last word."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for piece in pieces:
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(4096):
            heard += chunk
    return heard


def test_the_log_names_recipient_message_and_digest(tmp_path: Path) -> None:
    with ChaosSmtp(log=tmp_path / "log") as server:
        heard = say_all(server.port, TALK, LETTER.replace(b"\r\n.", b"\r\n..") + b".\r\n", b"QUIT\r\n")
    assert b"queued as C0" in heard
    line = json.loads((tmp_path / "log").read_text())
    assert (line["recipient"], line["message_id"]) == ("rita@clinic.example", "<m1@placet.example>")
    assert line["sha256"] == sha256(LETTER).hexdigest()
    assert server.accepted[0].message == LETTER


def test_a_message_taken_without_a_word_is_in_the_log(tmp_path: Path) -> None:
    with ChaosSmtp({"dot": drop(accept=True)}, log=tmp_path / "log") as server:
        heard = say_all(server.port, TALK, LETTER + b".\r\n")
    assert b"queued" not in heard
    assert len((tmp_path / "log").read_text().splitlines()) == len(server.accepted) == 1


def test_a_refused_message_counts_as_a_dot_only(tmp_path: Path) -> None:
    with ChaosSmtp({"dot": say("554 no")}, log=tmp_path / "log") as server:
        say_all(server.port, TALK, LETTER + b".\r\n", b"QUIT\r\n")
    assert (len(server.dots), server.accepted, (tmp_path / "log").read_text()) == (1, [], "")


def test_a_body_without_its_dot_is_partial() -> None:
    with ChaosSmtp() as server:
        say_all(server.port, TALK, LETTER)
        server.settle()
        assert (server.dots, server.accepted, server.partial) == ([], [], [LETTER])


def test_the_same_seed_makes_the_same_day() -> None:
    days = [
        [seeded(seed, {"mail": (drop(), say("451 later"))}, 0.3)("mail", number) for number in range(50)]
        for seed in (1, 1, 2)
    ]
    assert days[0] == days[1] != days[2]
