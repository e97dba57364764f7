"""``python -m app.worker --data DIR [--once]``: the process that sends. ``placet worker`` becomes this one."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from app.kernel.errors import AppError
from app.settings import WorkerSettings, environment
from app.worker.bootstrap import build
from app.worker.loop import Stop, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until told to stop, or until nothing is left to do now. Exit 2 when the worker cannot start."""
    parser = argparse.ArgumentParser(prog="placet worker", description="Send what is due.")
    parser.add_argument("--data", type=Path, default=None, help="data directory (default: PLACET_DATA, or ./var)")
    parser.add_argument("--once", action="store_true", help="stop when nothing is left to do now")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    stop = Stop()
    stop.install()
    try:
        worker = build(WorkerSettings.from_mapping(environment(), data_dir=chosen.data), stop.pause)
        sent = run(worker, stop, once=chosen.once)
    except AppError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(
        f"accepted {sent.accepted}, rejected {sent.rejected}, deferred {sent.deferred}, held {sent.held}, "
        f"refused {sent.refused}, unknown {sent.unknown}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
