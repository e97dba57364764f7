"""Write a new piece, or a new version of one."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from app.accounts import queries as accounts
from app.accounts.model import Permission
from app.authoring import queries as authoring
from app.authoring.model import ContentType, Imported, ImportOutcome, Version
from app.authoring.operations import ImportSource
from app.checks.model import CheckContext
from app.insights.item import judge_source
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.review.operations import import_content
from app.storage.unit_of_work import UnitOfWork
from app.web import paths
from app.web.access import requires
from app.web.acting import act, the_packs
from app.web.context import the_context
from app.web.frame import tell
from app.web.identity import the_actor
from app.web.presenters.editor import edit_page, new_page, problem, starter, unix_lines
from app.web.presenters.evidence import finding_views
from app.web.view_models.content import EditPage, FindingView
from app.web.view_models.forms import Errors, FieldError

editing = Blueprint("editing", __name__)

ORIGIN = "web editor"
_TAKEN = "id: there is a piece of that name already. Choose another id, or edit that piece."
_OTHER = "id: this page edits '{key}'. Put that name back, or use New content for another piece."
_OVERTAKEN = (
    "Version {number} was saved while you were writing. Look at it first; saving again replaces it with your text."
)


@editing.get(paths.NEW_CONTENT)
@requires(Permission.WRITE_CONTENT)
def new() -> ResponseReturnValue:
    """An editor with a file to write over."""
    asked = request.args.get("type", "")
    kind = ContentType(asked) if asked in set(ContentType) else ContentType.EMAIL
    with the_context().units.reading() as connection:
        writer = accounts.person(connection, the_actor().person_id)
        versions = [authoring.version(connection, line.version_id) for line in authoring.list_items(connection)]
    sender = next((v.metadata.sender for v in versions if v.metadata.sender), "")
    page = new_page(starter(kind, writer.email if writer else "", sender))
    return render_template("pages/edit.html", page=page)


@editing.post(paths.NEW_CONTENT)
@requires(Permission.WRITE_CONTENT)
def create() -> ResponseReturnValue:
    """Save a new piece, or show the text again with what stands in the way."""
    source = unix_lines(request.form.get("source", ""))

    def page(errors: Errors = (), findings: tuple[FindingView, ...] | None = None, pack: str = "") -> EditPage:
        return new_page(source, errors=errors, findings=findings, pack=pack)

    if request.form.get("act") == "check":
        return _checked(source, page)
    answer = _save(source, lambda saved: "" if saved.outcome is ImportOutcome.CREATED else _TAKEN)
    return answer if not isinstance(answer, tuple) else _again(page(answer))


@editing.get(f"{paths.item('<item_id>')}/edit")
@requires(Permission.WRITE_CONTENT)
def edit(item_id: str) -> ResponseReturnValue:
    """The newest version as it was saved."""
    version = _latest(item_id)
    page = edit_page(item_id, version.metadata.title, version.number, version.source.decode("utf-8"))
    return render_template("pages/edit.html", page=page)


@editing.post(f"{paths.item('<item_id>')}/edit")
@requires(Permission.WRITE_CONTENT)
def save(item_id: str) -> ResponseReturnValue:
    """Save a new version, which ends an open review; or show the text again with what stands in the way."""
    source, latest = unix_lines(request.form.get("source", "")), _latest(item_id)
    parent = request.form.get("parent", 0, type=int)

    def page(errors: Errors = (), findings: tuple[FindingView, ...] | None = None, pack: str = "") -> EditPage:
        title = latest.metadata.title
        return edit_page(item_id, title, latest.number, source, errors=errors, findings=findings, pack=pack)

    def objection(saved: Imported) -> str:
        if saved.item.id != item_id:
            return _OTHER.format(key=latest.metadata.key)
        before = saved.version.number - (saved.outcome is ImportOutcome.NEW_VERSION)
        overtaken = before != parent and saved.outcome is ImportOutcome.NEW_VERSION
        return _OVERTAKEN.format(number=before) if overtaken else ""

    if request.form.get("act") == "check":
        return _checked(source, page)
    answer = _save(source, objection)
    return answer if not isinstance(answer, tuple) else _again(page(answer))


def _latest(item_id: str) -> Version:
    with the_context().units.reading() as connection:
        found = authoring.latest_version(connection, item_id)
    if found is None:
        raise NotFound("content item", item_id)
    return found


def _save(source: str, objection: Callable[[Imported], str]) -> Response | Errors:
    """Import the text. ``objection`` looks at what the import made, under its lock; words of its end the save undone."""
    context, actor = the_context(), the_actor()
    command = ImportSource(source.encode("utf-8", "surrogatepass"), ORIGIN)

    def operation(uow: UnitOfWork) -> Imported | Refusal:
        saved = import_content(uow, command, actor=actor, now=context.clock.now(), ids=context.ids)
        objected = objection(saved) if isinstance(saved, Imported) else ""
        return Refusal("objected", {"words": objected}) if objected else saved

    try:
        saved = act(operation)
    except BadInput as error:
        return problem(error)
    if isinstance(saved, Refusal):
        spoken = speak_refusal(saved)
        words = str(saved.facts.get("words") or f"{spoken.sentence}. {spoken.fix}")
        return (FieldError("source", words),)
    unchanged = saved.outcome is ImportOutcome.UNCHANGED
    tell("Nothing differs from what is saved." if unchanged else f"Version {saved.version.number} is saved.")
    return redirect(paths.item(saved.item.id), 303)


def _checked(source: str, page: Callable[..., EditPage]) -> ResponseReturnValue:
    """The text again with what the rules say of it; nothing is saved."""
    on = the_context().clock.now().date().isoformat()
    try:
        judged = judge_source(source, the_packs(), CheckContext(on=on))
    except BadInput as error:
        return _again(page(problem(error)))
    return render_template("pages/edit.html", page=page((), finding_views(judged.findings), judged.packs))


def _again(page: EditPage) -> ResponseReturnValue:
    return render_template("pages/edit.html", page=page), 422
