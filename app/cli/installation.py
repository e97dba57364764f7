"""Commands about the installation itself: init, demo, migrate, status."""

from collections.abc import Iterable
from pathlib import Path

import click

from app.accounts import operations as accounts
from app.accounts.model import CreatePerson, Role
from app.audit.operations import open_units
from app.cli.context import CliContext, with_context
from app.cli.options import Command
from app.cli.output import moment
from app.cli.people import new_password
from app.insights import demo_loader
from app.insights import status as figures
from app.insights.demo_loader import Demonstration
from app.storage import migrate as migrations
from app.storage.engine import open_engine
from app.storage.keys import ADDRESS_KEY, LOG_KEY, ORGANISATION_KEY, UNSUBSCRIBE_KEY, WEB_KEY


@click.command(cls=Command)
@click.option("--email", prompt="E-mail address of the first administrator")
@click.option("--name", prompt="Her name")
@click.option("--new-password-file", type=click.Path(dir_okay=False, exists=True, path_type=Path),
              help="Read her password from a file; else it is asked.")  # fmt: skip
@with_context
def init(context: CliContext, email: str, name: str, new_password_file: Path | None) -> None:
    """Make a data directory: keys, database, and the first administrator."""
    prepare(context)
    command = CreatePerson(email, name, frozenset({Role.ADMINISTRATOR}), new_password(email, new_password_file))
    made = context.act(lambda uow: accounts.create_first_person(uow, command, now=context.now, ids=context.ids))
    context.output.say(
        {"data": str(context.settings.data_dir), "person": made},
        f"{context.settings.data_dir} is ready. Add people: placet people add EMAIL --name NAME --role writer --as {made.email}",
    )


def prepare(context: CliContext) -> None:
    """Make directory and keys when they are missing, and bring the database to the newest revision."""
    context.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (ORGANISATION_KEY, LOG_KEY):
        context.keys.signing_key(name)
    for name in (ADDRESS_KEY, UNSUBSCRIBE_KEY, WEB_KEY):
        context.keys.secret(name)
    engine = open_engine(context.settings.database_url)
    migrations.upgrade(engine)
    engine.dispose()


@click.command(cls=Command)
@with_context
def demo(context: CliContext) -> None:
    """Load the demonstration organisation, once; a second time changes nothing."""
    prepare(context)
    loaded = load_demo(context)
    file = context.settings.data_dir / "demo" / "password"
    value = {
        "loaded": loaded,
        "password_file": str(file),
        "people": [{"email": p.email, "role": p.role} for p in demo_loader.PEOPLE],
    }
    context.output.say(
        value, lambda: "\n".join(["Loaded." if loaded else "The demonstration is there already.", *who(context)])
    )


def load_demo(context: CliContext) -> bool:
    """Load the demonstration unless it is there; returns whether it was loaded now."""
    engine = open_engine(context.settings.database_url)
    stage = Demonstration(
        units=open_units(engine),
        clock=context.clock,
        ids=context.ids,
        tokens=context.tokens,
        keys=context.keys,
        data_dir=context.settings.data_dir,
    )
    try:
        return demo_loader.load(stage)
    finally:
        engine.dispose()


def who(context: CliContext) -> Iterable[str]:
    """The people of the demonstration and their password, as lines."""
    file = context.settings.data_dir / "demo" / "password"
    yield "People:"
    for person in demo_loader.PEOPLE:
        yield f"  {person.email:32} {person.name:16} {person.words}"
    yield f"Password of all: {file.read_text(encoding='utf-8').strip()}   (also in {file})"


@click.command(cls=Command)
@with_context
def migrate(context: CliContext) -> None:
    """Bring the database to the newest revision."""
    prepare(context)
    engine = open_engine(context.settings.database_url)
    revision = migrations.current(engine)
    engine.dispose()
    context.output.say({"revision": revision}, f"The database stands at revision {revision}.")


@click.command(cls=Command)
@with_context
def status(context: CliContext) -> None:
    """Where everything stands, in figures."""
    found = context.read(figures.status, context.now)
    context.output.say({**_plain(context), "status": found}, lambda: "\n".join(_lines(context, found)))


def _plain(context: CliContext) -> dict[str, object]:
    return {"data": str(context.settings.data_dir), "demo": context.settings.is_demo}


def _lines(context: CliContext, found: figures.Status) -> Iterable[str]:
    sends = found.sends
    yield f"{context.settings.data_dir}{' (demonstration)' if context.settings.is_demo else ''}, {moment(found.now)}"
    yield f"People {found.people}, leads {found.leads}"
    yield "Pieces: " + (
        ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(found.pieces.items())) or "none"
    )
    yield f"Reviews open {found.open_rounds}, overdue {found.overdue_rounds}"
    for ending in found.expiring:
        yield f"Expiring: {ending.item_key} on {moment(ending.until)}, used in {', '.join(ending.used_in) or 'no sequence'}"
    yield "Sequences: " + (", ".join(f"{key} {state}" for key, state in found.sequences.items()) or "none")
    yield (
        f"Sends: {sends.planned} planned = {sends.accepted} accepted + {sends.rejected} rejected + {sends.refused} refused "
        f"+ {sends.held} held + {sends.unknown} unknown + {sends.pending} pending"
    )
    for name, reasons in (("Held", found.held), ("Refused", found.refused)):
        for code, count in reasons.items():
            yield f"  {name} {count}: {code.replace('_', ' ')}"
    if found.next_due:
        yield f"Next due: {moment(found.next_due)}"
    for switch in found.switches:
        yield f"SENDING IS STOPPED for {switch.scope} since {moment(switch.engaged_at)}: {switch.reason}"
    yield f"Log: {found.log_size} events, checkpoint over {found.checkpoint_size}, root {found.log_root}"
