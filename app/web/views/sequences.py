"""Sequences: the list, one sequence as a flow or a list, and what may be done with it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.model import Permission
from app.insights import sequence_flow
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.sequences import operations, queries
from app.sequences.commands import Enroll
from app.sequences.model import Enrollment, SequenceVersion
from app.web import paths
from app.web.access import requires
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell, the_frame
from app.web.identity import the_actor
from app.web.moments import plural
from app.web.presenters.sequences import sequence_page, sequences_page
from app.web.view_models.forms import Errors, FieldError
from app.web.views.leads import lead_at

sequences = Blueprint("sequences", __name__)

Change = Callable[..., SequenceVersion | Refusal]
CHANGES: Mapping[str, tuple[Change, str]] = {
    "activate": (operations.activate, "is live"),
    "pause": (operations.pause, "is paused: nothing further is planned, and what is planned is held"),
    "resume": (operations.resume, "goes on"),
    "retire": (operations.retire, "is retired, and everybody has left it"),
}
MOST_AT_ONCE = 200
_TAKEN_OUT = "taken_out"


@sequences.get(paths.SEQUENCES)
@requires(Permission.READ_SEQUENCES)
def index() -> ResponseReturnValue:
    """Every sequence."""
    frame = the_frame()
    with the_context().units.reading() as connection:
        found = sequence_flow.flows(connection, frame.now)
    return render_template("pages/sequences.html", page=sequences_page(found, frame.now, frame.zone))


@sequences.get(f"{paths.SEQUENCES}/<sequence_id>")
@requires(Permission.READ_SEQUENCES)
def show(sequence_id: str) -> ResponseReturnValue:
    """One sequence."""
    return _page(sequence_id)


def _page(sequence_id: str, errors: Errors = (), typed: str = "") -> str:
    frame = the_frame()
    with the_context().units.reading() as connection:
        flow = sequence_flow.flow(connection, sequence_id, frame.now, _number())
        people = queries.enrollments_of(connection, sequence_id, limit=50)
        names = accounts.names(connection)
    page = sequence_page(
        flow, people, names, the_actor(), frame.now, frame.zone, as_list=request.args.get("as") == "list",
        errors=errors, typed=typed,
    )  # fmt: skip
    return render_template("pages/sequence.html", page=page)


def _number() -> int | None:
    text = request.values.get("v", "")
    return int(text) if text.isascii() and text.isdigit() else None


@sequences.post(f"{paths.SEQUENCES}/<sequence_id>/<any(activate, pause, resume, retire):act>")
@requires(Permission.RUN_SEQUENCES)
def change(sequence_id: str, act: str) -> ResponseReturnValue:
    """Activate, pause, resume or retire the version that the page showed."""
    context, (operation, said) = the_context(), CHANGES[act]
    now = context.clock.now()
    with context.units() as uow:
        shown = sequence_flow.flow(uow.connection, sequence_id, now, _number()).version
        answer = operation(uow, shown.id, actor=the_actor(), now=now)
        if isinstance(answer, Refusal):
            return refused(answer, back_href=paths.sequence(sequence_id), back_label="The sequence")
        uow.commit()
    tell(f"Version {answer.number} {said}.")
    return redirect(f"{paths.sequence(sequence_id)}?v={answer.number}", 303)


@sequences.post(f"{paths.SEQUENCES}/<sequence_id>/people")
@requires(Permission.RUN_SEQUENCES)
def enroll(sequence_id: str) -> ResponseReturnValue:
    """Put people into the running version, one address or record id to a line; those that cannot enter stay typed."""
    typed = request.form.get("who", "")
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if not lines or len(lines) > MOST_AT_ONCE:
        message = f"Name at least one person, and at most {MOST_AT_ONCE}: one address or record id to a line."
        return _page(sequence_id, (FieldError("who", message),), typed), 400
    outcomes = {line: _enrolled(sequence_id, line) for line in dict.fromkeys(lines)}
    left = {line: outcome for line, outcome in outcomes.items() if outcome}
    entered = len(outcomes) - len(left)
    if left:
        errors = tuple(FieldError("who", f"{line}: {outcome}") for line, outcome in left.items())
        return _page(sequence_id, errors, "\n".join(left)), 409
    tell(f"{plural(entered, 'person', 'people')} entered the sequence. Agreement is asked at the moment of sending.")
    return redirect(paths.sequence(sequence_id), 303)


def _enrolled(sequence_id: str, line: str) -> str:
    """Enroll one person; returns why not, empty when she entered."""
    context = the_context()
    now = context.clock.now()
    try:
        lead_id = lead_at(line)
        with context.units() as uow:
            key = sequence_flow.flow(uow.connection, sequence_id, now).key
            answer = operations.enroll(uow, Enroll(key, lead_id), actor=the_actor(), now=now, ids=context.ids)
            if isinstance(answer, Refusal):
                return f"{speak_refusal(answer).sentence}."
            uow.commit()
    except NotFound as absent:
        if absent.kind != "lead":
            raise
        return "Nobody has this address or id."
    except BadInput as problem:
        return str(problem)
    return ""


@sequences.post(f"{paths.SEQUENCES}/<sequence_id>/people/<enrollment_id>/stop")
@requires(Permission.RUN_SEQUENCES)
def take_out(sequence_id: str, enrollment_id: str) -> ResponseReturnValue:
    """Take one person out of a sequence."""
    context = the_context()
    with context.units() as uow:
        found = queries.enrollment(uow.connection, enrollment_id)
        if found is None or found.sequence_id != sequence_id:
            raise NotFound("enrollment", enrollment_id)
        answer = operations.stop(uow, enrollment_id, _TAKEN_OUT, actor=the_actor(), now=context.clock.now())
        if not isinstance(answer, Enrollment):
            return refused(answer, back_href=paths.sequence(sequence_id), back_label="The sequence")
        uow.commit()
    tell(f"Contact {answer.lead_id} has left the sequence.")
    return redirect(paths.sequence(sequence_id), 303)
