"""``placet bench``: measures on data of its own and prints JSON. Judges nothing, and never fails on time."""

import json
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from app.cli.bench.crowd import Ground, build_ground
from app.cli.children import module_command
from app.cli.options import Command, Group
from app.kernel.errors import AppError
from app.settings import environment

_MESSAGES = click.option("--messages", type=click.IntRange(10, 1_000_000), default=5_000, show_default=True)
_URL = click.option(
    "--database-url", default="", help="An empty PostgreSQL database; a temporary SQLite file without it."
)


@click.group(cls=Group)
def bench() -> None:
    """Measure the gate and the whole way out, on synthetic leads in a temporary data directory."""


@bench.command("gate", cls=Command)
@_MESSAGES
@_URL
def gate(messages: int, database_url: str) -> None:
    """How fast the gate decides, and how long a release transaction takes. No mail server is involved."""
    with _ground(messages, database_url) as ground:
        _print("gate", ground, _measured(ground, "gate", messages, {}))


@bench.command("send", cls=Command)
@_MESSAGES
@_URL
@click.option("--delay-ms", type=click.FloatRange(min=0), default=0.0, help="How long the sink waits before each 250.")
def send(messages: int, database_url: str, delay_ms: float) -> None:
    """The whole way: claim, render, hold the dot, release, journal, dot, reply, receipt; against a local SMTP sink."""
    with _ground(messages, database_url) as ground, _sink(delay_ms) as port:
        mail = {"PLACET_SMTP_HOST": "127.0.0.1", "PLACET_SMTP_PORT": str(port), "PLACET_SMTP_SECURITY": "none"}
        _print("send", ground, _measured(ground, "send", messages, mail))


@contextmanager
def _ground(messages: int, database_url: str) -> Iterator[Ground]:
    with TemporaryDirectory(prefix="placet-bench-") as folder:
        click.echo(f"Preparing {messages:,} leads …", err=True)
        yield build_ground(Path(folder), messages, database_url)


@contextmanager
def _sink(delay_ms: float) -> Iterator[int]:
    command = module_command("app.transports.fast_sink", "--port", "0", "--delay-ms", str(delay_ms))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            word, _, port = process.stdout.readline().strip().partition(" ")
            if word != "ready":
                raise AppError("The SMTP sink did not start.")
            yield int(port)
        finally:
            process.terminate()
            process.communicate()


def _measured(ground: Ground, mode: str, messages: int, mail: dict[str, str]) -> dict[str, Any]:
    env = {**environment(), **mail, "PLACET_DATA": str(ground.data), "PLACET_DATABASE_URL": ground.database_url}
    command = module_command("app.worker.bench", mode, "--data", str(ground.data), "--messages", str(messages))
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise AppError(f"The measured worker ended with exit code {done.returncode}.")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print(name: str, ground: Ground, measured: dict[str, Any]) -> None:
    where = {
        "bench": name,
        "database": ground.dialect,
        "durable_commits": True,
        "prepared_seconds": ground.seconds,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    click.echo(json.dumps({**where, **measured}, indent=2))
