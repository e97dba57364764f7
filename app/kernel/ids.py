"""Identifiers and unguessable tokens; the only place that reads randomness."""

import secrets
from typing import NewType, Protocol

PersonId = NewType("PersonId", str)
ItemId = NewType("ItemId", str)
VersionId = NewType("VersionId", str)
RoundId = NewType("RoundId", str)
PublicationId = NewType("PublicationId", str)
LeadId = NewType("LeadId", str)
SequenceId = NewType("SequenceId", str)
EnrollmentId = NewType("EnrollmentId", str)
MessageId = NewType("MessageId", str)
DecisionId = NewType("DecisionId", str)
AttemptId = NewType("AttemptId", str)

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 12
"""31^12 is about 2^59: collisions stay improbable for a hundred million rows, and the id fits on a form."""


class IdSource(Protocol):
    """Makes identifiers for rows. Not secret; never derived from what the row says."""

    def new_id(self) -> str: ...


class TokenSource(Protocol):
    """Makes secrets that must not be guessed."""

    def token(self) -> str:
        """At least 256 bits, URL-safe."""
        ...

    def random_bytes(self, count: int) -> bytes: ...


class SystemIds:
    """Identifiers from the operating system's randomness, in an alphabet without look-alikes."""

    def new_id(self) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


class SystemTokens:
    """Secrets from the operating system's randomness."""

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)
