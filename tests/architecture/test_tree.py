"""The top level is fixed, stages say what they keep, and every module has its test."""

import ast
import re

import pytest

from app.insights.schema import STAGES
from tests.architecture.generated import STAGE_ORDER
from tests.architecture.sources import ROOT, project_files, python_files, text_of, tree_of

FOLDERS = {"app", "content", "migrations", "review_rules", "static", "tests"}
ROOT_FILES = {
    "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "SECURITY.md", "check", "pyproject.toml",
    "requirements-test.txt", "requirements.txt", "run", "uv.lock",
}  # fmt: skip
PACKAGES = sorted(name.split("/")[1] for name in python_files("app") if re.fullmatch(r"app/\w+/__init__\.py", name))


def test_the_top_level_has_no_other_entries() -> None:
    entries = {name.partition("/")[0] for name in project_files() if not name.startswith(".")}
    assert entries - FOLDERS <= ROOT_FILES
    assert entries >= FOLDERS


@pytest.mark.parametrize("name", sorted(ROOT_FILES))
def test_the_root_files_are_there(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_stage_says_what_comes_in_what_goes_out_and_what_always_holds(package: str) -> None:
    said = ast.get_docstring(tree_of(f"app/{package}/__init__.py")) or ""
    assert [word for word in ("In:", "Out:", "Always") if word not in said] == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name in python_files("app") if not ast.get_docstring(tree_of(name))] == []


def test_the_printed_order_of_stages_is_complete() -> None:
    parts = {name.split("/")[1] for name in python_files("app")} - {"__init__.py"}
    assert parts <= set(STAGE_ORDER)


def test_the_schema_knows_every_stage_with_tables_or_guards() -> None:
    found = {name.split("/")[1] for name in python_files("app") if name.endswith(("/tables.py", "/guards.py"))}
    assert found - {"storage"} == set(STAGES)


def test_migrations_are_numbered_without_gaps() -> None:
    names = sorted(name.rpartition("/")[2] for name in python_files("migrations/versions"))
    assert names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name)] == []


def test_every_package_of_app_is_named_in_the_pipeline_contract() -> None:
    text = text_of("pyproject.toml")
    assert [package for package in PACKAGES if not re.search(rf"\b{package}\b", text)] == []
