"""Every stored decision, replayed from its stored facts, must come to the same verdict for the same reasons."""

from collections.abc import Iterator

from sqlalchemy import Connection

from app.audit.model import Problem
from app.gate import queries
from app.gate.model import Verdict
from app.gate.policy import decide
from app.gate.queries import StoredDecision
from app.gate.stored_facts import facts_from_json, results_to_json
from app.kernel.digest import digest_of
from app.outbox.model import Purpose


def decisions(connection: Connection) -> Iterator[Problem]:
    """Decisions whose facts, results, reasons and verdict do not agree with each other."""
    for stored in queries.all_decisions(connection):
        fault = _fault(stored)
        if fault:
            yield Problem("decisions", stored.id, None, "decision_does_not_replay", fault)


def _fault(stored: StoredDecision) -> str:
    if digest_of(stored.facts) != stored.facts_digest:
        return "The stored facts do not have the stored digest."
    if not stored.facts:
        held = stored.reasons == ("gate_error",) and stored.verdict is Verdict.HOLD
        return "" if held else "A decision without facts can only be a gate error that holds."
    replayed = decide(Purpose.NURTURE, facts_from_json(stored.facts), stored.effective_at)
    if replayed.verdict is not stored.verdict:
        return f"The facts lead to {replayed.verdict.value}, the row says {stored.verdict.value}."
    if tuple(r.code for r in replayed.reasons) != stored.reasons:
        return "The facts lead to other reasons than the row names."
    if results_to_json(replayed.results) != list(stored.results):
        return "The facts lead to other check results than the row holds."
    return ""
