"""A test that cannot fail is a defect: every test asserts, expects an error, or calls something that asserts for it."""

import ast
from functools import cache

import pytest

from tests.architecture.sources import Function, functions_of, python_files, tree_of

CHECKS = ("assert_", "expect_", "check_", "must_")
PYTEST = {"raises", "warns", "fail"}


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asserts(function: Function, asserting: frozenset[str] = frozenset()) -> bool:
    """Whether anything in the body can fail the test on purpose; ``asserting`` are helpers that do it for others."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = called(node)
            if name in PYTEST or name.lstrip("_").startswith(CHECKS) or name == "expect" or name in asserting:
                return True
    return False


@cache
def helpers_that_assert(name: str) -> frozenset[str]:
    """Functions of a test file, and those it imports from other test files, that assert for whoever calls them."""
    found = frozenset(
        alias.asname or alias.name
        for node in tree_of(name).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests.")
        for source in [f"{(node.module or '').replace('.', '/')}.py"]
        if source in python_files("tests")
        for alias in node.names
        if alias.name in helpers_that_assert(source)
    )
    own = [function for function in functions_of(name) if not function.name.startswith("test_")]
    grown = True
    while grown:
        more = found | {function.name for function in own if asserts(function, found)}
        grown, found = more != found, more
    return found


def functions_that_test(name: str) -> list[Function]:
    return [function for function in functions_of(name) if function.name.startswith("test_")]


def test_every_test_can_fail() -> None:
    silent = [
        f"{name}:{function.lineno} {function.name}"
        for name in python_files("tests")
        if "/test_" in name
        for function in functions_that_test(name)
        if not asserts(function, helpers_that_assert(name))
    ]
    assert silent == []


def test_no_test_is_skipped_for_good_or_expected_to_fail() -> None:
    marks = {"skip", "xfail"}
    found = [
        f"{name}:{function.lineno} {function.name}"
        for name in python_files("tests")
        for function in functions_that_test(name)
        for decorator in function.decorator_list
        if (target := decorator.func if isinstance(decorator, ast.Call) else decorator)
        and isinstance(target, ast.Attribute)
        and target.attr in marks
    ]
    assert found == []


@pytest.mark.parametrize(
    ("body", "can_fail"),
    [
        ("assert 1", True),
        ("with pytest.raises(ValueError): int('x')", True),
        ("assert_refused(result)", True),
        ("page.expect(found)", True),
        ("print(1)", False),
        ("result == 3", False),
    ],
)
def test_the_search_tells_them_apart(body: str, *, can_fail: bool) -> None:
    function = ast.parse(f"def test_x():\n    {body}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert asserts(function) is can_fail
