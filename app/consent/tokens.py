"""Unsubscribe tokens: unguessable, good for one lead, and only ever able to reduce what she gets. Pure.

``v1.KEY_ID.PAYLOAD.MAC``: the payload is sealed from eyes by a keystream (a purpose may hint at health, and addresses of
pages end up in logs), the MAC is HMAC-SHA256 over everything before it, 256 bits.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

_VERSION = "v1"
_SEPARATOR = "\x1f"
_MAX_LENGTH = 1024
_UNKNOWN_KEY = b"no such key: only so that the work is the same"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id; new tokens are made with ``current``, old ones are read with whatever key they name."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token says: stop this channel and purpose for this lead, as met in this message."""

    lead_id: str
    channel: str
    purpose: str
    message_id: str


TOKEN_KEY_ID = "u1"


def key_ring(secret: bytes) -> KeyRing:
    """The ring that makes and reads the tokens of this installation."""
    return KeyRing(TOKEN_KEY_ID, {TOKEN_KEY_ID: secret})


def make(ring: KeyRing, lead_id: str, channel: str, purpose: str, message_id: str) -> str:
    """The token of one message; the same every time, so that a message renders to the same bytes."""
    key = ring.keys[ring.current]
    plain = _SEPARATOR.join((lead_id, channel, purpose, message_id)).encode("utf-8")
    nonce = _derived(key, b"nonce", plain)[:16]
    body = f"{_VERSION}.{ring.current}.{_encode(nonce + _masked(key, nonce, plain))}"
    return f"{body}.{_encode(_derived(key, b'mac', body.encode('ascii')))}"


def read(ring: KeyRing, token: str) -> TokenFacts | None:
    """What a genuine token says, or None. A token under an unknown key costs the same work as a forged one."""
    body, _, mac = token[:_MAX_LENGTH].rpartition(".")
    parts = body.split(".")
    key_id = parts[1] if len(parts) == 3 else ""
    key = ring.keys.get(key_id, _UNKNOWN_KEY)
    expected = _derived(key, b"mac", body.encode("utf-8", "replace"))
    genuine = hmac.compare_digest(_decode(mac), expected)
    if not genuine or key_id not in ring.keys or len(parts) != 3 or parts[0] != _VERSION:
        return None
    sealed = _decode(parts[2])
    facts = _masked(key, sealed[:16], sealed[16:]).decode("utf-8").split(_SEPARATOR)
    return TokenFacts(*facts) if len(facts) == 4 else None


def _derived(key: bytes, use: bytes, data: bytes) -> bytes:
    return hmac.new(key, b"placet-unsubscribe/1\x00" + use + b"\x00" + data, hashlib.sha256).digest()


def _masked(key: bytes, nonce: bytes, data: bytes) -> bytes:
    blocks = (_derived(key, b"mask", nonce + i.to_bytes(4, "big")) for i in range(-(-len(data) // 32)))
    return bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""
