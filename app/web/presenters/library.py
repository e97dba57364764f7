"""The content library and its saved views."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.accounts.model import Actor, Permission
from app.insights.labels import AUDIENCES, CHANNELS
from app.insights.library import LibraryLine
from app.publishing.model import VersionState
from app.web import paths
from app.web.view_models.content import LibraryPage, LibraryRow, SavedView

PAGE = 50
_OVER = frozenset({VersionState.RECALLED, VersionState.SUPERSEDED, VersionState.QUARANTINED})
"""States in which the end of the window means nothing any more."""
Chooses = Callable[[LibraryLine], bool]


def library_page(
    lines: Sequence[LibraryLine], actor: Actor, now: datetime, *, view: str = "all", rows: int = PAGE
) -> LibraryPage:
    """One saved view; an unknown one shows all."""
    chosen = _views(actor, now)
    current = view if view in chosen else "all"
    found = [line for line in lines if chosen[current][1](line)]
    return LibraryPage(
        views=tuple(
            SavedView(label, f"{paths.CONTENT}?view={name}", sum(map(chooses, lines)), name == current)
            for name, (label, chooses) in chosen.items()
        ),
        rows=tuple(_row(line) for line in found[:rows]),
        total=len(found),
        more_href=f"{paths.CONTENT}?view={current}&rows={rows + PAGE}",
        new_href=paths.NEW_CONTENT if actor.may(Permission.WRITE_CONTENT) else "",
    )


def _views(actor: Actor, now: datetime) -> Mapping[str, tuple[str, Chooses]]:
    def live(line: LibraryLine) -> bool:
        return line.live is not None and line.live.covers(now)

    return {
        "all": ("All", lambda line: True),
        "mine": ("Mine", lambda line: actor.person_id in (line.owner_id, line.author_id)),
        "live": ("Live now", live),
        "expiring": ("Expiring within 30 days", lambda line: line.status.state is VersionState.EXPIRING),
        "ended": ("Not sendable but used", lambda line: bool(line.used_in) and not live(line)),
        "unused": ("Never used", lambda line: not line.used_in),
    }


def _row(line: LibraryLine) -> LibraryRow:
    until = None if line.status.state in _OVER else line.status.until
    if until is None and line.live is not None:
        until = line.live.valid_until
    return LibraryRow(
        item_id=line.item_id,
        title=line.title,
        status=line.status.state.value,
        audience=AUDIENCES[line.audience],
        channel=CHANNELS[line.channel],
        purpose=line.purpose,
        version=line.number,
        valid_until=until,
        used_in=len(line.used_in),
        owner=line.owner,
        readability=line.readability,
    )
