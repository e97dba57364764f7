"""Every refusal has words, and the words hold whatever the facts are."""

import ast
import re
from pathlib import Path

import pytest

import app
from app.gate.policy import CHECKS as GATE_CHECKS
from app.insights.wording import ALL, fact_text, speak, speak_refusal
from app.insights.wording_gate import CHECKS
from app.kernel.finding import Refusal

SOURCE = Path(app.__file__).parent
_BANNED = re.compile(r"\b(please|sorry|invalid|oops|forbidden|compliant)\b", re.IGNORECASE)


def codes_in_the_program() -> dict[str, str]:
    """Every literal code of a refusal or of a gate reason, with the file that makes it."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            position = {"Refusal": 0, "refuse": 1, "hold": 1}.get(node.func.id)
            if position is None or len(node.args) <= position:
                continue
            code = node.args[position]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found[code.value] = str(path.relative_to(SOURCE))
    return found


def test_the_search_finds_codes_at_all() -> None:
    assert {"not_permitted", "approval_expired"} <= set(codes_in_the_program())


def test_every_code_in_the_program_has_words() -> None:
    assert {code: where for code, where in codes_in_the_program().items() if code not in ALL} == {}


def test_every_check_of_the_gate_has_a_title() -> None:
    names = {check.__name__ for checks in GATE_CHECKS.values() for check in checks}
    assert names - set(CHECKS) == set()


@pytest.mark.parametrize("code", sorted(ALL))
def test_words_hold_without_facts_and_keep_the_tone(code: str) -> None:
    spoken = speak(code)
    for text in (spoken.sentence, spoken.who, spoken.fix):
        assert text
        assert "{" not in text
        assert not _BANNED.search(text)
    assert not spoken.sentence.endswith(".")


def test_a_code_without_words_is_named_so_that_it_can_be_quoted() -> None:
    assert "brand new" in speak("brand_new").sentence


def test_facts_are_shown_by_their_names_and_never_raw() -> None:
    assert fact_text("2027-03-14T00:00:00.000000Z") == "14 Mar 2027 00:00 UTC"
    assert fact_text(["medical", "legal"]) == "medical reviewer, legal reviewer"
    spoken = speak_refusal(Refusal("approval_expired", {"until": "2027-03-14T00:00:00.000000Z"}))
    assert spoken.sentence == "The approval ended 14 Mar 2027 00:00 UTC"


def test_a_fact_cannot_bring_its_own_braces() -> None:
    assert (
        speak("kill_switch", {"engaged": "{fix}{0.__class__}"}).sentence == "Sending is stopped for {fix}{0.__class__}"
    )
