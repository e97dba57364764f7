"""``placet up``: inbox, web and worker as one program with an orderly start and end."""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.cli.children import CANNOT_START, Child, answers_http, free_port, greets, module_command
from app.kernel.clock import Clock
from app.kernel.errors import AppError
from app.settings import without_mail_secrets

_POLL = 0.1
_LOOK = 0.5
_START_LIMIT = 45.0
_PATIENCE = {"worker": 90.0, "web": 15.0, "inbox": 15.0}
"""Seconds to finish in; the worker may be waiting for a mail server's answer."""


class CannotStart(AppError):
    """A part of the program did not come up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``env`` is the environment of the parent."""

    data: Path
    host: str
    port: int
    env: Mapping[str, str]

    @property
    def own_inbox(self) -> bool:
        """Whether mail goes to the inbox of this program, because no server is named."""
        return not self.env.get("PLACET_SMTP_HOST")


class Running:
    """The children, from the first start to the last end."""

    def __init__(self, plan: Plan, clock: Clock, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._clock = clock
        self._say = say
        self._told = threading.Event()
        self._children: list[Child] = []

    def install_signals(self) -> None:
        """SIGTERM and SIGINT ask for an orderly end; main thread only."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._told.set()

    def start(self) -> None:
        """Inbox, web, worker, each once the one before answers. Raises ``CannotStart``; call :meth:`drain` then too."""
        shared = {**self._plan.env, "PLACET_DATA": str(self._plan.data), "PLACET_HOST": self._plan.host}
        shared |= {"PLACET_PORT": str(self._plan.port)}
        mail: dict[str, str] = {}
        if self._plan.own_inbox:
            port = free_port()
            box = str(self._plan.data / "inbox")
            command = module_command("app.transports.local_inbox", "--maildir", box, "--port", str(port))
            self._begin("inbox", command, without_mail_secrets(shared), lambda: greets(port))
            mail = {"PLACET_SMTP_HOST": "127.0.0.1", "PLACET_SMTP_PORT": str(port), "PLACET_SMTP_SECURITY": "none"}
        listening = "127.0.0.1" if self._plan.host in ("0.0.0.0", "::") else self._plan.host  # noqa: S104 - compared only
        web = module_command("app.web")
        self._begin("web", web, without_mail_secrets(shared), lambda: answers_http(self._plan.port, listening))
        known = {name: value for name, value in shared.items() if not (mail and name.startswith("PLACET_SMTP_"))}
        self._begin("worker", module_command("app.worker"), {**known, **mail}, lambda: True)

    def _begin(self, name: str, command: list[str], env: Mapping[str, str], ready: Callable[[], bool]) -> None:
        child = Child(name, command, env, self._plan.data / "logs" / f"{name}.log", self._clock)
        child.start()
        self._children.append(child)
        limit = self._clock.monotonic() + _START_LIMIT
        while not ready():
            if child.ended is not None:
                raise CannotStart(f"The {name} did not start: {child.last_words()}")
            if self._clock.monotonic() > limit:
                raise CannotStart(f"The {name} did not answer in {_START_LIMIT:.0f} s. See {self._plan.data / 'logs'}.")
            if self._told.wait(_POLL):
                return

    def look_after(self) -> int:
        """Stay until told to end; a child that ends is started again. Returns the exit code of the whole."""
        while not self._told.wait(_LOOK):
            for child in self._children:
                if child.look_after(self._say) == CANNOT_START:
                    self._say(f"The {child.name} cannot run: {child.last_words()}")
                    return CANNOT_START
        return 0

    def drain(self) -> None:
        """The worker finishes what it has in hand, then the web its requests, then the inbox."""
        order = {"worker": 0, "web": 1, "inbox": 2}
        for child in sorted(self._children, key=lambda c: order[c.name]):
            if not child.stop(_PATIENCE[child.name]):
                self._say(f"{child.name} did not finish in {_PATIENCE[child.name]:.0f} s and was ended")
