"""Runs workers, each in a process of its own that may be killed: a line of JSON in, a wait status out.

The program is imported once; a child is the copy of a process without threads, so each start costs little.
"""

import json
import os
import sys
import traceback

from app.kernel.clock import parse_iso
from app.settings import WorkerSettings
from app.worker.bootstrap import build
from app.worker.loop import Stop, run
from tests.fakes import FixedClock


def work(env: dict[str, str], now: str) -> None:
    """Until nothing is left to do at that instant."""
    run(
        build(WorkerSettings.from_mapping(env), lambda seconds: False, clock=FixedClock(parse_iso(now))),
        Stop(),
        once=True,
    )


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what workers log does not mix with the answers
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(asked["env"], asked["now"])
                status = 0
            except BaseException:  # noqa: BLE001 - a child never returns into the loop of its parent
                traceback.print_exc()
            os._exit(status)
        print(os.waitpid(child, 0)[1], file=answers, flush=True)


if __name__ == "__main__":
    main()
