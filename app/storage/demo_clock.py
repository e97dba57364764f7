"""How far the demonstration clock stands ahead: one small file in a demonstration data directory, read by every process."""

import json
from datetime import timedelta
from pathlib import Path

from app.kernel.clock import Clock, ShiftedClock

_FILE = "demo-clock.json"


class DemoClockFile:
    """The offset on disk. It only ever grows: effective time never goes back behind the log (reliability I8)."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self._seen: tuple[int, timedelta] = (0, timedelta(0))

    def __call__(self) -> timedelta:
        """The present offset; zero when the clock was never moved."""
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta(0)
        if stamp != self._seen[0]:
            seconds = json.loads(self._path.read_text(encoding="utf-8"))["ahead_seconds"]
            self._seen = (stamp, timedelta(seconds=int(seconds)))
        return self._seen[1]

    def advance(self, by: timedelta) -> timedelta:
        """Move the clock forward; returns the new offset. Raises ``ValueError`` for a step back."""
        if by < timedelta(0):
            raise ValueError("The demonstration clock only moves forward.")
        ahead = self() + by
        staged = self._path.with_suffix(".new")
        staged.write_text(json.dumps({"ahead_seconds": int(ahead.total_seconds())}), encoding="utf-8")
        staged.replace(self._path)
        return ahead


def process_clock(base: Clock, data_dir: Path, *, is_demo: bool) -> Clock:
    """The clock a process runs on: the real one, shifted only where a demonstration lives."""
    return ShiftedClock(base, DemoClockFile(data_dir)) if is_demo else base
