"""Child processes of ``placet up``: started in sessions of their own, so that Ctrl-C reaches the parent alone."""

import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from app.kernel.clock import Clock

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_STEADY = 30.0
"""Seconds after which a child counts as started well, and its next restart comes soon again."""
CANNOT_START = 2
"""Exit code by which a child says that starting it again would not help."""


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules with this Python."""
    return [sys.executable, "-P", "-m", module, *arguments]


class Child:
    """One process with its log; started again when it ends by itself."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, clock: Clock) -> None:
        self.name = name
        self._command = list(command)
        self._env = dict(env)
        self._log = log
        self._clock = clock
        self._started = 0.0
        self._wait = _FIRST_WAIT
        self._again_at: float | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints goes to its log."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self.process = self._popen(log)
        self._started = self._clock.monotonic()
        self._again_at = None

    def _popen(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    @property
    def ended(self) -> int | None:
        """The exit code of a child that ended, None while it runs."""
        return None if self.process is None else self.process.poll()

    def look_after(self, say: Callable[[str], None]) -> int | None:
        """Start it again when it ended, later each time it ends soon; the exit code when that would not help."""
        code = self.ended
        if code is None:
            return None
        if code == CANNOT_START:
            return code
        now = self._clock.monotonic()
        if self._again_at is None:
            self._wait = _FIRST_WAIT if now - self._started > _STEADY else min(self._wait * 2, _LONGEST_WAIT)
            self._again_at = now + self._wait
            say(f"{self.name} ended (exit {code}); it starts again in {self._wait:.0f} s. See {self._log}")
        elif now >= self._again_at:
            self.start()
            say(f"{self.name} started again")
        return None

    def stop(self, patience: float) -> bool:
        """Tell it to finish; after ``patience`` seconds end it. False when it had to be ended."""
        if self.process is None or self.process.poll() is not None:
            return True
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        return next((line for line in reversed(lines) if line.strip()), "It said nothing.")


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def greets(port: int) -> bool:
    """Whether a mail server greets on this machine's ``port``."""
    return _first_bytes(port, b"").startswith(b"220")


def answers_http(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a web server answers on ``port``; any answer will do."""
    request = f"GET /health/live HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode()
    return _first_bytes(port, request, host).startswith(b"HTTP/1.")


def _first_bytes(port: int, request: bytes, host: str = "127.0.0.1") -> bytes:
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(request)
            return connection.recv(16)
    except OSError:
        return b""
