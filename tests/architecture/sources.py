"""The project as files and syntax trees: what the guard tests read."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = (".git", ".venv", ".venv-tools", "var", "node_modules", "__pycache__")
"""Folders that the program makes for itself; git ignores them."""


@cache
def project_files() -> tuple[str, ...]:
    """Every file git keeps or would keep, as a path from the root; without git, every file but what the program makes."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if shutil.which("git") is not None:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if listed.returncode == 0:
            names = (name for name in listed.stdout.decode().split("\0") if name)
            return tuple(sorted(name for name in names if (ROOT / name).is_file()))
    inside = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    kept = (path for path in inside if not any(part in MADE or part.endswith("_cache") for part in path.parts))
    return tuple(sorted(str(path) for path in kept))


@cache
def python_files(*folders: str) -> tuple[str, ...]:
    """The Python files below ``folders``."""
    wanted = tuple(f"{folder}/" for folder in folders)
    return tuple(name for name in project_files() if name.endswith(".py") and name.startswith(wanted))


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name), filename=name)


Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions_of(name: str) -> tuple[Function, ...]:
    """Every function and method of a file, nested ones included."""
    return tuple(node for node in ast.walk(tree_of(name)) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last line."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return 0 if not body else (function.end_lineno or 0) - body[0].lineno + 1


def first_sentence(name: str) -> str:
    """The first sentence of a file's docstring, on one line."""
    text = " ".join((ast.get_docstring(tree_of(name)) or "").split("\n\n", maxsplit=1)[0].split())
    head, stop, _ = text.partition(". ")
    return head + stop.strip() if stop else text
