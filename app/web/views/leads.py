"""Leads: the list, the search that leaves a trace, and one lead with what may be recorded about her."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from app.accounts import queries as accounts
from app.accounts.model import Permission
from app.consent import operations
from app.consent import queries as consent
from app.consent.commands import RecordAgreement, Withdraw
from app.consent.model import ANY, ConsentChannel, Lead, Proof, SourceKind
from app.consent.operations.finding import find_lead
from app.insights import consent_wordings, send_log
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.sequences import queries as sequences
from app.web import paths
from app.web.access import requires
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell, the_frame
from app.web.identity import the_actor
from app.web.moments import plural
from app.web.presenters.leads import CHANNEL_WORDS, LeadRecord, lead_page, lead_row, leads_page
from app.web.view_models.forms import Errors, FieldError
from app.web.view_models.people import LeadRow, LeadsPage

leads = Blueprint("leads", __name__)

SIZE = 50
BASES = {"staff": (SourceKind.STAFF, Proof.SINGLE), "paper": (SourceKind.PAPER, Proof.SIGNED)}
_LONGEST_ID = 16


@leads.get(paths.LEADS)
@requires(Permission.READ_LEADS)
def index() -> ResponseReturnValue:
    """A page of leads."""
    return render_template("pages/leads.html", page=_list())


def _list(errors: Errors = ()) -> LeadsPage:
    context, now = the_context(), the_frame().now
    with context.units.reading() as connection:
        found = consent.leads(connection, context.vault, limit=SIZE, after=request.args.get("after", ""))
        rows = [_row(connection, lead, now) for lead in found]
        total = consent.count_leads(connection)
    return leads_page(rows, total, size=SIZE, errors=errors)


def _row(connection: Connection, lead: Lead, now: datetime) -> LeadRow:
    running = sum(e.state.value == "active" for e in sequences.enrollments_of_lead(connection, lead.id))
    standings = consent.standings(connection, lead.id, now)
    return lead_row(lead, standings, consent.suppressions_of(connection, lead), running)


@leads.post(paths.LEADS)
@requires(Permission.READ_LEADS)
def find() -> ResponseReturnValue:
    """Find somebody by her exact address. The address comes in the body and goes nowhere else."""
    typed = request.form.get("address", "").strip()
    try:
        return redirect(paths.lead(lead_at(typed)), 303)
    except NotFound:
        page = leads_page((), 0, size=SIZE, searched=True)
        return render_template("pages/leads.html", page=page), 404
    except BadInput as problem:
        return render_template("pages/leads.html", page=_list((FieldError("address", problem.message),))), 400


def lead_at(typed: str) -> str:
    """The id of the lead with an address, or of the record with an id; raises ``NotFound`` or ``BadInput``."""
    context, actor = the_context(), the_actor()
    if typed.isalnum() and len(typed) <= _LONGEST_ID and not typed.isdigit():
        with context.units.reading() as connection:
            known = consent.lead(connection, typed, None)
        if known is None:
            raise NotFound("lead", typed)
        return known.id
    with context.units() as uow:
        found = find_lead(uow, typed, actor=actor, now=context.clock.now(), vault=context.vault)
        uow.commit()
    if not isinstance(found, Lead):
        raise NotFound("lead", "with this address")
    return found.id


@leads.get(f"{paths.LEADS}/<lead_id>")
@requires(Permission.READ_LEADS)
def show(lead_id: str) -> ResponseReturnValue:
    """One lead."""
    return _page(lead_id)


def _page(lead_id: str, errors: Errors = (), typed: tuple[tuple[str, str], ...] = ()) -> str:
    frame = the_frame()
    with the_context().units.reading() as connection:
        record = _record(connection, lead_id, frame.now)
    page = lead_page(record, the_actor(), frame.now, frame.zone, errors=errors, typed=typed)
    return render_template("pages/lead.html", page=page)


def _record(connection: Connection, lead_id: str, now: datetime) -> LeadRecord:
    lead = consent.lead(connection, lead_id, the_context().vault)
    if lead is None:
        raise NotFound("lead", lead_id)
    events = consent.events(connection, lead_id)
    titles = {line.id: line.title for line in sequences.list_sequences(connection)}
    shown = {e.wording_version_id for e in events if e.wording_version_id}
    return LeadRecord(
        lead=lead,
        standings=consent.standings(connection, lead_id, now),
        events=events,
        suppressions=consent.suppressions_of(connection, lead),
        sends=send_log.sends_of_lead(connection, lead_id),
        enrollments=tuple((e, titles[e.sequence_id]) for e in sequences.enrollments_of_lead(connection, lead_id)),
        wordings={version_id: consent_wordings.wording_of(connection, version_id) for version_id in shown},
        usable=consent_wordings.usable_wordings(connection, now),
        names=accounts.names(connection),
    )


@leads.post(f"{paths.LEADS}/<lead_id>/opt-out")
@requires(Permission.RECORD_OPT_OUT)
def opt_out(lead_id: str) -> ResponseReturnValue:
    """Write down that she wants no more, on one channel or on all."""
    context = the_context()
    command = Withdraw(lead_id, request.form.get("channel") or ANY, ANY, SourceKind.STAFF)
    with context.units() as uow:
        answer = operations.withdraw(uow, command, actor=the_actor(), now=context.clock.now(), ids=context.ids)
        if isinstance(answer, Refusal):
            return refused(answer, back_href=paths.lead(lead_id), back_label="The contact")
        uow.commit()
    left = len(answer.on_their_way)
    late = f" {plural(left, 'message was', 'messages were')} already on the way." if left else ""
    said = "Opt-out recorded" if answer.new else "She had opted out already"
    tell(f"{said}: {CHANNEL_WORDS[answer.channel].lower()}.{late}")
    return redirect(paths.lead(lead_id) if the_actor().may(Permission.READ_LEADS) else paths.HOME, 303)


@leads.post(f"{paths.LEADS}/<lead_id>/agreements")
@requires(Permission.MANAGE_LEADS)
def agree(lead_id: str) -> ResponseReturnValue:
    """Write down an agreement with the wording she was shown."""
    context, actor = the_context(), the_actor()
    now = context.clock.now()
    try:
        with context.units() as uow:
            command = _agreement(uow.connection, lead_id, now)
            answer = operations.record_agreement(uow, command, actor=actor, now=now, ids=context.ids)
            if not isinstance(answer, Refusal):
                uow.commit()
    except BadInput as problem:
        return _again(lead_id, problem.message), 400
    if isinstance(answer, Refusal):
        spoken = speak_refusal(answer)
        return _again(lead_id, f"{spoken.sentence}. {spoken.fix}"), 409
    tell("The agreement is recorded with the wording she saw.")
    return redirect(paths.lead(lead_id), 303)


def _agreement(connection: Connection, lead_id: str, now: datetime) -> RecordAgreement:
    form = request.form
    wording = next(
        (w for w in consent_wordings.usable_wordings(connection, now) if w.version_id == form.get("wording")), None
    )
    if wording is None:
        raise BadInput("Choose the wording she was shown.")
    if form.get("channel") not in tuple(ConsentChannel) or form.get("basis") not in BASES:
        raise BadInput("Choose the channel, and how she agreed.")
    source, proof = BASES[form["basis"]]
    detail, at = form.get("detail", ""), _on(form.get("on", ""), now)
    channel = ConsentChannel(form["channel"])
    return RecordAgreement(lead_id, channel, wording.purpose, proof, source, detail, wording.version_id, at)


def _on(text: str, now: datetime) -> datetime:
    """The instant of a typed day: now for today, else its noon."""
    try:
        chosen = date.fromisoformat(text)
    except ValueError:
        raise BadInput("Write the day as year-month-day, such as 2026-11-05.") from None
    return now if chosen == now.date() else datetime.combine(chosen, time(12), UTC)


def _again(lead_id: str, message: str) -> str:
    kept = tuple((name, request.form.get(name, "")) for name in ("wording", "channel", "basis", "on", "detail"))
    return _page(lead_id, (FieldError("wording", message),), kept)


@leads.post(f"{paths.LEADS}/<lead_id>/erase")
@requires(Permission.MANAGE_LEADS)
def erase(lead_id: str) -> ResponseReturnValue:
    """Destroy her data; the box must be ticked, because nothing brings them back."""
    if request.form.get("sure") != "yes":
        return _page(lead_id, (FieldError("sure", "Tick the box: an erased record cannot be brought back."),)), 400
    context = the_context()
    with context.units() as uow:
        answer = operations.erase(uow, lead_id, actor=the_actor(), now=context.clock.now(), ids=context.ids)
        if isinstance(answer, Refusal):
            return refused(answer, back_href=paths.lead(lead_id), back_label="The contact")
        uow.commit()
    tell("The record is erased. Her addresses stay suppressed.")
    return redirect(paths.lead(lead_id), 303)
