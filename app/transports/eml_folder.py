"""Development transport: one .eml file for each finished message, nothing for an abandoned one."""

import contextlib
import os
from pathlib import Path

from app.delivery.transport import Accepted, Envelope, FinishResult, NotSent, Phase, RejectedAfterDot, Uncertain
from app.kernel.errors import StaleState
from app.kernel.ids import IdSource, SystemIds


class EmlFolderTransport:
    """Writes messages into ``folder``, which is made if missing. The rename is the dot: a half file is never seen."""

    def __init__(self, folder: Path, *, ids: IdSource | None = None) -> None:
        self._folder = folder
        self._ids = ids or SystemIds()
        self._held: set[EmlHeldMessage] = set()

    def hold(self, envelope: Envelope) -> "EmlHeldMessage | NotSent":
        """Write the message to a hidden file next to its place. ``NotSent`` (unreachable) if the folder refuses it."""
        name = self._ids.new_id()
        draft = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(envelope.message)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            return NotSent(Phase.BODY, "unreachable", None, f"the folder cannot be written: {error.strerror}")
        held = EmlHeldMessage(draft, self._folder / f"{name}.eml", self._held)
        self._held.add(held)
        return held

    def close(self) -> None:
        """Abandon what is held."""
        for held in list(self._held):
            held.abandon()


class EmlHeldMessage:
    """A hidden file that becomes visible, or goes."""

    def __init__(self, draft: Path, target: Path, register: "set[EmlHeldMessage]") -> None:
        self._draft = draft
        self._target = target
        self._register = register
        self._phase = Phase.HELD
        self._over = False

    @property
    def phase(self) -> Phase:
        """``HELD`` until the rename."""
        return self._phase

    def write_dot(self) -> NotSent | Uncertain | None:
        """Give the file its name, durably."""
        if self._over or self._phase is not Phase.HELD:
            raise StaleState("This message was finished or abandoned before.")
        if not self._draft.exists():
            self._settle()
            return NotSent(Phase.HELD, "transient", None, "the held file is gone")
        self._phase = Phase.DOT
        try:
            self._draft.replace(self._target)
            _sync_folder(self._target.parent)
        except OSError as error:
            self._settle()
            return Uncertain(Phase.DOT, f"the file could not be renamed: {error.strerror}")
        self._phase = Phase.REPLY
        return None

    def await_reply(self) -> Accepted | RejectedAfterDot | Uncertain:
        """The folder took it."""
        if self._over or self._phase is not Phase.REPLY:
            raise StaleState("The answer to this message is not awaited: its dot was not written, or it is settled.")
        self._settle()
        return Accepted(250, "stored", self._target.stem)

    def finish(self) -> FinishResult:
        """Write the dot and wait for the answer."""
        return self.write_dot() or self.await_reply()

    def _settle(self) -> None:
        self._over = True
        self._register.discard(self)

    def abandon(self) -> None:
        """Remove the hidden file."""
        if not self._over:
            self._settle()
            if self._phase is Phase.HELD:
                self._draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
