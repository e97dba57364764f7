"""The log: events in plain words, verification, proofs and the export."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.model import Permission
from app.audit import queries
from app.audit.model import EventFilter
from app.audit.operations import export_log
from app.audit.proof import bundle
from app.insights.verification import verify as verify_everything
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.web import paths
from app.web.access import requires
from app.web.context import WebContext, the_context
from app.web.errors import refused
from app.web.frame import the_frame
from app.web.limits import limited
from app.web.presenters.audit import audit_page, record_page, verify_result
from app.web.view_models.evidence import VerifyResult

audit = Blueprint("audit", __name__)

SIZE = 50
FILTERS = ("kind", "who", "about", "since", "until")


@audit.get(paths.AUDIT)
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """The log, newest first."""
    return _page()


def _page(verified: VerifyResult | None = None) -> str:
    frame = the_frame()
    typed = {name: request.args.get(name, "") for name in FILTERS}
    text = request.args.get("from", "")
    offset = int(text) if text.isascii() and text.isdigit() else 0
    wanted = EventFilter(
        actor=typed["who"], action_prefix=typed["kind"], subject_id=typed["about"], since=_day(typed["since"]),
        until=_day(typed["until"]),
    )  # fmt: skip
    with the_context().units.reading() as connection:
        events = queries.events(connection, wanted, limit=SIZE, offset=offset)
        matching, head = queries.count_events(connection, wanted), queries.tree_head(connection)
        checkpoint, names = queries.newest_checkpoint(connection), accounts.names(connection)
    page = audit_page(
        events, head, checkpoint, names, frame.zone, typed=typed, matching=matching, offset=offset, size=SIZE,
        verified=verified,
    )  # fmt: skip
    return render_template("pages/audit.html", page=page)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(0), UTC)
    except ValueError:
        return None


@audit.post(paths.VERIFY)
@requires(Permission.READ_AUDIT)
@limited("6 per minute")
def verify() -> ResponseReturnValue:
    """Recompute everything and say whether it agrees, or which row is the first that does not. Writes nothing."""
    context = the_context()
    begun = context.wall.monotonic()
    with context.units.reading() as connection:
        report = verify_everything(connection, organisation=context.keys.organisation.verify_key, log=context.log)
    return _page(verify_result(report, context.wall.monotonic() - begun))


@audit.get(paths.AUDIT_EXPORT)
@requires(Permission.READ_AUDIT)
@limited("6 per minute")
def export() -> ResponseReturnValue:
    """The whole log as JSON lines, which the offline verifier checks without Placet."""
    headers = {"Content-Disposition": 'attachment; filename="placet-log.jsonl"'}
    return Response(_lines(the_context()), mimetype="application/jsonl", headers=headers)


def _lines(context: WebContext) -> Iterator[str]:
    with context.units.reading() as connection:
        for line in export_log(connection, context.log):
            yield f"{line}\n"


@audit.get(f"{paths.AUDIT}/<int:index>")
@requires(Permission.READ_AUDIT)
def record(index: int) -> ResponseReturnValue:
    """One record with its evidence."""
    with the_context().units.reading() as connection:
        event = queries.event(connection, index)
        if event is None:
            raise NotFound("record", index)
        proof, names = queries.proof_of(connection, index), accounts.names(connection)
    return render_template("pages/record.html", page=record_page(event, names, proof))


@audit.get(f"{paths.AUDIT}/<int:index>/proof")
@requires(Permission.READ_AUDIT)
def proof_file(index: int) -> ResponseReturnValue:
    """The proof that a record is in the log, as a file."""
    context = the_context()
    with context.units.reading() as connection:
        proof = queries.proof_of(connection, index)
    if isinstance(proof, Refusal):
        return refused(proof, back_href=paths.record(index), back_label="The record")
    headers = {"Content-Disposition": f'attachment; filename="placet-record-{index}.json"'}
    return Response(bundle(proof, context.log), mimetype="application/json", headers=headers)
