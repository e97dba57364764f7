"""Stopped in order or killed without a word: the data stay, what was being sent is accounted for, nothing goes twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.smtp import ChaosSmtp, silence
from tests.cli.desk import Desk
from tests.journeys.browser import Running, soon, up
from tests.journeys.stage import RITA, ROOT, done, letters, smtp, welcome, why

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
OPEN = {"planned", "claimed", "released"}
ROSA = "rosa.restart@home.example"
EDUCATION = (
    "--channel",
    "email",
    "--purpose",
    "education",
    "--wording",
    "consent-email-education",
    "--source",
    "paper",
)


def part(running: Running, module: str) -> int:
    """The process that runs a part of ``up``; 0 when there is none now."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_text().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == running.process.pid and module in command:
            return int(folder.name)
    return 0


def desk_of(running: Running) -> Desk:
    """Commands on the data directory that runs."""
    return Desk(running.data, running.data / "demo" / "password", {})


def outcomes(desk: Desk) -> dict[str, str]:
    return {row["message"]: row["state"] for row in desk.ask("sends", "list", "--limit", "500")}


def nothing_went_twice(maildir: Path) -> int:
    """How many letters there are, each once."""
    counted = Counter(letter["Message-ID"] for letter in letters(maildir))
    assert [name for name, count in counted.items() if count > 1] == []
    return len(counted)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker through /proc")
def test_everything_stops_in_order_starts_again_and_survives_a_kill(demonstration: Path) -> None:
    data = demonstration
    with up(data) as running:
        desk = desk_of(running)
        soon(lambda: Counter(outcomes(desk).values())["accepted"] >= 6, 60)
        assert running.interrupt() < 10
        assert running.process.returncode == 0
    before = outcomes(desk)
    assert nothing_went_twice(data / "inbox") == Counter(before.values())["accepted"]

    with up(data) as running:
        killed = part(running, "app.worker")
        assert killed
        os.kill(killed, signal.SIGKILL)
        soon(lambda: part(running, "app.worker") not in (0, killed), 60)
        lead = ["--email", ROSA, "--first-name", "Rosa", "--region", "US-OH", "--timezone", "America/New_York"]
        done(desk, "cleo", "leads", "add", "--type", "patient", *lead)
        done(desk, "cleo", "consent", "agree", ROSA, *EDUCATION)
        done(desk, "max", "enroll", "imaging-prep", ROSA)
        soon(lambda: ROSA in {letter["Delivered-To"] for letter in letters(data / "inbox")}, 60)
        assert running.interrupt() < 10
        assert running.process.returncode == 0
    after = outcomes(desk)
    # What waited for its hour may have gone meanwhile; what was settled stands as it stood.
    assert {m: state for m, state in after.items() if before.get(m, "planned") not in OPEN} == {
        m: state for m, state in before.items() if state not in OPEN
    }
    assert nothing_went_twice(data / "inbox") == Counter(after.values())["accepted"]
    assert desk.ask("audit", "verify")["ok"] is True
    assert (data / "logs" / "worker.log").exists()


def test_a_worker_killed_between_dot_and_reply_never_sends_a_second_dot(clinic: Desk) -> None:
    others = [f"guest{number}@home.example" for number in range(3)]
    for address in others:
        welcome(clinic, address, "Guest")
    done(clinic, "max", "enroll", "visit", RITA, *others)
    command = [sys.executable, "-P", "-m", "app.cli.main", "worker", "--data", str(clinic.data)]
    with ChaosSmtp({"dot": silence(accept=True)}) as silent:
        env = {**os.environ, **clinic.env, **smtp(silent.port)}
        with subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL) as worker:
            soon(lambda: len(silent.dots) == 4, 60)
            worker.kill()
    assert {row["state"] for row in clinic.ask("sends", "list")} == {"released"}
    with ChaosSmtp() as server:
        again = subprocess.run(
            [*command, "--once"],
            env={**env, **smtp(server.port)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 0, again.stderr
        assert (server.dots, server.messages) == ([], 0)
    assert Counter(outcomes(clinic).values()) == {"unknown": 4}
    assert "It may have arrived" in why(clinic, RITA)["answer"]
    assert not OPEN & set(outcomes(clinic).values())
    assert clinic.ask("audit", "verify")["ok"] is True
