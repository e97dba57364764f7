"""Figures for the home page and ``placet status``: where everything stands, to the unit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.accounts import queries as accounts
from app.accounts.model import PersonState
from app.audit import queries as audit
from app.consent import queries as consent
from app.gate import queries as gate
from app.gate.queries import KillSwitch
from app.insights.library import library
from app.outbox import queries as outbox
from app.outbox.model import Accounting, MessageState
from app.publishing import queries as publishing
from app.publishing.model import EXPIRING_DAYS
from app.review import queries as review
from app.sequences import queries as sequences

_COUNTED = 5_000


@dataclass(frozen=True, slots=True)
class Expiring:
    """A piece whose window ends soon, and the sequences that will then stop at it."""

    item_key: str
    publication_id: str
    until: datetime
    used_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """``pieces`` counts the newest versions by state; ``held`` and ``refused`` count messages by their first reason."""

    now: datetime
    people: int
    pieces: Mapping[str, int]
    open_rounds: int
    overdue_rounds: int
    expiring: tuple[Expiring, ...]
    leads: int
    sequences: Mapping[str, str]
    sends: Accounting
    held: Mapping[str, int]
    refused: Mapping[str, int]
    next_due: datetime | None
    switches: tuple[KillSwitch, ...]
    log_size: int
    log_root: str
    checkpoint_size: int


def status(connection: Connection, now: datetime) -> Status:
    """Where everything stands at ``now``."""
    lines = library(connection, now)
    by_item = {line.item_id: line for line in lines}
    rounds = review.open_rounds(connection)
    ending = publishing.expiring(connection, now, now + timedelta(days=EXPIRING_DAYS))
    head = audit.tree_head(connection)
    newest = audit.newest_checkpoint(connection)
    return Status(
        now=now,
        people=sum(person.state is PersonState.ACTIVE for person in accounts.people(connection)),
        pieces=dict(Counter(line.status.state.value for line in lines)),
        open_rounds=len(rounds),
        overdue_rounds=sum(round_.due_at < now for round_ in rounds),
        expiring=tuple(
            Expiring(by_item[p.item_id].key, p.id, p.valid_until, by_item[p.item_id].used_in) for p in ending
        ),
        leads=consent.count_leads(connection),
        sequences={line.key: line.version.state.value for line in sequences.list_sequences(connection)},
        sends=outbox.accounting(connection),
        held=_reasons(connection, MessageState.HELD),
        refused=_reasons(connection, MessageState.REFUSED),
        next_due=outbox.next_due(connection),
        switches=gate.engaged(connection),
        log_size=head.size,
        log_root=head.root.hex(),
        checkpoint_size=0 if newest is None else newest.size,
    )


def _reasons(connection: Connection, state: MessageState) -> Mapping[str, int]:
    return dict(Counter(m.reason for m in outbox.recent(connection, states=[state], limit=_COUNTED)).most_common())


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What was settled in a stretch of time, to the unit, and the reasons of what was stopped, commonest first."""

    accepted: int
    rejected: int
    refused: int
    held: int
    unknown: int
    reasons: tuple[tuple[str, int], ...]


def outcomes_since(connection: Connection, since: datetime) -> Outcomes:
    """Messages that came to rest since an instant."""
    recent = [m for m in outbox.recent(connection, limit=_COUNTED) if m.state_since >= since]
    counts = Counter(m.state for m in recent)
    stopped = Counter(m.reason for m in recent if m.state in (MessageState.REFUSED, MessageState.HELD))
    return Outcomes(
        counts[MessageState.ACCEPTED],
        counts[MessageState.REJECTED],
        counts[MessageState.REFUSED],
        counts[MessageState.HELD],
        counts[MessageState.UNKNOWN],
        tuple(stopped.most_common()),
    )
