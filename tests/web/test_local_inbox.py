"""The inbox of a demonstration shows what arrived, and marks nothing."""

import os
from pathlib import Path

import pytest

from app.web.local_inbox import message, received

MAIL = (
    b"Delivered-To: rita@home.example\r\nFrom: Northgate Clinics <care@clinic.example>\r\nTo: rita@home.example\r\n"
    b"Subject: =?utf-8?q?Your_visit_=E2=9C=93?=\r\nMessage-ID: <m1@clinic.example>\r\n"
    b"List-Unsubscribe: <https://placet.example/u/\r\n abc123>\r\nX-Other: hidden\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    b"\r\nDear Rita,\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Dear Rita</p>\r\n--b--\r\n"
)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def put(box: Path, name: str, data: bytes, at: int = 1_000_000_000) -> None:
    path = box / name
    path.write_bytes(data)
    os.utime(path, (at, at))


def test_a_message_reads_as_it_was_sent(box: Path) -> None:
    put(box, "new/1.machine", MAIL)
    (one,) = received(box)
    assert (one.sender, one.to, one.subject) == ("Northgate Clinics", "rita@home.example", "Your visit ✓")
    assert (one.preheader, one.unsubscribe_path) == ("Dear Rita,", "/u/abc123")
    assert "<p>Dear Rita</p>" in one.html
    assert "X-Other" not in dict(one.headers)
    assert message(box, one.id) == one
    assert "machine" not in one.id
    assert [path.name for path in (box / "new").iterdir()] == ["1.machine"]


def test_the_newest_comes_first_and_moving_a_message_keeps_its_id(box: Path) -> None:
    put(box, "new/1", MAIL, 1_000_000_000)
    put(box, "cur/2:2,S", MAIL.replace(b"Your_visit", b"Older"), 900_000_000)
    first, second = received(box)
    assert (first.at > second.at, "Older" in second.subject) == (True, True)
    (box / "cur/2:2,S").rename(box / "new/2")
    assert message(box, second.id) is not None


@pytest.mark.parametrize(
    "header", [b"<mailto:x@y.example>", b"<https://evil.example/steal>", b"nonsense", b"<javascript:alert(1)>", b""]
)
def test_only_a_page_of_ours_is_offered_as_a_link(header: bytes, box: Path) -> None:
    put(box, "new/1", b"Subject: x\r\nList-Unsubscribe: " + header + b"\r\n\r\nx\r\n")
    assert received(box)[0].unsubscribe_path == ""


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"Subject\r\n\r\n", b"Content-Type: multipart/mixed\r\n\r\nx"])
def test_what_is_no_mail_breaks_no_page(data: bytes, box: Path) -> None:
    put(box, "new/1", data)
    (one,) = received(box)
    assert (one.subject, one.to) == ("(no subject)", "")


def test_without_a_maildir_there_are_no_messages(tmp_path: Path) -> None:
    assert received(tmp_path / "none") == ()
    assert message(tmp_path / "none", "x") is None
