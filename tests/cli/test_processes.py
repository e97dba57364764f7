"""The whole program started as people start it, and ended as they end it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.children import answers_http, free_port, port_is_free
from app.settings import MAIL_SECRETS

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60.0


class Started:
    """``placet up`` in a process of its own; what it prints goes to a file."""

    def __init__(self, data: Path, *words: str) -> None:
        self.port = free_port()
        self.printed = data.parent / f"up-{self.port}.txt"
        command = [
            sys.executable,
            "-P",
            "-m",
            "app.cli.main",
            "up",
            "--data",
            str(data),
            "--port",
            str(self.port),
            *words,
        ]
        env = {**os.environ, **dict.fromkeys(MAIL_SECRETS[:1], "not for the web")}
        with self.printed.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)

    def wait_until(self, text: str) -> None:
        limit = time.monotonic() + LIMIT
        while text not in self.said():
            assert time.monotonic() < limit, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.printed.read_text(encoding="utf-8")

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LIMIT)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Started]]:
    started: list[Started] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.end()


def cli(data: Path, *words: str) -> object:
    command = [sys.executable, "-P", "-m", "app.cli.main", *words, "--data", str(data), "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_up_loads_the_demonstration_once_sends_and_keeps_everything(tmp_path: Path, running: list[Started]) -> None:
    data = tmp_path / "var"
    first = Started(data)
    running.append(first)
    first.wait_until("Placet is at")
    assert answers_http(first.port)
    limit = time.monotonic() + LIMIT
    while len({row["state"] for row in cli(data, "sends", "list")} & {"accepted", "held", "refused"}) < 3:  # type: ignore[attr-defined]
        assert first.process.poll() is None, first.said()
        assert time.monotonic() < limit, "within a minute some are sent, some held, some refused"
        time.sleep(0.5)
    assert list((data / "inbox" / "new").iterdir())
    assert first.end() == 0
    before = cli(data, "status")

    second = Started(data)
    running.append(second)
    second.wait_until("Placet is at")
    assert "Loading" not in second.said()
    assert second.end() == 0
    after = cli(data, "status")
    assert before["status"]["people"] == after["status"]["people"] == 10  # type: ignore[index]
    assert cli(data, "audit", "verify")["ok"] is True  # type: ignore[index]


@pytest.mark.slow
def test_without_the_demonstration_it_says_how_to_begin(tmp_path: Path, running: list[Started]) -> None:
    empty = Started(tmp_path / "var", "--no-demo")
    running.append(empty)
    empty.wait_until("placet init --data")
    assert empty.end() == 0


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        command = [sys.executable, "-P", "-m", "app.cli.main", "up", "--data", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_web_does_not_start_in_sight_of_mail_secrets(tmp_path: Path) -> None:
    env = {**os.environ, MAIL_SECRETS[0]: "secret word"}
    command = [sys.executable, "-P", "-m", "app.cli.main", "serve", "--data", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert MAIL_SECRETS[0] in done.stderr
    assert "secret word" not in done.stderr
