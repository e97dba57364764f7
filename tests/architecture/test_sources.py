"""The guards read the source as they should: what they would miss is worse than what they find."""

import ast

import pytest

from tests.architecture.generated import block_in, with_blocks
from tests.architecture.literals import Module, Unknown
from tests.architecture.sources import body_lines, first_sentence, project_files
from tests.architecture.test_mirror import has_test


def value_of(text: str) -> ast.expr:
    expression = ast.parse(text, mode="eval").body
    assert isinstance(expression, ast.expr)
    return expression


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("'a.b.c'", {"a.b.c"}),
        ("'x' if first else 'y'", {"x", "y"}),
        ("{'k': 'x', 'l': 'y'}[key]", {"x", "y"}),
        ("{'k': 'x'}.get(key, 'y')", {"x", "y"}),
        ('f\'pre.{"a" if first else "b"}\'', {"pre.a", "pre.b"}),
    ],
)
def test_every_text_an_expression_may_become_is_found(text: str, values: set[str]) -> None:
    assert Module("app/__init__.py").values(value_of(text)) == values


@pytest.mark.parametrize("text", ["name_of(state)", "state.value", "f'a.{state}'", "somewhere"])
def test_an_expression_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(Unknown, match=r"app/__init__\.py"):
        Module("app/__init__.py").values(value_of(text))


def test_a_docstring_is_not_part_of_a_body() -> None:
    function = ast.parse('def f():\n    """Says.\n\n    More.\n    """\n    a = 1\n    return a\n').body[0]
    assert isinstance(function, ast.FunctionDef)
    assert body_lines(function) == 2


def test_the_first_sentence_stands_on_one_line() -> None:
    assert first_sentence("app/kernel/__init__.py") == "Words every stage shares."


@pytest.mark.parametrize(
    ("module", "test", "mirrored"),
    [
        ("app/gate/policy.py", "tests/gate/test_policy.py", True),
        ("app/gate/policy.py", "tests/gate/test_policy_by_table.py", True),
        ("app/gate/policy.py", "tests/review/test_policy.py", False),
        ("app/gate/policy.py", "tests/gate/test_policyholders.py", False),
        ("app/review/operations/rounds.py", "tests/review/test_operations.py", True),
        ("app/review/operations/rounds.py", "tests/review/test_rounds.py", True),
        ("app/web/views/home.py", "tests/web/views/test_home.py", True),
    ],
)
def test_a_mirror_is_recognised(module: str, test: str, *, mirrored: bool) -> None:
    assert has_test(module, frozenset({test})) is mirrored


def test_only_marked_parts_of_the_document_are_written() -> None:
    text = "before\n<!-- begin contracts -->\nold\n<!-- end contracts -->\nafter\n"
    written = with_blocks(text)
    assert block_in(text, "contracts") == "old"
    assert "`pipeline`" in written
    assert (written[:7], written[-7:]) == ("before\n", "\nafter\n")


def test_the_list_of_files_is_the_project() -> None:
    assert {"README.md", "app/__init__.py", "pyproject.toml"} <= set(project_files())
    assert [name for name in project_files() if name.startswith((".venv", "var/", ".git/"))] == []
