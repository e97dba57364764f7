"""Stand-ins for what the machine gives: time, identifiers, randomness. Free of fixtures; deterministic."""

import hashlib
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""A Monday, 10:00 in New York and 15:00 in London: inside every office's hours."""


class FixedClock:
    """A clock that stands until it is told to advance."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = start
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, by: timedelta) -> None:
        """Move both hands on."""
        self._now += by
        self._seconds += by.total_seconds()


class CountingIds:
    """Identifiers ``id000001``, ``id000002``, … so that a failing test reads well; at most 16 characters."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._count = 0

    def new_id(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count:06d}"


class CountingTokens:
    """Tokens of the length of real ones, told apart by their number; bytes from a hash of the count."""

    def __init__(self, prefix: str = "token") -> None:
        self._prefix = prefix
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count:06d}".ljust(43, "x")

    def random_bytes(self, count: int) -> bytes:
        self._count += 1
        made = b""
        while len(made) < count:
            made += hashlib.sha256(f"{self._prefix}|{self._count}|{len(made)}".encode()).digest()
        return made[:count]
