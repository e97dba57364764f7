import dataclasses

import pytest

from app.kernel.digest import canonical
from app.kernel.finding import Finding, Refusal, Remedy, Severity, Span

FOUND = Finding(
    "r1", "claims", Severity.BLOCK, Remedy.REWRITE, "No cure.", "FTC Act s 5", Span(3, 7, 1, 4), "cure", "help"
)


def test_a_finding_has_a_canonical_form() -> None:
    plain = FOUND.as_json()
    assert plain["severity"] == "block"
    assert plain["remedy"] == "rewrite"
    assert plain["span"] == {"start": 3, "end": 7, "line": 1, "column": 4}
    assert set(plain) == {field.name for field in dataclasses.fields(Finding)}
    assert canonical(plain)


def test_outcomes_do_not_change_after_the_fact() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        FOUND.rule = "y"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Refusal("x").code = "y"  # type: ignore[misc]


def test_two_refusals_with_the_same_facts_are_the_same() -> None:
    assert Refusal("x", {"a": 1}) == Refusal("x", {"a": 1}) != Refusal("x", {"a": 2})
