"""Files and functions stay small enough to be read at once; names say what a thing is about."""

from pathlib import PurePath

import pytest

from tests.architecture.sources import body_lines, functions_of, project_files, python_files, text_of

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
LONGEST_VIEW = 25
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
READABLE = [name for name in python_files("app", "tests", "migrations") if not name.startswith("migrations/versions/")]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {name: text_of(name).count("\n") for name in READABLE}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    found = {
        f"{name}:{function.name}": length
        for name in READABLE
        for function in functions_of(name)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert found == {}


def test_no_view_is_longer_than_25_lines() -> None:
    found = {
        f"{name}:{function.name}": length
        for name in python_files("app/web/views", "app/api")
        for function in functions_of(name)
        if (length := body_lines(function)) > LONGEST_VIEW
    }
    assert found == {}


@pytest.mark.parametrize("word", sorted(SAYS_NOTHING))
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    named = [name for name in project_files() if word in {PurePath(part).stem for part in PurePath(name).parts}]
    assert named == []
