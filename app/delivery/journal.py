"""The worker's own record of what it let go, fsynced before the dot; it survives what a database may forget.

One file per worker. A record is a header (magic, length, CRC-32) and canonical JSON. A torn tail is a record whose fsync
never returned, so its dot was never written; it is cut off when the journal is opened. Damage with whole records after it is
no torn tail: then nobody knows what left, and the worker does not start.

A journal whose every outcome is in the database is replaced by a witness of that database's log, so that an older copy of the
database is noticed however short the journal is (reliability F48, F50).
"""

import json
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from app.delivery.model import DID_NOT_LEAVE, Outcome, Receipt, ReceiptSource
from app.kernel.clock import iso, parse_iso
from app.kernel.digest import Json, canonical
from app.kernel.errors import Untrustworthy

_HEADER = struct.Struct(">4sII")
_MAGIC = b"PLJ1"
_MAX_RECORD = 1 << 16


@dataclass(frozen=True, slots=True)
class Released:
    """The dot of this attempt may be written from now on."""

    attempt_id: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """The database's log held ``size`` events, and the last of them hashed to ``leaf``."""

    size: int
    leaf: str


class Journal:
    """Append-only, one writer. Every append returns after its fsync; an fsync that fails is fatal (reliability F46)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._released: dict[str, Released] = {}
        self._receipts: dict[str, Receipt] = {}
        self.witness: Witness | None = None
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def note_released(self, released: Iterable[Released]) -> None:
        """Record releases; their dots may follow once this returns."""
        batch = list(released)
        self._append([_released_json(r) for r in batch])
        self._released.update({r.attempt_id: r for r in batch})

    def note_receipts(self, receipts: Iterable[Receipt]) -> None:
        """Record outcomes before the database is told, so that a crash in between loses nothing (reliability F26)."""
        batch = list(receipts)
        self._append([_receipt_json(r) for r in batch])
        self._receipts.update({r.attempt_id: r for r in batch})

    def __len__(self) -> int:
        """How many releases it holds."""
        return len(self._released)

    def released(self) -> dict[str, Released]:
        """Releases by attempt id."""
        return dict(self._released)

    def receipt(self, attempt_id: str) -> Receipt | None:
        """The outcome of an attempt, when it was noted; its source is the journal."""
        return self._receipts.get(attempt_id)

    def may_have_left(self, message_id: str) -> bool:
        """Whether this worker released the message and does not know for certain that it stayed here."""
        return any(
            noted.message_id == message_id
            and (attempt_id not in self._receipts or self._receipts[attempt_id].outcome not in DID_NOT_LEAVE)
            for attempt_id, noted in self._released.items()
        )

    def replace_by(self, witness: Witness) -> None:
        """Start again from a witness. Only when the database holds a receipt for every release in the journal."""
        staged = self.path.with_suffix(".new")
        staged.unlink(missing_ok=True)
        descriptor = os.open(staged, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, _packed({"kind": "witness", "size": witness.size, "leaf": witness.leaf}))
        os.fsync(descriptor)
        staged.replace(self.path)
        _sync_folder(self.path.parent)
        os.close(self._descriptor)
        self._descriptor, self.witness = descriptor, witness
        self._released.clear()
        self._receipts.clear()

    def _append(self, records: list[dict[str, Json]]) -> None:
        data = b"".join(map(_packed, records))
        written = os.write(self._descriptor, data)
        if written != len(data):
            raise Untrustworthy(f"{self.path}: the journal took {written} of {len(data)} bytes. The worker stops.")
        os.fsync(self._descriptor)

    def _read(self) -> None:
        data = self.path.read_bytes()
        position = 0
        while (body := _record_at(data, position)) is not None:
            self._remember(json.loads(body))
            position += _HEADER.size + len(body)
        if position < len(data):
            self._require_torn_tail(data, position)
            os.ftruncate(self._descriptor, position)
            os.fsync(self._descriptor)
        os.lseek(self._descriptor, position, os.SEEK_SET)

    def _require_torn_tail(self, data: bytes, position: int) -> None:
        later = position
        while (later := data.find(_MAGIC, later + 1)) >= 0:
            if _record_at(data, later) is not None:
                raise Untrustworthy(
                    f"{self.path}: the journal is damaged at octet {position}. Nothing is sent. "
                    "Restore the file, or have somebody compare the mail server's log."
                )

    def _remember(self, raw: dict[str, Any]) -> None:
        if raw["kind"] == "released":
            noted = Released(raw["attempt"], raw["message"], parse_iso(raw["at"]))
            self._released[noted.attempt_id] = noted
        elif raw["kind"] == "witness":
            self.witness = Witness(int(raw["size"]), raw["leaf"])
        else:
            receipt = _receipt(raw)
            self._receipts[receipt.attempt_id] = receipt


def _packed(record: dict[str, Json]) -> bytes:
    body = canonical(record)
    if len(body) > _MAX_RECORD:
        raise Untrustworthy("A record is too long for the journal. Nothing was sent; the worker stops.")
    return _HEADER.pack(_MAGIC, len(body), zlib.crc32(body)) + body


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record_at(data: bytes, position: int) -> bytes | None:
    """The body of the whole, undamaged record at ``position``; None at the end or where the tail is torn."""
    if position + _HEADER.size > len(data):
        return None
    magic, length, checksum = _HEADER.unpack_from(data, position)
    body = data[position + _HEADER.size : position + _HEADER.size + length]
    if magic != _MAGIC or length > _MAX_RECORD or len(body) != length or zlib.crc32(body) != checksum:
        return None
    return body


def _released_json(released: Released) -> dict[str, Json]:
    return {"kind": "released", "attempt": released.attempt_id, "message": released.message_id, "at": iso(released.at)}


def _receipt_json(receipt: Receipt) -> dict[str, Json]:
    return {
        "kind": "receipt",
        "attempt": receipt.attempt_id,
        "outcome": receipt.outcome.value,
        "phase": receipt.phase,
        "code": receipt.code,
        "reply": receipt.reply,
        "queue": receipt.queue_id,
        "at": iso(receipt.at),
    }


def _receipt(raw: dict[str, Any]) -> Receipt:
    code = raw["code"]
    return Receipt(
        attempt_id=raw["attempt"],
        outcome=Outcome(raw["outcome"]),
        phase=raw["phase"],
        code=None if code is None else int(code),
        reply=raw["reply"],
        queue_id=raw["queue"],
        source=ReceiptSource.JOURNAL,
        at=parse_iso(raw["at"]),
    )
