"""Commands about sequences: import, activate, pause, resume, retire, show, list, enroll."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from app.accounts.model import Actor
from app.cli.context import CliContext, with_context
from app.cli.leads import find
from app.cli.options import Command, Group
from app.cli.output import REFUSED, aligned, moment
from app.insights.wording import speak_refusal
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.sequences import operations, queries
from app.sequences.commands import Enroll, ImportPlan
from app.sequences.model import SequenceState, SequenceVersion, Step


@click.group(cls=Group)
def sequence() -> None:
    """Sequences: approved content arranged in time."""


@sequence.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@with_context
def import_(context: CliContext, files: tuple[Path, ...]) -> None:
    """Make a draft version of each sequence file; the same bytes make no new version."""
    actor, rows = context.actor, []
    for file in files:
        command = ImportPlan(file.read_bytes(), str(file))
        made = context.act(
            lambda uow, command=command: operations.import_plan(  # type: ignore[misc]
                uow, command, actor=actor, now=context.now, ids=context.ids
            )
        )
        version = made.version
        rows.append(
            {"sequence": version.plan.key, "version": version.number, "state": version.state.value, "new": made.new}
        )
    columns = [("sequence", "SEQUENCE"), ("version", "V"), ("state", "STATE"), ("new", "NEW")]
    context.output.table(rows, columns, "")


@sequence.command("list")
@with_context
def list_(context: CliContext) -> None:
    """Every sequence with its running or else newest version."""
    rows = [
        {
            "sequence": line.key,
            "version": line.version.number,
            "state": line.version.state.value,
            "steps": len(line.version.plan.steps),
            "enrolled": line.enrolled,
            "waiting": line.waiting,
            "title": line.title,
        }
        for line in context.read(queries.list_sequences)
    ]
    columns = [
        ("sequence", "SEQUENCE"), ("version", "V"), ("state", "STATE"), ("steps", "STEPS"), ("enrolled", "ENROLLED"),
        ("waiting", "WAITING"), ("title", "TITLE"),
    ]  # fmt: skip
    context.output.table(rows, columns, "There are no sequences. Import one with `placet sequence import FILE`.")


@sequence.command("show")
@click.argument("key")
@with_context
def show(context: CliContext, key: str) -> None:
    """One sequence: its versions and the steps of the one that counts."""
    versions = context.read(queries.versions, key)
    if not versions:
        raise NotFound("sequence", key)
    shown = context.read(queries.running_version, key) or versions[0]
    lines = [f"{v.plan.key} version {v.number}: {v.state.value}, {moment(v.created_at)}" for v in versions]
    rows = [_step(step) for step in shown.plan.steps]
    columns = [
        ("step", "STEP"),
        ("item", "ITEM"),
        ("channel", "CHANNEL"),
        ("pin", "PIN"),
        ("delay", "AFTER"),
        ("hours", "HOURS"),
    ]
    context.output.say(
        {"sequence": key, "versions": versions, "shown": shown.number},
        lambda: "\n".join([*lines, aligned(rows, columns)]),
    )


def _step(step: Step) -> dict[str, object]:
    window = step.window
    return {
        "step": step.number,
        "item": step.item_key,
        "channel": step.channel.value,
        "pin": step.publication_id or step.pin.value,
        "delay": str(step.delay),
        "hours": f"{window.start_hour:02}:00 to {window.end_hour:02}:00, {len(window.weekdays)} days a week",
    }


def _change(
    context: CliContext,
    key: str,
    number: int | None,
    wanted: SequenceState,
    act: Callable[..., SequenceVersion | Refusal],
) -> None:
    """Change the version that stands in the state the act starts from, or the one that is named."""
    actor = context.actor
    versions = context.read(queries.versions, key)
    named = [v for v in versions if v.number == number] if number else [v for v in versions if v.state is wanted]
    chosen = next(iter(named or versions), None)
    if chosen is None or (number and not named):
        raise NotFound("sequence", key if number is None else f"{key} version {number}")
    changed = context.act(lambda uow: act(uow, chosen.id, actor=actor, now=context.now))
    context.output.say(changed, f"{key} version {changed.number} is {changed.state.value}.")


_NUMBER = click.option("--version", "number", type=click.IntRange(min=1), help="Number of the version.")


@sequence.command("activate")
@click.argument("key")
@_NUMBER
@with_context
def activate(context: CliContext, key: str, number: int | None) -> None:
    """Let a version run; every step's content must be approved for its channel now."""
    _change(context, key, number, SequenceState.DRAFT, operations.activate)


@sequence.command("pause")
@click.argument("key")
@_NUMBER
@with_context
def pause(context: CliContext, key: str, number: int | None) -> None:
    """Plan nothing further until it is resumed."""
    _change(context, key, number, SequenceState.ACTIVE, operations.pause)


@sequence.command("resume")
@click.argument("key")
@_NUMBER
@with_context
def resume(context: CliContext, key: str, number: int | None) -> None:
    """Go on with a paused version."""
    _change(context, key, number, SequenceState.PAUSED, operations.resume)


@sequence.command("retire")
@click.argument("key")
@_NUMBER
@with_context
def retire(context: CliContext, key: str, number: int | None) -> None:
    """End a version for good, and stop everybody who is in it."""
    _change(context, key, number, SequenceState.ACTIVE, operations.retire)


@click.command(cls=Command)
@click.argument("key", metavar="SEQUENCE")
@click.argument("targets", metavar="LEAD|ADDRESS...", nargs=-1, required=True)
@with_context
def enroll(context: CliContext, key: str, targets: tuple[str, ...]) -> None:
    """Put leads into the running version of a sequence. Consent is asked by the gate at the last instant, not here."""
    actor = context.actor
    rows = [_enrolled(context, actor, key, target) for target in targets]
    context.output.table(rows, [("lead", "LEAD"), ("outcome", "OUTCOME"), ("enrollment", "ENROLLMENT")], "")
    if any(row["outcome"] != "enrolled" for row in rows):
        sys.exit(REFUSED)


def _enrolled(context: CliContext, actor: Actor, key: str, target: str) -> dict[str, object]:
    lead = find(context, target)
    with context.units() as uow:
        result = operations.enroll(uow, Enroll(key, lead.id), actor=actor, now=context.now, ids=context.ids)
        if not isinstance(result, Refusal):
            uow.commit()
    if isinstance(result, Refusal):
        context.output.hint(f"{target}: Refused: {speak_refusal(result).sentence}. ({result.code})")
        return {"lead": lead.id, "outcome": result.code, "enrollment": ""}
    return {"lead": lead.id, "outcome": "enrolled", "enrollment": result.id}
