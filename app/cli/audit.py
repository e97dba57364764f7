"""Commands about evidence: verify, events, checkpoint, export, proof, public keys."""

import sys
from pathlib import Path

import click

from app.audit import queries
from app.audit.model import EventFilter, VerifyReport
from app.audit.operations import export_log, sign_checkpoint
from app.audit.proof import bundle
from app.cli.context import CliContext, with_context
from app.cli.options import Group
from app.cli.output import REFUSED
from app.insights.verification import verify as verify_everything
from app.kernel.finding import Refusal
from app.storage.keys import LOG_KEY, ORGANISATION_KEY

_SHOWN = 20


@click.group(cls=Group)
def audit() -> None:
    """The log of everything that happened, and proofs from it."""


@audit.command("verify")
@click.option("--witness", "witnesses", multiple=True, type=click.Path(dir_okay=False, exists=True, path_type=Path),
              help="A checkpoint that somebody else kept; may be repeated.")  # fmt: skip
@with_context
def verify(context: CliContext, witnesses: tuple[Path, ...]) -> None:
    """Recompute everything: leaves, rows, signatures, publications, decisions. Names the first bad row; exit 1."""
    organisation = context.keys.signing_key(ORGANISATION_KEY).verify_key
    notes = [file.read_text(encoding="utf-8") for file in witnesses]
    log = context.log
    with context.units.reading() as connection:
        report = verify_everything(connection, organisation=organisation, log=log, witnessed=notes)
    context.output.say({"ok": report.ok, **_plain(report)}, lambda: _verdict(report))
    if not report.ok:
        sys.exit(REFUSED)


def _plain(report: VerifyReport) -> dict[str, object]:
    shown = ("leaves", "rows", "checkpoints", "root", "found", "first", "problems")
    return {name: getattr(report, name) for name in shown}


def _verdict(report: VerifyReport) -> str:
    counted = f"{report.leaves} events, {report.rows} rows, {report.checkpoints} checkpoints. Root {report.root}."
    if report.first is None:
        return f"Everything agrees: {counted}"
    first = report.first
    lines = [
        f"{report.found} things do not agree. The first: {first.table} {first.key} ({first.code})",
        f"  {first.detail}",
    ]
    lines += [f"  {problem.detail}" for problem in report.problems[1:_SHOWN]]
    lines.append(f"Checked: {counted} Stop sending, keep this database as it is, and compare it with a backup.")
    return "\n".join(lines)


@audit.command("events")
@click.option("--actor", default="", help="Id of a person or part of the engine.")
@click.option("--action", default="", help="Beginning of the action, such as review.")
@click.option("--subject", default="", metavar="KIND:ID")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@with_context
def events(context: CliContext, actor: str, action: str, subject: str, limit: int) -> None:
    """Events, newest first."""
    kind, _, subject_id = subject.partition(":")
    wanted = EventFilter(actor=actor, action_prefix=action, subject_kind=kind, subject_id=subject_id)
    names = context.names()
    rows = [
        {
            "index": event.leaf.index,
            "at": event.leaf.at,
            "action": event.leaf.action,
            "subject": f"{event.leaf.subject_kind}:{event.leaf.subject_id}",
            "actor": names.get(event.leaf.actor, event.leaf.actor),
            "data": event.leaf.data,
            "leaf_hash": event.leaf_hash,
        }
        for event in context.read(queries.events, wanted, limit=limit)
    ]
    columns = [("index", "#"), ("at", "WHEN"), ("action", "ACTION"), ("subject", "SUBJECT"), ("actor", "WHO")]
    context.output.table(rows, columns, "No event matches.")


@audit.command("checkpoint")
@with_context
def checkpoint(context: CliContext) -> None:
    """Sign the head of the log, and print the newest checkpoint for others to keep."""
    sign_checkpoint(context.units, context.keys.signing_key(LOG_KEY), context.settings.log_name, now=context.now)
    newest = context.read(queries.newest_checkpoint)
    if newest is None:
        context.output.say(None, "The log is empty: there is nothing to sign.")
    else:
        context.output.say(newest, newest.note.rstrip("\n"))


@audit.command("export")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_context
def export(context: CliContext, target: Path | None) -> None:
    """The whole log as JSON lines, which app/audit/offline_verifier.py checks without Placet."""
    log = context.log
    with context.units.reading() as connection:
        lines = export_log(connection, log)
        if target is None:
            for line in lines:
                click.echo(line)
            return
        with target.open("w", encoding="utf-8", newline="\n") as file:
            count = sum(bool(file.write(line + "\n")) for line in lines)
    context.output.say({"file": str(target), "lines": count}, f"{target}: {count} lines")


@audit.command("proof")
@click.argument("index", type=click.IntRange(min=0))
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_context
def proof(context: CliContext, index: int, target: Path | None) -> None:
    """A proof that event INDEX is in the log, as a file that verifies without Placet."""
    found = context.read(queries.proof_of, index)
    if isinstance(found, Refusal):
        context.output.refused(found)
    text = bundle(found, context.log)
    if target is None:
        click.echo(text)
    else:
        target.write_text(text + "\n", encoding="utf-8")
        context.output.say(
            {"file": str(target), "index": index}, f"{target}: event {index} under checkpoint {found.size}"
        )


@audit.command("keys")
@with_context
def keys(context: CliContext) -> None:
    """The public keys, to hand to whoever verifies: of the log, and of people's approvals. They reveal nothing."""
    organisation = context.keys.signing_key(ORGANISATION_KEY).verify_key
    log, approvals = context.log.keys[0].raw.hex(), organisation.raw.hex()
    context.output.say(
        {"origin": context.log.origin, "log": log, "approvals": approvals},
        f"log        {log}\napprovals  {approvals}",
    )
