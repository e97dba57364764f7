"""The only place that reads the time of day."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.kernel.errors import NaiveDatetime


class Clock(Protocol):
    """Gives the present. Shells own one, read it once per request or job, and pass ``now`` down."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never steps; only differences mean anything."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class OffsetReader(Protocol):
    """Says how far the demonstration clock stands ahead of the real one."""

    def __call__(self) -> timedelta: ...


class ShiftedClock:
    """A clock that runs ahead of another one; demonstration data directories only."""

    def __init__(self, base: Clock, offset: OffsetReader) -> None:
        self._base = base
        self._offset = offset

    def now(self) -> datetime:
        return self._base.now() + self._offset()

    def monotonic(self) -> float:
        return self._base.monotonic()


def require_utc(value: datetime) -> datetime:
    """Return ``value`` in UTC; raise ``NaiveDatetime`` when it carries no zone."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise NaiveDatetime(value)
    return value.astimezone(UTC)


def iso(value: datetime) -> str:
    """The one text form of an instant: UTC, microseconds, ``Z``; sorts as it reads."""
    return require_utc(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_iso(text: str) -> datetime:
    """Inverse of :func:`iso`; accepts any ISO 8601 instant that names its zone. Raises ``ValueError``."""
    return require_utc(datetime.fromisoformat(text))
