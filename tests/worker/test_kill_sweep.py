"""The worker's process is killed at every named point and started again; the oracle is the mail server's own log."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.model import Actor
from app.kernel.clock import iso
from app.storage.unit_of_work import Units
from tests.builders.sending import make_sending
from tests.chaos.smtp import ChaosSmtp
from tests.fakes import CountingIds, FixedClock
from tests.worker.conftest import Environment

ROOT = Path(__file__).resolve().parents[2]
POINTS = [
    "after_claim",
    "after_body",
    "after_release_commit",
    "after_journal",
    "after_dot",
    "after_reply",
    "before_receipt",
]
LEADS = 3


class Workers:
    """Starts workers that may be killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, env: dict[str, str], now: str) -> int:
        """The wait status of one worker that worked until it was idle, or was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"env": env, "now": now}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    command = [sys.executable, "-m", "tests.worker.run_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield Workers(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_and_started_again_nothing_is_sent_twice_and_nothing_is_lost(
    point: str,
    dialect: str,
    units: Units,
    people: dict[str, Actor],
    clock: FixedClock,
    ids: CountingIds,
    environment: Environment,
    workers: Workers,
    tmp_path: Path,
) -> None:
    if dialect == "postgresql" and point not in ("after_release_commit", "after_dot"):
        pytest.skip("PostgreSQL at the two points around which its commit matters")
    story = make_sending(units, clock, ids, leads=LEADS)
    units.engine.dispose()
    with ChaosSmtp(log=tmp_path / "oracle") as server:
        killed = workers.run(environment(server.port, PLACET_FAULT=point), iso(clock.now()))
        assert killed == signal.SIGKILL
        server.settle()
        before = len(server.dots)
        assert workers.run(environment(server.port), iso(clock.now() + timedelta(minutes=20))) == 0
        log = [json.loads(line)["message_id"] for line in (tmp_path / "oracle").read_text().splitlines()]
        dots = [record.message_id for record in server.dots]
    accounting = story.accounting()
    assert len(dots) == len(set(dots))
    assert len(log) == len(set(log))
    assert accounting.balances
    assert (accounting.planned, accounting.pending, accounting.held, accounting.refused) == (LEADS, 0, 0, 0)
    assert accounting.accepted + accounting.unknown == LEADS
    if point in ("after_claim", "after_body"):
        assert (before, len(log), accounting.accepted) == (0, LEADS, LEADS)
    elif point == "before_receipt":
        assert (before, len(log), accounting.accepted) == (LEADS, LEADS, LEADS)
    else:
        assert accounting.unknown == LEADS
        assert len(dots) == before == (LEADS if point in ("after_dot", "after_reply") else 0)
