"""Reads the Maildir of a demonstration: what the built-in mail server has received. Marks nothing as read."""

import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from app.web import paths

_FOLDERS = ("new", "cur")
_NEWEST = 200
_LINK = re.compile(r"<(https?://[^>\s]+)>")
_SHOWN = ("From", "To", "Delivered-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
          "List-Id", "Content-Type", "DKIM-Signature", "Return-Path")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived; ``headers`` are those a reader asks for, in order."""

    id: str
    to: str
    sender: str
    subject: str
    preheader: str
    at: datetime
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    message_id: str
    unsubscribe_path: str


def received(box: Path) -> tuple[Received, ...]:
    """The newest messages of a Maildir, newest first; none when there is no Maildir."""
    return tuple(_read(file) for file in _files(box))


def message(box: Path, message_id: str) -> Received | None:
    """One message by its id, or None."""
    file = next((one for one in _files(box) if _id(one) == message_id), None)
    return None if file is None else _read(file)


def _files(box: Path) -> list[Path]:
    files = [file for name in _FOLDERS if (box / name).is_dir() for file in (box / name).iterdir() if file.is_file()]
    return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)[:_NEWEST]


def _id(file: Path) -> str:
    """Short, and says nothing of this machine, as the name of the file does."""
    return sha256(file.name.partition(":")[0].encode()).hexdigest()[:12]


def _read(file: Path) -> Received:
    parsed = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(file.read_bytes())
    html, text = _part(parsed, "html"), _part(parsed, "plain")
    name, address = parseaddr(str(parsed.get("From", "")))
    return Received(
        id=_id(file),
        to=str(parsed.get("Delivered-To", parsed.get("To", ""))),
        sender=name or address,
        subject=str(parsed.get("Subject", "")) or "(no subject)",
        preheader=next((line.strip() for line in text.splitlines() if line.strip()), "")[:120],
        at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        text=text,
        html=html,
        headers=tuple((key, " ".join(str(parsed[key]).split())) for key in _SHOWN if key in parsed),
        message_id=str(parsed.get("Message-ID", "")).strip(),
        unsubscribe_path=_unsubscribe(str(parsed.get("List-Unsubscribe", ""))),
    )


def _part(parsed: EmailMessage, kind: str) -> str:
    body = parsed.get_body(preferencelist=(kind,))
    return "" if body is None else str(body.get_content())


def _unsubscribe(header: str) -> str:
    """The page of this installation that the mail's own header names, empty when it names none."""
    found = _LINK.search("".join(header.split()))
    path = urlsplit(found.group(1)).path if found else ""
    return path if path.startswith(paths.unsubscribe("")) else ""
