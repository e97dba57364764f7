"""Every code that a person can meet has words: refusals, gate reasons, waiting leads, tables that say no."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.gate.consent_checks import _CONSENT_CODES
from app.gate.content_checks import _STATE_CODES
from app.gate.sender_checks import _SEQUENCE_CODES
from app.insights.wording import ALL, speak
from app.sequences.policy import WAITING_REASONS

SOURCE = Path(app.__file__).parent
_POSITION = {"Refusal": 0, "refuse": 1, "hold": 1, "give_back": 3}
_NAMED = ("reason",)


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
                yield path, node, name


def literal(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def codes() -> dict[str, str]:
    """Every literal code with the file that makes it."""
    found: dict[str, str] = {}
    for path, node, name in calls():
        position = _POSITION.get(name)
        if position is not None and len(node.args) > position:
            found[literal(node.args[position])] = str(path.relative_to(SOURCE))
        if name in ("move", "move_many"):
            for keyword in node.keywords:
                if keyword.arg in _NAMED:
                    found[literal(keyword.value)] = str(path.relative_to(SOURCE))
    found.pop("", None)
    return found


def tables() -> set[str]:
    """Names of the transition tables; each refuses with ``NAME_not_allowed``."""
    return {literal(node.args[0]) for _, node, name in calls() if name == "TransitionTable" and node.args} - {""}


def test_the_search_finds_codes_of_every_kind() -> None:
    assert {"not_permitted", "approval_expired", "quiet_hours", "worker_lost"} <= set(codes())
    assert {"message", "round", "publication", "sequence", "enrollment"} <= tables()


def test_every_code_has_words() -> None:
    assert {code: where for code, where in codes().items() if code not in ALL} == {}


def test_every_table_that_says_no_has_words() -> None:
    assert {f"{table}_not_allowed" for table in tables()} - set(ALL) == set()


@pytest.mark.parametrize("table", [_CONSENT_CODES, WAITING_REASONS, _SEQUENCE_CODES])
def test_codes_kept_in_tables_have_words(table: dict[str, str]) -> None:
    assert set(table.values()) - set(ALL) == set()


def test_codes_of_publication_states_have_words() -> None:
    assert {code for _, code in _STATE_CODES.values()} - set(ALL) == set()


def test_a_code_nobody_worded_is_still_named() -> None:
    assert "quite new" in speak("quite_new").sentence
