"""The queue, the review page, and its comments."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.model import Permission
from app.insights.reviews import review_detail, review_queue
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.review import operations, queries
from app.review.model import Round, Thread, ThreadKind, ThreadState
from app.storage.unit_of_work import UnitOfWork
from app.web import paths
from app.web.access import requires
from app.web.acting import act
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell, the_frame
from app.web.identity import the_actor
from app.web.presenters.queue import queue_page
from app.web.presenters.review import review_page
from app.web.view_models.forms import Errors, FieldError

reviews = Blueprint("reviews", __name__)

CONTEXT = 64
"""Characters kept on each side of a quote."""
LONGEST_COMMENT = 4_000
LONGEST_QUOTE = 500
_NOT_THERE = "These words do not stand in the version. Copy them exactly, or leave the quote empty."
_DEEDS = {"done": operations.mark_done, "settle": operations.settle, "reopen": operations.reopen}
_AFTER = {"done": ThreadState.DONE, "settle": ThreadState.SETTLED, "reopen": ThreadState.OPEN}


@reviews.get(paths.REVIEWS)
@requires(Permission.READ_CONTENT)
def queue() -> ResponseReturnValue:
    """Open reviews, the person's own first."""
    context, actor = the_context(), the_actor()
    with context.units.reading() as connection:
        lines = review_queue(connection, actor)
    page = queue_page(lines, actor, context.clock.now(), the_frame().zone)
    return render_template("pages/reviews.html", page=page)


@reviews.get(paths.review("<round_id>"))
@requires(Permission.READ_CONTENT)
def show(round_id: str) -> ResponseReturnValue:
    """One review, as a redline against the version approved last, or against the one asked for."""
    return _page(round_id)


def _page(
    round_id: str, errors: Errors = (), typed: tuple[tuple[str, str], ...] = (), status: int = 200
) -> ResponseReturnValue:
    with the_context().units.reading() as connection:
        detail = review_detail(connection, round_id, request.args.get("against", None, type=int))
    page = review_page(detail, the_actor(), errors=errors, typed=typed)
    return render_template("pages/review.html", page=page), status


@reviews.post(paths.threads("<round_id>"))
@requires(Permission.REVIEW)
def open_thread(round_id: str) -> ResponseReturnValue:
    """Comment on words of the version, or on all of it."""
    typed = {name: request.form.get(name, "").strip() for name in ("quote", "comment", "kind")}
    with the_context().units.reading() as connection:
        detail = review_detail(connection, round_id)
    errors = _objections(typed, detail.version.source.decode("utf-8"))
    if errors:
        return _page(round_id, errors, tuple(typed.items()), 422)
    command = _command(detail.round_, typed, detail.version.source.decode("utf-8"))
    answer = act(lambda uow: _open(uow, command))
    if isinstance(answer, Refusal):
        if answer.code != "comment_missing":
            return refused(answer, back_href=paths.review(round_id))
        spoken = speak_refusal(answer)
        return _page(round_id, (FieldError("comment", f"{spoken.sentence}. {spoken.fix}"),), tuple(typed.items()), 422)
    tell("Your comment is added.")
    return redirect(f"{paths.review(round_id)}#thread-{answer.id}", 303)


def _objections(typed: dict[str, str], source: str) -> Errors:
    if typed["kind"] not in set(ThreadKind):
        return (FieldError("kind", "Choose what kind of comment it is."),)
    if len(typed["comment"]) > LONGEST_COMMENT:
        return (FieldError("comment", f"The comment is longer than {LONGEST_COMMENT} characters. Shorten it."),)
    if typed["quote"] and (len(typed["quote"]) > LONGEST_QUOTE or typed["quote"] not in source):
        return (FieldError("quote", _NOT_THERE),)
    return ()


def _command(round_: Round, typed: dict[str, str], source: str) -> operations.OpenThread:
    quote, place = typed["quote"], source.find(typed["quote"])
    before = source[max(0, place - CONTEXT) : place] if quote else ""
    after = source[place + len(quote) :][:CONTEXT] if quote else ""
    return operations.OpenThread(round_.id, ThreadKind(typed["kind"]), quote, typed["comment"], before, after)


def _open(uow: UnitOfWork, command: operations.OpenThread) -> Thread | Refusal:
    """Open the thread, unless the same person has just said the same: a form sent twice says it once."""
    context, actor = the_context(), the_actor()
    round_ = queries.round_(uow.connection, command.round_id)
    for thread in round_.threads if round_ else ():
        said = [(who, body) for who, body, _ in thread.comments[:1]]
        same = (thread.quote, thread.kind, thread.round_id) == (command.quote, command.kind, command.round_id)
        if same and said == [(actor.person_id, command.body)]:
            return thread
    return operations.open_thread(uow, command, actor=actor, now=context.clock.now(), ids=context.ids)


@reviews.post(f"{paths.threads('<round_id>')}/<thread_id>/<deed>")
@requires(Permission.READ_CONTENT)
def move_thread(round_id: str, thread_id: str, deed: str) -> ResponseReturnValue:
    """Answer, say it is done, settle it, or open it again."""
    if deed not in {*_DEEDS, "answer"}:
        raise NotFound("page", deed)
    answer = act(lambda uow: _move(uow, thread_id, deed, request.form.get("body", "").strip()))
    back = f"{paths.review(round_id)}#thread-{thread_id}"
    return refused(answer, back_href=back) if isinstance(answer, Refusal) else redirect(back, 303)


def _move(uow: UnitOfWork, thread_id: str, deed: str, body: str) -> Thread | Refusal:
    """One act on a thread. What is so already, or was just said, is not done again."""
    context, actor = the_context(), the_actor()
    found = queries.thread(uow.connection, thread_id)
    if found is None:
        raise NotFound("thread", thread_id)
    if len(body) > LONGEST_COMMENT:
        raise BadInput(f"The comment is longer than {LONGEST_COMMENT} characters. Shorten it.")
    now, ids = context.clock.now(), context.ids
    if deed == "answer":
        repeated = bool(found.comments) and found.comments[-1][:2] == (actor.person_id, body)
        command = operations.Comment(thread_id, body)
        return found if repeated else operations.comment(uow, command, actor=actor, now=now, ids=ids)
    moved = operations.MoveThread(thread_id, body)
    answer = _DEEDS[deed](uow, moved, actor=actor, now=now, ids=ids)
    repeated = isinstance(answer, Refusal) and answer.code == "thread_not_allowed" and found.state is _AFTER[deed]
    return found if repeated else answer
