"""``python -m app.worker.bench``: a real worker with a stopwatch, for ``placet bench``. Prints one JSON value.

Nothing is replaced on the way of a message: the stopwatch listens at the points where fault tests end the process.
"""

import argparse
import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.delivery.model import BatchCounts
from app.delivery.transport import Accepted, Envelope, NotSent, Phase, RejectedAfterDot, Uncertain
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import AppError
from app.settings import WorkerSettings, environment
from app.worker.bootstrap import CONNECTIONS, Worker, build
from app.worker.loop import Stop, tick


class Stopwatch:
    """Notes how long a batch's release transaction took, and how long its dots came after the commit. Seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: dict[str, float] = {}
        self.prepared: list[float] = []
        self.releases: list[float] = []
        self.dots: list[float] = []

    def reach(self, point: str) -> None:
        """The program is at ``point``."""
        now = self._at[point] = self._clock.monotonic()
        if point == "after_body":
            self.prepared.append(now - self._at["after_claim"])
        elif point == "after_release_commit":
            self.releases.append(now - self._at["after_body"])
        elif point == "after_dot":
            self.dots.append(now - self._at["after_release_commit"])


class NoWire:
    """A message that is on no wire, so that the gate is measured without a mail server. Nothing leaves."""

    phase = Phase.HELD

    def write_dot(self) -> NotSent | Uncertain | None:
        return None

    def await_reply(self) -> Accepted | RejectedAfterDot | Uncertain:
        return Accepted(250, "measured", "")

    def abandon(self) -> None:
        """Nothing to let go of."""


class Nowhere:
    """A transport that leads nowhere."""

    def hold(self, envelope: Envelope) -> NoWire:
        return NoWire()

    def close(self) -> None:
        """Nothing to close."""


def measure_send(worker: Worker, messages: int) -> dict[str, Any]:
    """Send everything that is due, as the loop does."""
    return _measure(worker, messages)


def measure_gate(worker: Worker, messages: int) -> dict[str, Any]:
    """The same, with a transport that leads nowhere: what is left is rendering, deciding and committing."""
    return _measure(replace(worker, delivery=replace(worker.delivery, transports={"email": Nowhere()})), messages)


def _measure(worker: Worker, messages: int) -> dict[str, Any]:
    clock = worker.delivery.clock
    watch = Stopwatch(clock)
    timed = replace(worker, delivery=replace(worker.delivery, faults=watch))
    counts, began, cpu = BatchCounts(), clock.monotonic(), _cpu()
    while counts.claimed < messages:
        sent = tick(timed).sent
        if not sent.claimed:
            break
        counts = counts.plus(sent)
    seconds = clock.monotonic() - began
    return {
        "messages": counts.claimed,
        "outcomes": {name: getattr(counts, name) for name in counts.__slots__ if name != "claimed"},
        "seconds": round(seconds, 2),
        "messages_per_second": round(counts.accepted / max(seconds, 1e-9), 1),
        "batch": CONNECTIONS,
        "render_decide_hold_ms": quantiles(watch.prepared),
        "release_transaction_ms": quantiles(watch.releases),
        "release_commit_to_last_dot_ms": quantiles(watch.dots),
        "cpu_seconds_per_1000": round((_cpu() - cpu) * 1000 / max(counts.accepted, 1), 2),
    }


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum in milliseconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    pick = {"p50": 0.50, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * q))] * 1000, 2) for name, q in pick.items()}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="placet bench")
    parser.add_argument("mode", choices=("gate", "send"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--messages", type=int, required=True)
    chosen = parser.parse_args(arguments)
    stop = Stop()
    stop.install()
    try:
        worker = build(
            WorkerSettings.from_mapping(environment(), data_dir=chosen.data), stop.pause, clock=SystemClock()
        )
        measured = (
            measure_send(worker, chosen.messages) if chosen.mode == "send" else measure_gate(worker, chosen.messages)
        )
        worker.transport.close()
    except AppError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(json.dumps(measured) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
