"""The local inbox of a demonstration. Outside demo data directories these pages do not exist."""

from pathlib import Path

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from app.accounts.model import Permission
from app.delivery.queries import message_of_header
from app.kernel.errors import NotFound
from app.web import local_inbox, paths
from app.web.access import signed_in
from app.web.context import the_context
from app.web.headers import framed
from app.web.identity import the_actor
from app.web.local_inbox import Received
from app.web.view_models.evidence import InboxMessagePage, InboxPage, InboxRow

inbox = Blueprint("inbox", __name__)


@inbox.get(paths.INBOX)
@signed_in
def index() -> ResponseReturnValue:
    """What has arrived."""
    rows = tuple(_row(one) for one in local_inbox.received(_box()))
    return render_template("pages/inbox.html", page=InboxPage(rows))


@inbox.get(f"{paths.INBOX}/<message_id>")
@signed_in
def show(message_id: str) -> ResponseReturnValue:
    """One message: its two parts and its headers."""
    one = _message(message_id)
    with the_context().units.reading() as connection:
        sent = message_of_header(connection, one.message_id)
    page = InboxMessagePage(
        row=_row(one),
        frame_href=paths.inbox_frame(one.id),
        text_part=one.text,
        headers=one.headers,
        why_href=paths.why(sent) if sent and the_actor().may(Permission.READ_SENDS) else "",
        unsubscribe_href=one.unsubscribe_path,
    )
    return render_template("pages/inbox_message.html", page=page)


@inbox.get(f"{paths.INBOX}/<message_id>/frame")
@signed_in
@framed
def frame(message_id: str) -> ResponseReturnValue:
    """The HTML part as it came, for the sandboxed frame only."""
    return Response(_message(message_id).html, mimetype="text/html")


def _message(message_id: str) -> Received:
    one = local_inbox.message(_box(), message_id)
    if one is None:
        raise NotFound("message", message_id)
    return one


def _box() -> Path:
    context = the_context()
    if context.demo is None:
        raise NotFound("page", "inbox")
    return context.settings.data_dir / "inbox"


def _row(one: Received) -> InboxRow:
    return InboxRow(one.id, one.to, one.sender, one.subject, one.preheader, one.at)
