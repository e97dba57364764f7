"""Facts and results as stored JSON, and back, so that a decision can be replayed years later. Pure."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from app.gate.model import CheckResult, GateFacts
from app.kernel.clock import iso
from app.kernel.digest import Json

_FACTS: TypeAdapter[GateFacts] = TypeAdapter(GateFacts)


def facts_to_json(facts: GateFacts) -> dict[str, Json]:
    """Plain form of the facts; instants as ISO text with zone."""
    plain: dict[str, Json] = _FACTS.dump_python(facts, mode="json")
    return plain


def facts_from_json(stored: dict[str, Any]) -> GateFacts:
    """Inverse of :func:`facts_to_json`; raises ``pydantic.ValidationError`` (a ``ValueError``) when something is missing."""
    return _FACTS.validate_python(stored)


def results_to_json(results: Iterable[CheckResult]) -> list[Json]:
    """Every result with what it looked at, in the order of evaluation."""
    return [
        {
            "check": r.check,
            "verdict": r.verdict.value,
            "code": r.code,
            "facts": dict(r.facts),
            "retry_at": None if r.retry_at is None else iso(r.retry_at),
        }
        for r in results
    ]
