"""Words of delivery: renderings, attempts, receipts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from app.gate.model import RenderedFacts

HOLD_LIMIT_SECONDS = 0.25
"""L of reliability 2.2 step 7: the longest the dot may follow its release commit."""
CLAIM_LEASE = timedelta(minutes=2)
REPLY_LEASE = timedelta(minutes=12)
"""Longer than the ten minutes a server may take to answer the dot (RFC 5321 section 4.5.3.2.6)."""
RELOOK_AFTER = timedelta(hours=1)
"""How long a held message rests before the gate looks at it again by itself."""


LEFT_BEFORE = "released_elsewhere"
"""Why a message is held that this worker let go once and the database no longer knows about."""


class Outcome(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    """The server said "not now", before or after the dot: definitely not taken."""
    ABORTED_BEFORE_DOT = "aborted_before_dot"
    UNKNOWN = "unknown"


DID_NOT_LEAVE = frozenset({Outcome.DEFERRED, Outcome.ABORTED_BEFORE_DOT})
"""Ends after which the message may be offered again; the database holds the same list (``guards.py``)."""


class ReceiptSource(StrEnum):
    """Who knew the outcome."""

    WIRE = "wire"
    JOURNAL = "journal"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it would leave. ``mime`` has CRLF line ends; ``facts`` is what the gate may know of it."""

    mime: bytes = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    envelope_sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message_id_header: str
    facts: RenderedFacts


@dataclass(frozen=True, slots=True)
class Attempt:
    """A released message: the dot may have been written."""

    id: str
    message_id: str
    epoch: int
    worker: str
    rendered_digest: str
    message_id_header: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The end of an attempt. ``reply`` is the server's line, which may quote an address; it is stored, never logged."""

    attempt_id: str
    outcome: Outcome
    phase: str
    code: int | None
    reply: str = field(repr=False)
    queue_id: str
    source: ReceiptSource
    at: datetime


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What became of one batch, for logs and tests."""

    claimed: int = 0
    accepted: int = 0
    rejected: int = 0
    deferred: int = 0
    held: int = 0
    refused: int = 0
    aborted: int = 0
    unknown: int = 0

    def plus(self, other: "BatchCounts") -> "BatchCounts":
        """The sum, field by field."""
        return BatchCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def sum_counts(counts: Iterable[BatchCounts]) -> BatchCounts:
    """All of them together."""
    return reduce(BatchCounts.plus, counts, BatchCounts())
