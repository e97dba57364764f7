"""``placet check``: the checks alone, without database or web. Starts fast; nothing heavy is imported before it is needed."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app.authoring.content_files import read_paths
from app.authoring.front_matter import decode
from app.checks.linting import RULES, ActivePacks, check_source, load_active
from app.checks.model import CheckContext, Report
from app.cli.check_formats import as_sarif, as_text
from app.cli.options import Command
from app.cli.output import REFUSED, USAGE
from app.kernel.errors import BadInput

_MAX_LINE = 1_000_000
_CONTEXT_KEYS = ("channel", "content_type", "audience")


@dataclass(frozen=True, slots=True)
class Checked:
    """The report on one file."""

    origin: str
    report: Report


@click.command(cls=Command)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default=None, help="Default: text.")
@click.option(
    "--jsonl", is_flag=True, help="Read one {id, text, channel?, …} per line of standard input, answer line by line."
)
@click.option(
    "--rules", type=click.Path(path_type=Path), default=RULES, show_default=False, help="Folder of rule packs."
)
@click.option("--pack", "names", multiple=True, help="Only this pack; may be repeated.")
@click.option("--readability/--no-readability", default=True, help="Measure readability too (default).")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[Path, ...],
    form: str | None,
    jsonl: bool,  # noqa: FBT001 - click hands flags over by name
    rules: Path,
    names: tuple[str, ...],
    readability: bool,  # noqa: FBT001
) -> None:
    """Check content files, or lines of JSON, by the rule packs. Exit 1 when a block is found.

    The front matter of each file says what it is for. Findings are of listed patterns; people still have to read the text.
    """
    from app.cli.options import remembered

    if bool(paths) == jsonl:
        raise click.UsageError("Name files or folders to check, or give --jsonl, not both.")
    packs = load_active(rules, names)
    if jsonl:
        sys.exit(_check_lines(packs, readability=readability))
    form = form or ("json" if remembered(ctx).get("as_json") else "text")
    sys.exit(_check_files(paths, packs, form, readability=readability))


def _check_files(paths: tuple[Path, ...], packs: ActivePacks, form: str, *, readability: bool) -> int:
    listing = read_paths(paths)
    problems = list(listing.problems)
    checked: list[Checked] = []
    for file in listing.files:
        if file.is_senders:
            continue
        try:
            text = decode(file.data, file.origin)
            report = check_source(text, CheckContext(), packs, source=file.origin, readability=readability)
            checked.append(Checked(file.origin, report))
        except BadInput as problem:
            problems.append(problem)
    if form == "text":
        click.echo(as_text([(c.origin, c.report) for c in checked]))
    elif form == "sarif":
        click.echo(json.dumps(as_sarif([(c.origin, c.report) for c in checked]), ensure_ascii=False, indent=2))
    else:
        files = [{"path": c.origin, **c.report.as_json()} for c in checked]
        unread = [{"path": p.source, "line": p.line, "column": p.column, "message": p.message} for p in problems]
        click.echo(json.dumps({"files": files, "unreadable": unread}, ensure_ascii=False, indent=2))
    for unreadable in problems:
        click.echo(str(unreadable), err=True)
    if any(c.report.blocks for c in checked):
        return REFUSED
    return USAGE if problems else 0


def _check_lines(packs: ActivePacks, *, readability: bool) -> int:
    blocked = False
    for number, line in enumerate(_lines(), start=1):
        if not line.strip():
            continue
        identity, text, context = _request(line, number)
        try:
            report = check_source(text, context, packs, readability=readability)
        except BadInput as problem:
            answer: dict[str, Any] = {"id": identity, "error": problem.message, "line": problem.line}
        else:
            blocked = blocked or report.blocks > 0
            answer = {
                "id": identity,
                "findings": [finding.as_json() for finding in report.findings],
                "readability": report.readability.as_json(),
            }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return REFUSED if blocked else 0


def _lines() -> Iterator[str]:
    stream = sys.stdin.buffer
    number = 0
    while line := stream.readline(_MAX_LINE + 1):
        number += 1
        if len(line) > _MAX_LINE:
            message = f"A line is longer than {_MAX_LINE:,} bytes. Split the text."
            raise BadInput(message, source="standard input", line=number)
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            message = "This line is not UTF-8. Save the file as UTF-8."
            raise BadInput(message, source="standard input", line=number) from None


def _request(line: str, number: int) -> tuple[Any, str, CheckContext]:
    try:
        asked = json.loads(line)
        text = asked["text"]
        places = asked.get("jurisdictions", [])
        said = {name: asked.get(name, "") for name in _CONTEXT_KEYS}
        good = (
            isinstance(text, str)
            and isinstance(places, list)
            and all(isinstance(v, str) for v in [*said.values(), *places])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        message = 'This is not {"id": …, "text": "…"} with texts for channel, content_type, audience and a list of jurisdictions.'
        raise BadInput(message, source="standard input", line=number, column=1)
    return asked.get("id"), text, CheckContext(**said, jurisdictions=tuple(places))
