"""The send log, and the page that says why one message went or did not."""

from collections import Counter
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from app.accounts.model import Permission
from app.audit import queries as audit
from app.insights import consent_wordings, send_log
from app.insights import why as whys
from app.insights.send_log import SendLine
from app.insights.send_proof import proof_text, send_proof
from app.kernel.clock import parse_iso
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.outbox import operations as outbox
from app.outbox import queries
from app.outbox.model import MessageAction, MessageState
from app.review import queries as review
from app.sequences import queries as sequences
from app.web import paths
from app.web.access import requires
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell, the_frame
from app.web.identity import the_actor
from app.web.presenters.sends import VIEWS, sends_page
from app.web.presenters.why import Surroundings, why_page

sends = Blueprint("sends", __name__)

SIZE = 50
_COUNTED = 5_000
_STOPPED = (MessageState.HELD, MessageState.REFUSED, MessageState.REJECTED)


@sends.get(paths.SENDS)
@requires(Permission.READ_SENDS)
def index() -> ResponseReturnValue:
    """The log, or the part of it that a saved view or a reason asks for."""
    frame = the_frame()
    chosen = request.args.get("outcome", "")
    if chosen not in VIEWS:
        raise NotFound("outcome", chosen)
    reason, before = request.args.get("reason", ""), _before()
    with the_context().units.reading() as connection:
        stopped = [m.reason for m in queries.recent(connection, states=_STOPPED, limit=_COUNTED)]
        lines = _lines(connection, chosen, reason, before)
        sums = queries.accounting(connection)
    reasons = dict(Counter(stopped).most_common())
    page = sends_page(lines, sums, reasons, the_actor(), frame.now, frame.zone, chosen=chosen, reason=reason, size=SIZE)
    return render_template("pages/sends.html", page=page)


def _lines(connection: Connection, chosen: str, reason: str, before: datetime | None) -> tuple[SendLine, ...]:
    if not reason:
        return send_log.sends(connection, states=VIEWS[chosen][1], limit=SIZE, before=before)
    found = queries.recent(connection, states=_STOPPED, limit=_COUNTED, before=before)
    matching = [m.id for m in found if m.reason == reason][:SIZE]
    return tuple(send_log.send_line(connection, message_id) for message_id in matching)


def _before() -> datetime | None:
    try:
        return parse_iso(request.args["before"]) if "before" in request.args else None
    except ValueError:
        return None


@sends.get(f"{paths.SENDS}/<message_id>")
@requires(Permission.READ_SENDS)
def why(message_id: str) -> ResponseReturnValue:
    """Why was this not sent, or why was it."""
    frame = the_frame()
    with the_context().units.reading() as connection:
        answer = whys.why(connection, message_id, frame.now)
        beside = _beside(connection, answer)
    return render_template("pages/why.html", page=why_page(answer, beside, the_actor(), frame.now, frame.zone))


def _beside(connection: Connection, answer: whys.Answer) -> Surroundings:
    message = queries.message(connection, answer.line.message_id)
    enrollment = None if message is None else sequences.enrollment(connection, message.enrollment_id)
    consent = {} if answer.decided is None else answer.decided.facts.get("consent", {})
    wording = consent.get("wording_version_id")
    history = audit.subject_history(connection, "message", answer.line.message_id)
    return Surroundings(
        sequence_id="" if enrollment is None else enrollment.sequence_id,
        round_=None if answer.publication is None else review.round_(connection, answer.publication.round_id),
        wording=None if wording is None else consent_wordings.wording_of(connection, wording),
        records=tuple((event.leaf.index, event.leaf.action) for event in history),
    )


@sends.get(f"{paths.SENDS}/<message_id>/proof")
@requires(Permission.READ_SENDS)
def proof(message_id: str) -> ResponseReturnValue:
    """What a send stands on, as a file that verifies without Placet."""
    context = the_context()
    key = context.keys.organisation.verify_key
    with context.units.reading() as connection:
        found = send_proof(connection, message_id, log=context.log, organisation=key)
    if isinstance(found, Refusal):
        return refused(found, back_href=paths.why(message_id), back_label="The message")
    headers = {"Content-Disposition": f'attachment; filename="placet-send-{message_id}.json"'}
    return Response(proof_text(found), mimetype="application/json", headers=headers)


@sends.post(f"{paths.SENDS}/<message_id>/resume")
@requires(Permission.RUN_SEQUENCES)
def resume(message_id: str) -> ResponseReturnValue:
    """Plan a held message again; the gate decides anew."""
    context = the_context()
    now = context.clock.now()
    with context.units() as uow:
        found = queries.message(uow.connection, message_id)
        if found is None:
            raise NotFound("message", message_id)
        if found.state is not MessageState.HELD:
            return refused(Refusal("message_not_allowed"), back_href=paths.why(message_id), back_label="The message")
        outbox.move(
            uow, found.id, found.epoch, MessageAction.RESUME, now=now, due_at=now, actor_id=the_actor().person_id
        )
        uow.commit()
    tell("Planned again. The gate decides anew; what held it may hold it again.")
    return redirect(paths.why(message_id), 303)
