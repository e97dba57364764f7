"""Keys of an organisation, one file each, readable by their owner only.

A key that is missing is made on first use, unless the directory is opened read-only. Nothing here is logged.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.kernel.digest import sha256
from app.kernel.errors import BadInput
from app.kernel.ids import TokenSource

_SECRET_BYTES = 32
_KEY_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """An Ed25519 public key. ``key_id`` is the start of the SHA-256 of its 32 bytes."""

    key_id: str
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> "VerifyKey":
        """From the 32 raw bytes; raises ``ValueError`` for anything else."""
        Ed25519PublicKey.from_public_bytes(raw)
        return cls(sha256(raw)[:_KEY_ID_LENGTH], raw)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` was made over ``data`` with the private half."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """An Ed25519 private key that never shows itself."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.verify_key = VerifyKey.of(raw)

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature of ``data``."""
        return self._private.sign(data)

    def seed(self) -> bytes:
        """The 32 private bytes, for writing the key file and nothing else."""
        return self._private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    def __repr__(self) -> str:
        return f"SigningKey({self.verify_key.key_id})"


class KeyFiles:
    """The key directory of one data directory."""

    def __init__(self, directory: Path, tokens: TokenSource) -> None:
        self._directory = directory
        self._tokens = tokens

    def secret(self, name: str) -> bytes:
        """The 32-byte secret ``name``; made on first use."""
        path = self._directory / f"{name}.key"
        if not path.exists():
            self._create(path, self._tokens.random_bytes(_SECRET_BYTES))
        data = path.read_bytes()
        if len(data) != _SECRET_BYTES:
            raise BadInput(
                f"is not a key of {_SECRET_BYTES} bytes. Restore it from a backup; do not delete it.", source=str(path)
            )
        return data

    def signing_key(self, name: str) -> SigningKey:
        """The Ed25519 key ``name``; made on first use, its public half beside it as ``name.pub`` (hexadecimal)."""
        key = SigningKey(self.secret(name))
        public = self._directory / f"{name}.pub"
        if not public.exists():
            public.write_text(key.verify_key.raw.hex() + "\n", encoding="ascii")
        return key

    def _create(self, path: Path, data: bytes) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = path.with_name(f".{path.name}.{self._tokens.token()[:12]}")
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(staged, path)
        except FileExistsError:
            pass  # another process made the same key first; its key is the one
        finally:
            staged.unlink()


ORGANISATION_KEY = "organisation"
"""Signs review statements."""
LOG_KEY = "log"
"""Signs checkpoints."""
ADDRESS_KEY = "address"
"""Keys the digests of addresses, so that a stolen database cannot be tried against a list of addresses."""
UNSUBSCRIBE_KEY = "unsubscribe"
WEB_KEY = "web"
