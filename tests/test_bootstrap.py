"""From a bare machine: what the bootstrap decides. That it works on one is shown by ``.ci/run``, which starts there."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import bootstrap

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, with a lock and an environment that was made for the run."""
    (tmp_path / "uv.lock").write_text("lock")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path / ".venv-tools")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / ".synced")
    return tmp_path


@pytest.fixture
def synced(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The groups of every installation, which this machine does not really do."""
    done: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "_sync_with_uv", lambda groups: done.append(list(groups)) or True)
    monkeypatch.setattr(bootstrap, "ensure_native", lambda command: None)
    return done


def test_a_second_run_installs_nothing(synced: list[list[str]]) -> None:
    bootstrap.sync(())
    bootstrap.sync(())
    assert synced == [[]]


def test_a_changed_lock_is_installed(checkout: Path, synced: list[list[str]]) -> None:
    bootstrap.sync(())
    (checkout / "uv.lock").write_text("another lock")
    bootstrap.sync(())
    assert synced == [[], []]


def test_a_run_after_a_check_keeps_the_test_extras(checkout: Path, synced: list[list[str]]) -> None:
    bootstrap.sync(("test",))
    bootstrap.sync(())
    assert synced == [["test"]]
    (checkout / "uv.lock").write_text("another lock")
    bootstrap.sync(())
    assert synced == [["test"], ["test"]]


def test_an_installation_that_broke_off_is_done_again(synced: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(groups: object) -> bool:
        raise KeyboardInterrupt

    bootstrap.sync(())
    monkeypatch.setattr(bootstrap, "_sync_with_uv", break_off)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.sync(("test",))
    assert not bootstrap.STAMP.exists()


def test_who_is_not_root_is_told_the_packages_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    needs = {"run": (bootstrap.Native(lambda: False, ("python3-venv",)), bootstrap.Native(lambda: True, ("present",)))}
    monkeypatch.setattr(bootstrap, "NATIVE_NEEDS", needs)
    with pytest.raises(bootstrap.Stop) as told:
        bootstrap.ensure_native("run")
    assert str(told.value).splitlines() == [str(told.value)]
    assert "python3-venv" in str(told.value)
    assert "present" not in str(told.value)


def test_the_run_needs_no_more_from_the_machine_than_python_with_venv() -> None:
    assert [need.packages for need in bootstrap.NATIVE_NEEDS["run"]] == [("python3-venv",)]


def test_a_check_covers_both_databases_and_a_fast_one_says_what_it_leaves_out() -> None:
    whole, fast = bootstrap.check_steps(["-x"], fast=False), bootstrap.check_steps([], fast=True)
    assert [step[0] for step in whole] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert whole[-1] == ["pytest", "-q", "-n", "2", "--db", "both", "-x"]
    assert fast[-1] == ["pytest", "-q", "-n", "2", "--db", "sqlite", "-m", "not browser"]
    assert fast[:-1] == whole[:-1]


def test_the_bootstrap_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "app" / "bootstrap.py").read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "app"]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("name", ["run", "check"])
def test_the_two_commands_are_one_line_each_and_find_their_folder(name: str) -> None:
    script = ROOT / name
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines() == [
        "#!/bin/sh",
        f'exec python3 -I "$(dirname "$0")/app/bootstrap.py" {name} "$@"',
    ]


def test_continuous_integration_calls_check_and_installs_nothing_itself() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec ./check"]


def test_a_python_too_old_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    assert bootstrap.main(["run"]) == 2
    assert "needs Python 99.0 or newer" in capsys.readouterr().err


def test_it_starts_without_any_package(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "app" / "bootstrap.py"), "unheard-of"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "invalid choice" in done.stderr
