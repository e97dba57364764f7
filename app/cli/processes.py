"""Commands that run: up, serve, worker, inbox. The last three become the process they name."""

import os
import sys
from pathlib import Path

import click

from app.accounts.queries import people
from app.cli.children import free_port, module_command, port_is_free
from app.cli.context import CliContext, with_context
from app.cli.installation import load_demo, prepare, who
from app.cli.options import Command
from app.cli.output import USAGE
from app.cli.running import CannotStart, Plan, Running
from app.kernel.clock import SystemClock
from app.kernel.errors import BadInput
from app.settings import environment

_PORT = click.option(
    "--port", type=click.IntRange(0, 65_535), help="Port to listen on (PLACET_PORT, or 8000); 0 takes a free one."
)


@click.command(cls=Command)
@_PORT
@click.option("--no-demo", is_flag=True, help="Do not load the demonstration into an empty data directory.")
@with_context
def up(context: CliContext, port: int | None, no_demo: bool) -> None:  # noqa: FBT001
    """Everything at once: database, demonstration, inbox, web, worker. Ctrl-C ends it in order; the data stay."""
    settings = context.settings
    chosen = _port_for(settings.host, settings.port if port is None else port)
    prepare(context)
    if not no_demo and not settings.is_demo and not context.read(people):
        click.echo("Loading the demonstration; this takes some seconds.")
        load_demo(context)
    running = Running(Plan(settings.data_dir, settings.host, chosen, environment()), SystemClock(), _say)
    running.install_signals()
    code = USAGE
    try:
        running.start()
        _welcome(context, chosen)
        code = running.look_after()
    except CannotStart as problem:
        click.echo(str(problem), err=True)
    finally:
        _say("ending")
        running.drain()
    sys.exit(code)


def _port_for(host: str, port: int) -> int:
    if port == 0:
        return free_port()
    if not port_is_free(host, port):
        raise BadInput(f"Port {port} on {host} is taken by another program. Stop it, or choose another with --port.")
    return port


def _welcome(context: CliContext, port: int) -> None:
    host = context.settings.host
    shown = f"http://{host}:{port}"
    click.echo(f"Placet is at {shown}   (data in {context.settings.data_dir})")
    if context.settings.is_demo:
        click.echo("\n".join(who(context)))
        click.echo("What it sends lands in the built-in inbox; nothing leaves this machine. Ctrl-C ends it.")
    elif not context.read(people):
        data = context.settings.data_dir
        click.echo(f"Nobody has an account yet. Make the first administrator: placet init --data {data}")


def _say(text: str) -> None:
    click.echo(f"placet: {text}", err=True)


@click.command(cls=Command)
@_PORT
@with_context
def serve(context: CliContext, port: int | None) -> None:
    """Answer browsers. Refuses to start when it can see mail secrets."""
    settings = context.settings
    given = {"PLACET_PORT": str(port)} if port else {}
    _become(module_command("app.web"), {"PLACET_DATA": str(settings.data_dir), **given})


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Stop when nothing is left to do now.")
@with_context
def worker(context: CliContext, once: bool) -> None:  # noqa: FBT001
    """Send what is due. Mail goes to PLACET_SMTP_HOST, or into files in DATA/outgoing when none is named."""
    more = ["--once"] if once else []
    _become(module_command("app.worker", *more), {"PLACET_DATA": str(context.settings.data_dir)})


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes a free one.")
@click.option("--maildir", type=click.Path(file_okay=False, path_type=Path), help="DATA/inbox without it.")
@with_context
def inbox(context: CliContext, port: int, maildir: Path | None) -> None:
    """A mail server on this machine that keeps what it gets and passes nothing on."""
    box = maildir or context.settings.data_dir / "inbox"
    _become(module_command("app.transports.local_inbox", "--maildir", str(box), "--port", str(port)), {})


def _become(command: list[str], given: dict[str, str]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, {**environment(), **given})  # noqa: S606 - no shell is wanted
