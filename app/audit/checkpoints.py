"""Checkpoints as text that others can keep: C2SP tlog-checkpoint inside a C2SP signed note. No I/O.

::

    placet.clinic.example/log          origin: the name of the log
    42                                 size
    base64 of the root
    (empty line)
    — placet.clinic.example/log base64 of key hash and Ed25519 signature
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.storage.keys import SigningKey, VerifyKey

_ED25519 = b"\x01"
_HASH_LENGTH = 4
_ROOT_LENGTH = 32
_SIGNATURE_START = "\u2014 "


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """Whose log it is: its name, and every key that ever signed for it. Old keys stay, so that old proofs verify."""

    origin: str
    keys: tuple[VerifyKey, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: the log called ``origin`` has ``size`` leaves and this root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The signed text, final line feed included."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A parsed note. ``signatures`` are (key name, key hash, signature); ``body`` is what they sign."""

    checkpoint: Checkpoint
    body: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def key_hash(name: str, key: VerifyKey) -> bytes:
    """The four bytes by which a signature line names its key (C2SP signed-note, Ed25519)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_HASH_LENGTH]


def sign(checkpoint: Checkpoint, keys: Sequence[SigningKey]) -> str:
    """The note, signed by every key in order; several while a key is being replaced."""
    lines = []
    for key in keys:
        stamp = key_hash(checkpoint.origin, key.verify_key) + key.sign(checkpoint.body().encode())
        lines.append(f"{_SIGNATURE_START}{checkpoint.origin} {base64.b64encode(stamp).decode()}\n")
    return checkpoint.body() + "\n" + "".join(lines)


def parse(note: str) -> SignedCheckpoint:
    """Read a note. Raises ``BadInput`` with the line that is not as it should be."""
    body, gap, tail = note.rpartition("\n\n")
    if not gap:
        raise BadInput("A checkpoint has an empty line before its signatures. Paste the whole text.", line=1)
    body += "\n"
    lines = body.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise BadInput("A checkpoint begins with origin, size and root, one line each.", line=1)
    if not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise BadInput("The size is a decimal number without leading zeros.", line=2)
    root = _decoded(lines[2], 3)
    if len(root) != _ROOT_LENGTH:
        raise BadInput(f"The root has {_ROOT_LENGTH} bytes; this one has {len(root)}.", line=3)
    if not tail.endswith("\n"):
        raise BadInput("The last signature line ends with a line feed. Paste the whole text.", line=len(lines) + 2)
    first = len(lines) + 2
    signatures = tuple(_signature(line, first + i) for i, line in enumerate(tail[:-1].split("\n")))
    return SignedCheckpoint(Checkpoint(lines[0], int(lines[1]), root), body, signatures)


def opened(note: str, log: LogIdentity) -> Checkpoint | Refusal:
    """The checkpoint, when a key of ``log`` signed it and none of its keys disagrees.

    Codes: ``checkpoint_unreadable``, ``checkpoint_origin``, ``checkpoint_signature``. Signatures by unknown keys
    (witnesses) are ignored, as the format asks.
    """
    try:
        signed = parse(note)
    except BadInput as problem:
        return Refusal("checkpoint_unreadable", {"why": str(problem)})
    if signed.checkpoint.origin != log.origin:
        return Refusal("checkpoint_origin", {"origin": signed.checkpoint.origin, "expected": log.origin})
    known = {key_hash(log.origin, key): key for key in log.keys}
    verdicts = [
        known[hashed].verifies(signature, signed.body.encode())
        for name, hashed, signature in signed.signatures
        if name == log.origin and hashed in known
    ]
    if not verdicts or not all(verdicts):
        return Refusal("checkpoint_signature", {"signatures_by_known_keys": len(verdicts)})
    return signed.checkpoint


def _signature(line: str, number: int) -> tuple[str, bytes, bytes]:
    name, gap, encoded = line.removeprefix(_SIGNATURE_START).rpartition(" ")
    if not line.startswith(_SIGNATURE_START) or not gap or not name:
        raise BadInput("A signature line is an em dash, a key name and base64.", line=number)
    stamp = _decoded(encoded, number)
    if len(stamp) <= _HASH_LENGTH:
        raise BadInput("The signature is too short.", line=number)
    return name, stamp[:_HASH_LENGTH], stamp[_HASH_LENGTH:]


def _decoded(text: str, number: int) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        data = b""
    # One spelling only: base64 leaves spare bits in the last character that many readers ignore.
    if not data or base64.b64encode(data).decode() != text:
        raise BadInput("This is not standard base64.", line=number)
    return data
