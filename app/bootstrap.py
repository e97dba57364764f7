"""From a bare machine to a running program, or to a tested one. Standard library only.

``./run`` and ``./check`` call this with whatever ``python3`` the machine has (3.11 or newer). It makes ``.venv`` from
``uv.lock``, installs the few native packages that a wheel cannot bring, and hands over. Nothing is installed outside the
checkout except through ``apt-get``, and that only as root; anybody else gets one line that names the packages.

pip and apt are used as this machine configures them; no package index is named here.
"""

import argparse
import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
STAMP = VENV / ".synced"
UV = "uv==0.13.9"
OLDEST = (3, 11)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class Stop(Exception):
    """The machine lacks something that only its owner can give; the message is one line for a person."""


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome that the browser tests can drive; None when there is none."""
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return found
    return str(CHROMIUM_ON_MAC) if CHROMIUM_ON_MAC.exists() else None


def _has_venv() -> bool:
    return importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None


def _has_libatomic() -> bool:
    """Playwright's own node needs it on Linux, and dies without saying so."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _has_chromium() -> bool:
    return find_chromium() is not None


@dataclass(frozen=True)
class Native:
    """Something no wheel brings: how to see that it is there, and the Debian packages that bring it."""

    present: Callable[[], bool]
    packages: tuple[str, ...]


NATIVE_NEEDS: dict[str, tuple[Native, ...]] = {
    "run": (Native(_has_venv, ("python3-venv",)),),
    "fast": (Native(_has_venv, ("python3-venv",)),),
    "check": (
        Native(_has_venv, ("python3-venv",)),
        Native(_has_libatomic, ("libatomic1",)),
        Native(_has_chromium, ("chromium", "fonts-dejavu-core")),
    ),
}
"""What each command needs beyond Python. The run needs nothing more today; the browser tests do."""


def ensure_native(command: str) -> None:
    """Install what ``command`` lacks, or raise :class:`Stop` with the names."""
    missing = [name for need in NATIVE_NEEDS[command] if not need.present() for name in need.packages]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Stop(f"This machine lacks packages (Debian names: {names}). Install them, then run this again.")
    _say(f"apt-get install {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # One unreachable source of several makes update fail; the install that follows is the judge.
    subprocess.run(["apt-get", "-qq", "update"], env=environment, check=False)
    install = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "install", "-y", "--no-install-recommends", *missing]
    done = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        raise Stop(f"apt-get could not install {names}. Install them, then run this again.")


def fingerprint(groups: Sequence[str]) -> str:
    """What ``.venv`` was made from: lock, groups and this Python."""
    lock = (ROOT / "uv.lock").read_bytes()
    rest = f"\n{' '.join(groups)}\n{platform.python_version()}\n{sys.base_prefix}\n"
    return hashlib.sha256(lock + rest.encode()).hexdigest()


def sync(groups: Sequence[str]) -> None:
    """Make ``.venv`` hold exactly what the lock says for ``groups``; groups it already holds stay."""
    stored = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() else []
    wanted = sorted({*groups, *stored[1:]})
    stamp = fingerprint(wanted)
    if stored and stored[0] == stamp:
        return
    ensure_native("run")
    STAMP.unlink(missing_ok=True)
    _say("installing the locked packages into .venv")
    if not _sync_with_uv(wanted):
        _say("uv could not do it; installing with pip and hashes instead")
        _sync_with_pip(wanted)
    STAMP.write_text(" ".join([stamp, *wanted]) + "\n", encoding="utf-8")


def _sync_with_uv(groups: Sequence[str]) -> bool:
    uv = TOOLS / "bin" / "uv"
    if not _uv_stands(uv) and not (
        _call(sys.executable, "-m", "venv", "--clear", str(TOOLS))
        and _call(str(TOOLS / "bin" / "python"), "-m", "pip", "install", "-qq", UV)
    ):
        return False
    named = [part for group in groups for part in ("--group", group)]
    flags = ["--quiet", "--frozen", "--no-managed-python", "--system-certs", "--python", sys.executable]
    return _call(str(uv), "sync", *flags, *named)


def _uv_stands(uv: Path) -> bool:
    try:
        found = subprocess.run([str(uv), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return found.split()[1:2] == [UV.partition("==")[2]]


def _sync_with_pip(groups: Sequence[str]) -> None:
    """The way for networks whose package index only pip knows. A path file stands in for building the package."""
    python = VENV / "bin" / "python"
    lists = [
        part for name in ("requirements", *(f"requirements-{g}" for g in groups)) for part in ("-r", f"{name}.txt")
    ]
    if not (
        _call(sys.executable, "-m", "venv", "--clear", str(VENV))
        and _call(str(python), "-m", "pip", "install", "-qq", "--require-hashes", *lists)
    ):
        raise Stop(
            "Neither uv nor pip could install the packages. Read the lines above; the network is the usual cause."
        )
    asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    (Path(site) / "placet.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = VENV / "bin" / "placet"
    command.write_text(f'#!/bin/sh\nexec "{python}" -P -m app.cli.main "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def _call(*command: str) -> bool:
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _say(text: str) -> None:
    print(f"placet: {text}", file=sys.stderr, flush=True)


def run(arguments: Sequence[str]) -> None:
    """Install what is missing, then become ``placet up``; arguments pass through."""
    ensure_native("run")
    sync(())
    given = any(argument == "--data" or argument.startswith("--data=") for argument in arguments)
    data = [] if given else ["--data", str(ROOT / "var")]
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, "-P", "-m", "app.cli.main", "up", *data, *arguments])  # noqa: S606 - no shell is wanted


def check(arguments: Sequence[str], *, fast: bool) -> int:
    """Install the test extras, then every check in order; the first failure ends it. Returns the exit code."""
    ensure_native("fast" if fast else "check")
    sync(("test",))
    for step in check_steps(arguments, fast=fast):
        _say(" ".join(step))
        program = [str(VENV / "bin" / step[0]), *step[1:]]
        code = subprocess.run(program, cwd=ROOT, check=False).returncode
        if code != 0:
            _say(f"failed: {step[0]} (exit {code})")
            return 1
    _say("all checks passed")
    return 0


def check_steps(arguments: Sequence[str], *, fast: bool) -> list[list[str]]:
    """The commands of a check, names as in ``.venv/bin``."""
    scope = ["--db", "sqlite", "-m", "not browser"] if fast else ["--db", "both"]
    return [
        ["ruff", "check", "--output-format", "concise", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        ["pytest", "-q", "-n", "2", *scope, *arguments],
    ]


def main(argv: Sequence[str]) -> int:
    """Entry of the two scripts in the root folder."""
    if sys.version_info < OLDEST:
        _say(f"Placet needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {platform.python_version()}.")
        return 2
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Start Placet, or check it.", add_help=False)
    parser.add_argument("command", choices=("run", "check"))
    command = parser.parse_args(argv[:1]).command
    rest = list(argv[1:])
    try:
        if command == "run":
            run(rest)
        fast = "--fast" in rest
        return check([argument for argument in rest if argument != "--fast"], fast=fast)
    except Stop as reason:
        _say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
