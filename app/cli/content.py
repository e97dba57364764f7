"""Commands about content: import, export, list, show."""

import sys
from pathlib import Path

import click

from app.accounts.model import Actor
from app.authoring import operations as authoring
from app.authoring import queries
from app.authoring.content_files import ContentFile, read_paths
from app.authoring.model import Imported, Sender, Version
from app.authoring.operations import ImportSenders, ImportSource
from app.cli.context import CliContext, with_context
from app.cli.options import Command, Group
from app.cli.output import REFUSED, USAGE, aligned, moment
from app.insights import library
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.review.operations import import_content


@click.command("import", cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@with_context
def import_(context: CliContext, paths: tuple[Path, ...]) -> None:
    """Import content files and senders.yml, each on its own.

    A file that cannot be used is named with line and column, and the others are imported. An unchanged file makes no new
    version; a new version ends an open review of the item.
    """
    actor = context.actor
    listing = read_paths(paths)
    rows = [_problem(problem) for problem in listing.problems]
    rows += [_imported(context, actor, file) for file in listing.files]
    failed = [row for row in rows if row["outcome"] == "failed"]
    refused = [row for row in rows if row["outcome"] == "refused"]
    done = [row for row in rows if row["outcome"] not in ("failed", "refused")]
    columns = [("outcome", "OUTCOME"), ("item", "ITEM"), ("version", "VERSION"), ("file", "FILE")]
    if context.output.as_json:
        context.output.say(rows, "")
    elif done or not rows:
        click.echo(aligned(done, columns) if done else "There is nothing to import here.")
    for row in [*failed, *refused]:
        context.output.hint(str(row["message"]))
    if refused:
        sys.exit(REFUSED)
    if failed:
        sys.exit(USAGE)


def _imported(context: CliContext, actor: Actor, file: ContentFile) -> dict[str, object]:
    """One file in a unit of its own."""
    try:
        result = _in_unit(context, actor, file)
    except BadInput as problem:
        return _problem(problem)
    if isinstance(result, Refusal):
        said = speak_refusal(result)
        message = f"{file.origin}: Refused: {said.sentence}. ({result.code}) {said.who}: {said.fix}"
        return {"outcome": "refused", "file": file.origin, "code": result.code, "message": message}
    return {"file": file.origin, **result}


def _in_unit(context: CliContext, actor: Actor, file: ContentFile) -> dict[str, object] | Refusal:
    result: tuple[Sender, ...] | Imported | Refusal
    with context.units() as uow:
        if file.is_senders:
            profiles = ImportSenders(file.data, file.origin)
            result = authoring.import_senders(uow, profiles, actor=actor, now=context.now)
        else:
            source = ImportSource(file.data, file.origin)
            result = import_content(uow, source, actor=actor, now=context.now, ids=context.ids)
        if isinstance(result, Refusal):
            return result
        uow.commit()
    if isinstance(result, Imported):
        version = result.version
        shown = {"item": result.item.key, "version": version.number, "version_id": version.id}
        return {"outcome": result.outcome.value, **shown, "root": version.closure.root}
    names = ", ".join(sender.key for sender in result)
    return {"outcome": "new_version" if result else "unchanged", "item": names, "version": ""}


def _problem(problem: BadInput) -> dict[str, object]:
    place = {"file": problem.source, "line": problem.line, "column": problem.column}
    return {"outcome": "failed", **place, "message": str(problem)}


@click.command(cls=Command)
@click.argument("item")
@click.option("--version", "number", type=click.IntRange(min=1), help="Number of the version; the newest without it.")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_context
def export(context: CliContext, item: str, number: int | None, target: Path | None) -> None:
    """Give back the exact bytes that were imported."""
    source = context.read(queries.export_source, item, number)
    if target is None:
        click.echo(source, nl=False)
    else:
        target.write_bytes(source)
        context.output.say({"file": str(target), "bytes": len(source)}, f"{target}: {len(source)} bytes")


@click.group(cls=Group)
def content() -> None:
    """The library: pieces and their versions."""


@content.command("list")
@with_context
def list_(context: CliContext) -> None:
    """Every piece with its newest version and where it stands."""
    rows = [
        {
            "item": line.key,
            "version": line.number,
            "status": line.status.state.value,
            "until": line.status.until,
            "channel": line.channel.value,
            "purpose": line.purpose,
            "used_in": len(line.used_in),
            "readability": line.readability,
            "title": line.title,
        }
        for line in context.read(library.library, context.now)
    ]
    columns = [
        ("item", "ITEM"), ("version", "V"), ("status", "STATUS"), ("until", "UNTIL"), ("channel", "CHANNEL"),
        ("purpose", "PURPOSE"), ("used_in", "SEQUENCES"), ("readability", "READABILITY"),
    ]  # fmt: skip
    context.output.table(rows, columns, "The library is empty. Import content with `placet import content/`.")


@content.command("show")
@click.argument("item")
@click.option("--version", "number", type=click.IntRange(min=1), help="Number of the version; the newest without it.")
@click.option("--closure", is_flag=True, help="Print the leaves that a signature covers.")
@with_context
def show(context: CliContext, item: str, number: int | None, closure: bool) -> None:  # noqa: FBT001
    """One version: where it stands, what a signature would cover, what the rules found."""
    detail = context.read(library.detail, item, number, context.now)
    version = detail.version
    value = {
        "item": detail.item.key,
        "title": version.metadata.title,
        "version": version.number,
        "version_id": version.id,
        "status": detail.status,
        "root": version.closure.root,
        "source_digest": version.source_digest,
        "author": detail.author,
        "created_at": version.created_at,
        "metadata": version.metadata.as_json(),
        "findings": detail.findings,
        "rounds": detail.rounds,
        "publications": detail.publications,
    }
    if closure:
        value["leaves"] = dict(sorted(version.closure.leaves.items()))
    context.output.say(value, lambda: _shown(detail, closure=closure))


def _shown(detail: library.ItemDetail, *, closure: bool) -> str:
    version = detail.version
    until = f" until {moment(detail.status.until)}" if detail.status.until else ""
    lines = [
        f"{detail.item.key} version {version.number}: {version.metadata.title}",
        f"Status:  {detail.status.state.value.replace('_', ' ')}{until}",
        f"Root:    {version.closure.root}",
        f"Author:  {detail.author}, {moment(version.created_at)}",
    ]
    lines += [f"Finding: {f['severity']} line {f['line']}: {f['message']} [{f['rule']}]" for f in detail.findings]
    lines += [f"Review:  {r.id} {r.state.value}" for r in detail.rounds]
    lines += [
        f"Published: {p.id} {p.state.value}, {moment(p.valid_from)} to {moment(p.valid_until)}"
        for p in detail.publications
    ]
    if closure:
        lines += ["", *(f"{digest}  {name}" for name, digest in sorted(version.closure.leaves.items()))]
    return "\n".join(lines)


def latest(context: CliContext, item_key: str) -> Version:
    """The newest version of an item by its key; raises ``NotFound``."""
    with context.units.reading() as connection:
        item = queries.item_by_key(connection, item_key)
        found = queries.latest_version(connection, item.id) if item else None
    if found is None:
        raise NotFound("content item", item_key)
    return found
