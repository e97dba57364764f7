"""Stored decisions are replayed; one that says more than its facts is found."""

import pytest

from app.gate import verification
from app.gate.model import GatePhase, Verdict
from app.gate.policy import decide
from app.gate.queries import StoredDecision
from app.gate.stored_facts import facts_to_json, results_to_json
from app.kernel.digest import digest_of
from app.outbox.model import Purpose
from tests.fakes import MONDAY
from tests.strategies.gate import PASSING, changed


def stored(**values: object) -> StoredDecision:
    facts = changed("consent", state="out")
    decision = decide(Purpose.NURTURE, facts, MONDAY)
    plain = facts_to_json(facts)
    made: dict[str, object] = {
        "id": "d1",
        "message_id": "m1",
        "epoch": 1,
        "phase": GatePhase.RELEASE,
        "verdict": decision.verdict,
        "publication_id": "p1",
        "closure_root": "a" * 64,
        "rendered_digest": "b" * 64,
        "reasons": tuple(r.code for r in decision.reasons),
        "results": tuple(results_to_json(decision.results)),
        "facts": plain,
        "facts_digest": digest_of(plain),
        "effective_at": MONDAY,
    }
    return StoredDecision(**(made | values))  # type: ignore[arg-type]


def test_a_decision_as_it_was_made_replays() -> None:
    assert verification._fault(stored()) == ""


PERMITTED = facts_to_json(PASSING)


@pytest.mark.parametrize(
    "values",
    [
        {"verdict": Verdict.PERMIT},
        {"verdict": Verdict.HOLD},
        {"reasons": ("consent_missing",)},
        {"reasons": ()},
        {"results": ()},
        {"facts_digest": "0" * 64},
        {"facts": PERMITTED, "facts_digest": digest_of(PERMITTED)},
        {"facts": {}, "facts_digest": digest_of({})},
        {"facts": {}, "facts_digest": digest_of({}), "reasons": ("gate_error",), "verdict": Verdict.PERMIT},
    ],
)
def test_a_decision_that_was_altered_does_not(values: dict[str, object]) -> None:
    assert verification._fault(stored(**values)) != ""


def test_a_decision_without_facts_may_be_a_gate_error_that_holds() -> None:
    error = {"facts": {}, "facts_digest": digest_of({}), "reasons": ("gate_error",), "verdict": Verdict.HOLD}
    assert verification._fault(stored(**error)) == ""
