"""Personal data under lock: keyed digests of addresses, and data sealed under a key of the lead's own.

The key that seals a lead's data is derived from two halves: one stands in her row of ``lead_keys`` and is destroyed with her,
the other is the organisation's address key, so that a stolen database alone opens nothing.
"""

import hmac
import json
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.consent.addresses import normalise
from app.consent.model import PersonalData
from app.kernel.digest import canonical
from app.kernel.errors import Untrustworthy
from app.kernel.ids import TokenSource

_NONCE_BYTES = 12
_KEY_BYTES = 32


class Vault:
    """Digests and seals with the organisation's address key; never shows it."""

    def __init__(self, address_key: bytes) -> None:
        self._key = address_key

    def __repr__(self) -> str:
        return "Vault()"

    def digest(self, address: str) -> str:
        """Keyed digest of an address in its one spelling, hexadecimal; of none, empty. Raises ``BadInput``."""
        if not address:
            return ""
        plain = normalise(address)
        kind = b"email" if "@" in plain else b"phone"
        return hmac.new(self._key, b"address\x00" + kind + b"\x00" + plain.encode("utf-8"), sha256).hexdigest()

    def new_key(self, tokens: TokenSource) -> bytes:
        """The destroyable half of a new lead's key."""
        return tokens.random_bytes(_KEY_BYTES)

    def seal(self, personal: PersonalData, lead_key: bytes, lead_id: str, tokens: TokenSource) -> bytes:
        """Personal data readable only with both halves, and only as data of this lead."""
        nonce = tokens.random_bytes(_NONCE_BYTES)
        plain = canonical({name: getattr(personal, name) for name in PersonalData.__slots__})
        return nonce + self._cipher(lead_key).encrypt(nonce, plain, lead_id.encode("ascii"))

    def open(self, sealed: bytes, lead_key: bytes, lead_id: str) -> PersonalData:
        """Inverse of :meth:`seal`; raises ``Untrustworthy`` when the data is not this lead's or was altered."""
        try:
            plain = self._cipher(lead_key).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], lead_id.encode("ascii")
            )
        except (InvalidTag, ValueError):
            raise Untrustworthy(f"The sealed data of lead {lead_id} does not open with the keys at hand.") from None
        return PersonalData(**json.loads(plain))

    def _cipher(self, lead_key: bytes) -> AESGCM:
        return AESGCM(hmac.new(self._key, b"seal\x00" + lead_key, sha256).digest())
