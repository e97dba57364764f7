"""How commands answer: sentences for people, one JSON value for machines."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

import click

from app.kernel.clock import iso
from app.kernel.finding import Refusal

REFUSED = 1
USAGE = 2
_HIDDEN = frozenset({"token", "password"})


@dataclass(frozen=True)
class Output:
    """``as_json`` switches every answer to one JSON value on standard output."""

    as_json: bool

    def say(self, value: Any, text: str | Callable[[], str]) -> None:
        """Print ``value`` as JSON, or ``text`` for people."""
        if self.as_json:
            click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
        else:
            click.echo(text if isinstance(text, str) else text())

    def table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str]], empty: str) -> None:
        """Rows as JSON, or as an aligned table of the named (key, heading) columns; ``empty`` when there are none."""
        if self.as_json:
            self.say(list(rows), "")
        else:
            click.echo(aligned(rows, columns) if rows else empty)

    def hint(self, text: str) -> None:
        """A sentence for people only, beside the answer."""
        if not self.as_json:
            click.echo(text, err=True)

    def refused(self, refusal: Refusal) -> NoReturn:
        """End with exit code 1, saying why, who can change it and what would."""
        from app.insights.wording import speak_refusal

        spoken = speak_refusal(refusal)
        if self.as_json:
            value = {
                "refused": refusal.code,
                "facts": dict(refusal.facts),
                "sentence": spoken.sentence,
                "who": spoken.who,
                "fix": spoken.fix,
            }
            click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
        else:
            click.echo(f"Refused: {spoken.sentence}. ({refusal.code})", err=True)
            click.echo(f"{spoken.who}: {spoken.fix}", err=True)
        sys.exit(REFUSED)


def plain(value: Any) -> Any:
    """Values of the stages as JSON: frozen values as objects, instants as text, sets in order; bytes left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = [f.name for f in dataclasses.fields(value) if f.repr and f.name not in _HIDDEN]
        return {name: plain(getattr(value, name)) for name in shown if not isinstance(getattr(value, name), bytes)}
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def moment(value: datetime | None) -> str:
    """An instant as a terminal shows it."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def aligned(rows: Iterable[Mapping[str, Any]], columns: Sequence[tuple[str, str]]) -> str:
    """Rows under their headings, one column beside the other."""
    lines = [[heading for _, heading in columns]]
    lines += [[_cell(row.get(key)) for key, _ in columns] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(str(item) for item in sorted(value))
    return str(value)
