"""One worker per data directory: two that share a name and a journal would undo each other."""

import fcntl
import os
from pathlib import Path

from app.kernel.errors import BadInput


class WorkerLock:
    """An advisory lock on a file, held until the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise BadInput("A worker runs on this data directory already. Stop it first.", source=str(path)) from None

    def release(self) -> None:
        """Let another worker have the directory."""
        os.close(self._descriptor)
