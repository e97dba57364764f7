"""Submit a version, publish an approved one, recall a published one."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.model import Permission
from app.authoring import queries as authoring
from app.insights.item import judge_version, policy_for
from app.insights.library import users_of_items
from app.insights.reviews import ReviewDetail, review_detail
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.outbox import queries as outbox
from app.publishing import operations, queries
from app.publishing.model import RECALL_ACT, Publication, PublicationState
from app.review import operations as review
from app.review import queries as rounds
from app.review.model import RoundState
from app.web import paths
from app.web.access import requires
from app.web.acting import act, confirm, the_packs, the_policies
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell
from app.web.identity import the_actor
from app.web.moments import instant_text, plural
from app.web.presenters.deciding import publish_page, recall_page, submit_page
from app.web.presenters.evidence import field_error, finding_views
from app.web.presenters.item import Checked
from app.web.view_models.forms import Errors, FieldError

publishing = Blueprint("publishing", __name__)

LONGEST_NOTE = 500
REASON_WORDS = 3
"""Of a recall, before the password is asked for; the operation has the last word."""
_COUNTED = 100_000
_FIELD_OF = {
    "window_order": "valid_until", "window_in_past": "valid_until", "window_too_long": "valid_until",
    "would_interrupt": "valid_from",
}  # fmt: skip


@publishing.get(f"{paths.item('<item_id>')}/v/<int:number>/submit")
@requires(Permission.SUBMIT_CONTENT)
def ask_to_submit(item_id: str, number: int) -> ResponseReturnValue:
    """What is handed over, to whom, and what the rules say of it."""
    return _submit_page(item_id, number)


def _submit_page(
    item_id: str, number: int, note: str = "", errors: Errors = (), status: int = 200
) -> ResponseReturnValue:
    context = the_context()
    now = context.clock.now()
    with context.units.reading() as connection:
        item = authoring.item_by_id(connection, item_id)
        version = authoring.numbered_version(connection, item_id, number)
    judged = judge_version(version, the_packs(), now)
    checked = Checked(finding_views(judged.findings), judged.packs, judged.readability)
    policy = policy_for(version, judged, the_policies())
    page = submit_page(item, version, checked, policy, now, note=note, errors=errors)
    return render_template("pages/decide.html", page=page), status


@publishing.post(f"{paths.item('<item_id>')}/v/<int:number>/submit")
@requires(Permission.SUBMIT_CONTENT)
def submit(item_id: str, number: int) -> ResponseReturnValue:
    """Hand the version to its reviewers."""
    context, actor, note = the_context(), the_actor(), request.form.get("reason", "").strip()
    errors = _note_errors(note)
    if errors:
        return _submit_page(item_id, number, note, errors, 422)
    with context.units.reading() as connection:
        version = authoring.numbered_version(connection, item_id, number)
    command = review.Submit(version.id, note, the_packs(), the_policies())
    answer = act(lambda uow: review.submit(uow, command, actor=actor, now=context.clock.now(), ids=context.ids))
    if isinstance(answer, Refusal):
        own = _own_round(answer, version.id)
        return redirect(paths.review(own), 303) if own else refused(answer, back_href=paths.item(item_id))
    tell(f"Version {number} is with its reviewers.")
    return redirect(paths.review(answer.id), 303)


def _note_errors(note: str) -> Errors:
    if not note:
        return (FieldError("reason", "The note is empty. Say what changed and what to look at."),)
    if len(note) > LONGEST_NOTE:
        return (FieldError("reason", f"The note has more than {LONGEST_NOTE} characters. Shorten it."),)
    return ()


def _own_round(refusal: Refusal, version_id: str) -> str:
    """The open review of the same version that she opened herself a moment ago: a form sent twice opens it once."""
    if refusal.code != "round_open":
        return ""
    with the_context().units.reading() as connection:
        found = rounds.round_(connection, str(refusal.facts.get("round", "")))
    same = found is not None and found.version_id == version_id and found.submitted_by == the_actor().person_id
    return found.id if found is not None and same else ""


@publishing.get(f"{paths.review('<round_id>')}/publish")
@requires(Permission.PUBLISH)
def ask_to_publish(round_id: str) -> ResponseReturnValue:
    """The window, filled with the longest the policy allows."""
    detail = _detail(round_id)
    if detail.round_.state is not RoundState.APPROVED:
        return redirect(paths.review(round_id))
    page = publish_page(detail, the_context().clock.now(), {})
    return render_template("pages/publish.html", page=page)


def _detail(round_id: str) -> ReviewDetail:
    with the_context().units.reading() as connection:
        return review_detail(connection, round_id)


@publishing.post(f"{paths.review('<round_id>')}/publish")
@requires(Permission.PUBLISH)
def publish(round_id: str) -> ResponseReturnValue:
    """Make an approved version sendable inside a window."""
    context, actor, detail = the_context(), the_actor(), _detail(round_id)
    now = context.clock.now()
    typed = {name: request.form.get(name, "").strip() for name in ("valid_from", "valid_until")}
    start, end = (_day(text) for text in typed.values())
    if start is None or end is None:
        return _publish_again(detail, typed, _day_errors(typed))
    command = operations.Publish(round_id, start, end)
    answer = act(lambda uow: operations.publish(uow, command, actor=actor, now=now, ids=context.ids))
    if isinstance(answer, Refusal) and answer.code in _FIELD_OF:
        return _publish_again(detail, typed, field_error(_FIELD_OF[answer.code], answer))
    if isinstance(answer, Refusal) and answer.code != "already_published":
        return refused(answer, back_href=paths.review(round_id), back_label="Back to the review")
    tell("It is published already." if isinstance(answer, Refusal) else _published(answer))
    return redirect(paths.item(detail.item.id), 303)


def _published(publication: Publication) -> str:
    return f"Published: it may be sent until {instant_text(publication.valid_until, UTC)}."


def _publish_again(detail: ReviewDetail, typed: dict[str, str], errors: Errors) -> ResponseReturnValue:
    page = publish_page(detail, the_context().clock.now(), typed, errors)
    return render_template("pages/publish.html", page=page), 422


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def _day_errors(typed: dict[str, str]) -> Errors:
    bad = [name for name, text in typed.items() if _day(text) is None]
    return tuple(FieldError(name, "This is not a day. Write it as year-month-day, such as 2027-03-14.") for name in bad)


def _reason_errors(reason: str) -> Errors:
    if len(reason) > LONGEST_NOTE:
        return (FieldError("reason", f"The reason has more than {LONGEST_NOTE} characters. Shorten it."),)
    return field_error("reason", Refusal("reason_too_short", {"words": REASON_WORDS}))


@publishing.get(paths.recall("<publication_id>"))
@requires(Permission.RECALL)
def ask_to_recall(publication_id: str) -> ResponseReturnValue:
    """What a recall would stop, in numbers."""
    return _recall_page(publication_id)


def _publication(publication_id: str) -> Publication:
    with the_context().units.reading() as connection:
        found = queries.publication(connection, publication_id)
    if found is None:
        raise NotFound("publication", publication_id)
    return found


def _recall_page(publication_id: str, reason: str = "", errors: Errors = (), status: int = 200) -> ResponseReturnValue:
    publication = _publication(publication_id)
    with the_context().units.reading() as connection:
        version = authoring.version(connection, publication.version_id)
        messages = outbox.of_publication(connection, publication_id, _COUNTED)
        used = users_of_items(connection).get(version.metadata.key, ())
    page = recall_page(publication, version, messages, len(used), reason=reason, errors=errors)
    return render_template("pages/recall.html", page=page), status


@publishing.post(paths.recall("<publication_id>"))
@requires(Permission.RECALL)
def recall(publication_id: str) -> ResponseReturnValue:
    """Stop a publication for good."""
    context, actor, publication = the_context(), the_actor(), _publication(publication_id)
    reason = request.form.get("reason", "").strip()
    if publication.state is PublicationState.RECALLED:
        tell("It was recalled already.")
        return redirect(paths.item(publication.item_id), 303)
    if len(reason.split()) < REASON_WORDS or len(reason) > LONGEST_NOTE:
        return _recall_page(publication_id, reason, _reason_errors(reason), 422)
    confirmed = confirm(request.form.get("password", ""), RECALL_ACT, publication.closure_root, RECALL_ACT)
    if isinstance(confirmed, Refusal):
        return _recall_page(publication_id, reason, field_error("password", confirmed), 401)
    command = operations.Recall(publication_id, reason, confirmed.id)
    answer = act(lambda uow: operations.recall(uow, command, actor=actor, now=context.clock.now()))
    if isinstance(answer, Refusal):
        return refused(answer, back_href=paths.item(publication.item_id))
    held = plural(answer.held_messages, "queued message is", "queued messages are")
    left = plural(answer.released_before, "message had", "messages had")
    tell(f"Recalled. {held} held; {left} left or may have left before.")
    return redirect(paths.item(publication.item_id), 303)
