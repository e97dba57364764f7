"""DKIM signatures (RFC 6376, RFC 8463). The key lives in the worker's settings only."""

from dataclasses import dataclass, field

import dkim

_HEADERS = [
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post",
]  # fmt: skip
"""RFC 8058 section 4 asks that both list headers are covered."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key in PEM (RSA), or the base64 seed of an Ed25519 key, with where its public half is published."""

    selector: str
    domain: str
    private_key: bytes = field(repr=False)
    algorithm: str = "rsa-sha256"

    def sign(self, mime: bytes) -> bytes:
        """The DKIM-Signature header of ``mime``, CRLF at its end. Raises ``dkim.DKIMException`` for a bad key."""
        header: bytes = dkim.sign(
            mime,
            self.selector.encode(),
            self.domain.encode(),
            self.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=_HEADERS,
            signature_algorithm=self.algorithm.encode(),
        )
        return header


def unsigned(mime: bytes) -> bytes:
    """No key is set: no header."""
    return b""
