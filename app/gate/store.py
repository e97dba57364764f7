"""Write decisions and kill switches."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.gate.model import Decision, GateFacts, GatePhase
from app.gate.stored_facts import facts_to_json, results_to_json
from app.gate.tables import DecisionRow, KillSwitchRow
from app.kernel.digest import digest_of
from app.outbox.model import Message
from app.storage.rows import change_one, insert_row, table_of
from app.storage.unit_of_work import UnitOfWork

_SWITCHES = table_of(KillSwitchRow)


def save_decision(
    uow: UnitOfWork, decision_id: str, message: Message, phase: GatePhase, decision: Decision, facts: GateFacts | None
) -> None:
    """Store a decision with every result and every input. ``facts`` is None when they could not be gathered."""
    plain = {} if facts is None else facts_to_json(facts)
    insert_row(
        uow,
        DecisionRow,
        {
            "id": decision_id,
            "message_id": message.id,
            "epoch": message.epoch,
            "phase": phase.value,
            "verdict": decision.verdict.value,
            "address_digest": message.address_digest,
            "publication_id": message.publication_id,
            "closure_root": message.closure_root,
            "rendered_digest": "" if facts is None else facts.rendered.digest,
            "reasons": [r.code for r in decision.reasons],
            "results": results_to_json(decision.results),
            "facts": plain,
            "facts_digest": digest_of(plain),
            "effective_at": decision.effective_at,
        },
    )


def engaged_switches(connection: Connection) -> tuple[str, ...]:
    """Scopes of the kill switches that are engaged."""
    rows = connection.execute(
        select(_SWITCHES.c.scope).where(_SWITCHES.c.released_at.is_(None)).order_by(_SWITCHES.c.scope)
    )
    return tuple(row.scope for row in rows)


def save_switch(uow: UnitOfWork, switch_id: str, scope: str, reason: str, engaged_by: str, now: datetime) -> None:
    """Engage a switch; ``IntegrityError`` when one is engaged for the scope already."""
    insert_row(
        uow,
        KillSwitchRow,
        {
            "id": switch_id,
            "scope": scope,
            "reason": reason,
            "engaged_by": engaged_by,
            "engaged_at": now,
            "released_by": None,
            "released_at": None,
        },
    )


def save_switch_release(uow: UnitOfWork, scope: str, released_by: str, now: datetime) -> None:
    """Let go of the switch engaged for ``scope``; raises ``StaleState`` when none is."""
    change_one(
        uow,
        KillSwitchRow,
        [_SWITCHES.c.scope == scope, _SWITCHES.c.released_at.is_(None)],
        {"released_by": released_by, "released_at": now},
    )
