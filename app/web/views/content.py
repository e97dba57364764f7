"""The library, one piece, and its preview."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.model import Permission
from app.authoring import queries as authoring
from app.insights.item import Siblings, item_detail, judge, siblings
from app.insights.library import library
from app.insights.preview import preview
from app.web import paths
from app.web.access import requires
from app.web.acting import the_packs
from app.web.context import the_context
from app.web.headers import framed
from app.web.identity import the_actor
from app.web.presenters.evidence import finding_views
from app.web.presenters.item import Checked, Surroundings, item_page
from app.web.presenters.library import PAGE, library_page

content = Blueprint("content", __name__)

MOST_ROWS = 5_000


@content.get(paths.CONTENT)
@requires(Permission.READ_CONTENT)
def listing() -> ResponseReturnValue:
    """Every piece, or one saved view of them."""
    context = the_context()
    now = context.clock.now()
    rows = min(max(request.args.get("rows", PAGE, type=int), PAGE), MOST_ROWS)
    with context.units.reading() as connection:
        lines = library(connection, now)
    page = library_page(lines, the_actor(), now, view=request.args.get("view", "all"), rows=rows)
    return render_template("pages/library.html", page=page)


@content.get(paths.item("<item_id>"))
@requires(Permission.READ_CONTENT)
def newest(item_id: str) -> ResponseReturnValue:
    """The newest version of a piece."""
    return _show(item_id, None)


@content.get(f"{paths.item('<item_id>')}/v/<int:number>")
@requires(Permission.READ_CONTENT)
def numbered(item_id: str, number: int) -> ResponseReturnValue:
    """One version of a piece."""
    return _show(item_id, number)


def _show(item_id: str, number: int | None) -> ResponseReturnValue:
    context = the_context()
    now = context.clock.now()
    with context.units.reading() as connection:
        shown = item_detail(connection, item_id, number, now)
        around = siblings(connection, shown, now)
    judged = judge(shown, the_packs(), now)
    checked = Checked(finding_views(judged.findings), judged.packs, judged.readability)
    page = item_page(shown, _around(around), checked, preview(shown.version), the_actor(), now)
    return render_template("pages/item.html", page=page)


def _around(found: Siblings) -> Surroundings:
    number_of = {version.id: version.number for version in found.versions}
    return Surroundings(
        statuses=found.statuses,
        versions=tuple(
            (v.number, found.names.get(v.author_id, v.author_id), v.created_at, v.closure.root) for v in found.versions
        ),
        publications=tuple((number_of[p.version_id], p) for p in found.publications),
        sequences=tuple((title, paths.sequence(sequence_id)) for title, sequence_id in found.used_in),
        names=found.names,
    )


@content.get(f"{paths.item('<item_id>')}/v/<int:number>/preview")
@requires(Permission.READ_CONTENT)
@framed
def shown(item_id: str, number: int) -> ResponseReturnValue:
    """What a recipient would see, with sample values; for the sandboxed frame only."""
    with the_context().units.reading() as connection:
        version = authoring.numbered_version(connection, item_id, number)
    return preview(version).html, 200, {"Content-Type": "text/html; charset=utf-8"}
