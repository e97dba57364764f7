"""Stored decisions, for the why page, the log of sends and the verifier."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.gate.model import GatePhase, Verdict
from app.gate.tables import DecisionRow, KillSwitchRow
from app.storage.rows import table_of

_DECISIONS = table_of(DecisionRow)
_SWITCHES = table_of(KillSwitchRow)


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it stands in the database; ``results`` and ``facts`` are the stored JSON."""

    id: str
    message_id: str
    epoch: int
    phase: GatePhase
    verdict: Verdict
    publication_id: str
    closure_root: str
    rendered_digest: str
    reasons: tuple[str, ...]
    results: tuple[dict[str, Any], ...]
    facts: dict[str, Any]
    facts_digest: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class KillSwitch:
    scope: str
    reason: str
    engaged_by: str
    engaged_at: datetime


def _decision(row: Row[Any]) -> StoredDecision:
    return StoredDecision(
        row.id,
        row.message_id,
        row.epoch,
        GatePhase(row.phase),
        Verdict(row.verdict),
        row.publication_id,
        row.closure_root,
        row.rendered_digest,
        tuple(row.reasons),
        tuple(row.results),
        row.facts,
        row.facts_digest,
        row.effective_at,
    )


def decisions_of(connection: Connection, message_id: str) -> tuple[StoredDecision, ...]:
    """All decisions of a message, oldest first."""
    rows = connection.execute(
        select(_DECISIONS).where(_DECISIONS.c.message_id == message_id).order_by(_DECISIONS.c.epoch, _DECISIONS.c.phase)
    )
    return tuple(_decision(row) for row in rows)


def latest_decision(connection: Connection, message_id: str) -> StoredDecision | None:
    """The newest decision of a message, or None when it was never decided on."""
    decisions = decisions_of(connection, message_id)
    return max(decisions, key=lambda d: (d.epoch, d.phase is GatePhase.RELEASE)) if decisions else None


def all_decisions(connection: Connection) -> Iterator[StoredDecision]:
    """Every decision, streamed, for verification."""
    for row in connection.execution_options(yield_per=500).execute(select(_DECISIONS).order_by(_DECISIONS.c.id)):
        yield _decision(row)


def engaged(connection: Connection) -> tuple[KillSwitch, ...]:
    """The kill switches that are engaged now."""
    rows = connection.execute(
        select(_SWITCHES).where(_SWITCHES.c.released_at.is_(None)).order_by(_SWITCHES.c.engaged_at)
    )
    return tuple(KillSwitch(r.scope, r.reason, r.engaged_by, r.engaged_at) for r in rows)
