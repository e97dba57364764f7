"""The pip lists that mirror ``uv.lock``, for networks whose index only pip knows.

As a program (``make requirements``) it writes them; the guard test compares. Neither list names an index, and the lock is
never read through this machine's own index settings.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = {"requirements.txt": [], "requirements-test.txt": ["--only-group", "test"]}


def find_uv() -> str | None:
    """The uv that ``./run`` installed, or one on the path."""
    ours = ROOT / ".venv-tools" / "bin" / "uv"
    return str(ours) if ours.exists() else shutil.which("uv")


def exported(uv: str, scope: list[str]) -> str:
    """One list as the lock has it now, with hashes."""
    flags = ["--frozen", "--no-config", "--no-emit-project", "--no-header", "--format", "requirements-txt", "--quiet"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    done = subprocess.run(
        [uv, "export", *flags, *scope], cwd=ROOT, env=clean, capture_output=True, text=True, check=True
    )
    return done.stdout


def main() -> int:
    uv = find_uv()
    if uv is None:
        sys.stderr.write("uv is missing: run ./check once.\n")
        return 1
    for name, scope in LISTS.items():
        (ROOT / name).write_text(exported(uv, scope), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
