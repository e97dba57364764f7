"""The import contracts are all there. Whether they hold is asked by ``lint-imports``, a step of ``./check``."""

import tomllib
from typing import Any

from app.bootstrap import check_steps
from tests.architecture.sources import python_files, text_of

EXPECTED = {
    "pipeline", "roles", "pure", "tables", "stores", "shells", "mint", "transports", "smtp", "two-rivers", "acyclic",
}  # fmt: skip


def contracts() -> dict[str, dict[str, Any]]:
    named = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in named}


def test_no_contract_was_dropped() -> None:
    assert set(contracts()) >= EXPECTED


def test_no_contract_forgives_an_import() -> None:
    assert {name: c["ignore_imports"] for name, c in contracts().items() if c.get("ignore_imports")} == {}


def test_the_pipeline_has_a_place_for_every_package() -> None:
    pipeline = contracts()["pipeline"]
    assert pipeline["exhaustive"] is True
    assert pipeline["exhaustive_ignores"] == ["bootstrap"]


def test_every_stage_with_roles_stands_in_the_roles_contract() -> None:
    roles = set(contracts()["roles"]["containers"])
    staged = {name.rpartition("/")[0].replace("/", ".") for name in python_files("app") if name.endswith("/tables.py")}
    assert staged == roles


def test_the_check_runs_them_for_everybody() -> None:
    for fast in (True, False):
        assert ["lint-imports"] in check_steps([], fast=fast)
