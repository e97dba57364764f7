"""The switch that stops everything, or one sequence, before the next message leaves."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.model import Permission
from app.gate import operations as gate
from app.gate import queries
from app.gate.operations import StopSending
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.outbox import queries as outbox
from app.sequences.queries import list_sequences
from app.web import paths
from app.web.access import requires, signed_in
from app.web.context import the_context
from app.web.frame import tell
from app.web.identity import the_actor
from app.web.view_models.forms import Choice, Errors, FieldError
from app.web.view_models.sending import SendingPage, StoppedView

sending = Blueprint("sending", __name__)

EVERYTHING = Choice("all", "Everything", "No message of any sequence leaves.")


@sending.get(paths.SENDING)
@signed_in
def show() -> ResponseReturnValue:
    """What is stopped now, by whom and why. Everybody may know."""
    return _page()


def _page(errors: Errors = (), reason: str = "") -> str:
    may = the_actor().may(Permission.STOP_SENDING)
    with the_context().units.reading() as connection:
        names, engaged = accounts.names(connection), queries.engaged(connection)
        titles = {line.id: line.title for line in list_sequences(connection)}
        held = outbox.accounting(connection).held
    stopped = tuple(
        StoppedView(
            titles.get(s.scope, "Everything"), s.reason, names.get(s.engaged_by, s.engaged_by), s.engaged_at, s.scope
        )
        for s in engaged
    )
    scopes = (EVERYTHING, *(Choice(key, title) for key, title in titles.items()))
    left = tuple(choice for choice in scopes if choice.value not in {s.scope for s in engaged})
    stop, resume = (paths.STOP_SENDING, paths.RESUME_SENDING) if may else ("", "")
    return render_template("pages/sending.html", page=SendingPage(stopped, left, held, stop, resume, reason, errors))


@sending.post(paths.STOP_SENDING)
@requires(Permission.STOP_SENDING)
def stop() -> ResponseReturnValue:
    """Stop, with a reason that everybody will read."""
    context = the_context()
    command = StopSending(_scope(), request.form.get("reason", ""))
    with context.units() as uow:
        answer = gate.stop_sending(uow, command, actor=the_actor(), now=context.clock.now(), ids=context.ids)
        if answer is None:
            uow.commit()
    if isinstance(answer, Refusal):
        spoken = speak_refusal(answer)
        return _page((FieldError("reason", f"{spoken.sentence}. {spoken.fix}"),), command.reason), 409
    tell("Sending is stopped. What had been released before cannot be called back.")
    return redirect(paths.SENDING, 303)


@sending.post(paths.RESUME_SENDING)
@requires(Permission.STOP_SENDING)
def resume() -> ResponseReturnValue:
    """Let sending go on."""
    context = the_context()
    with context.units() as uow:
        answer = gate.resume_sending(uow, _scope(), actor=the_actor(), now=context.clock.now())
        if answer is None:
            uow.commit()
    if isinstance(answer, Refusal):
        spoken = speak_refusal(answer)
        return _page((FieldError("reason", f"{spoken.sentence}. {spoken.fix}"),)), 409
    tell("Sending may go on. Every message is judged anew.")
    return redirect(paths.SENDING, 303)


def _scope() -> str:
    """What the form names: everything, or a sequence that exists."""
    scope = request.form.get("scope", "")
    with the_context().units.reading() as connection:
        known = {EVERYTHING.value, *(line.id for line in list_sequences(connection))}
    if scope not in known:
        raise BadInput("Choose what to stop: everything, or one sequence.")
    return scope
