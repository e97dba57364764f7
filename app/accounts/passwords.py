"""Password hashes: Argon2id with the library's current defaults (RFC 9106, low-memory profile). No I/O."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Verified against when there is no such account, so that both answers take the same work. No password matches it in
practice, and :mod:`app.accounts.operations` ignores the answer."""


def hash_password(text: str) -> str:
    """The hash to store, with its salt and parameters in it."""
    return _HASHER.hash(_composed(text))


def verify_password(hashed: str, text: str) -> bool:
    """Whether ``text`` is the password behind ``hashed``; a hash that cannot be read matches nothing."""
    try:
        return _HASHER.verify(hashed, _composed(text))
    except (VerificationError, InvalidHashError):
        return False


def _composed(text: str) -> str:
    """One form for what keyboards type differently (NIST SP 800-63B section 5.1.1.2)."""
    return unicodedata.normalize("NFKC", text)
