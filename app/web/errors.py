"""Pages for what went wrong: each says what happened and what to do. The reference id ties a fault to its log line."""

import structlog
from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.accounts.model import Permission
from app.insights.labels import PERMISSIONS, ROLES
from app.insights.wording import speak_refusal
from app.kernel.errors import BadInput, NotFound, NotPermitted, StaleState
from app.kernel.finding import Refusal
from app.web import paths
from app.web.access import roles_with
from app.web.context import the_context
from app.web.frame import bare_frame, current_actor, the_frame
from app.web.view_models.forms import MessagePage

PERMISSION_NAMES = frozenset(permission.value for permission in Permission)

log = structlog.get_logger("placet.web")

HTTP_PAGES = {
    404: MessagePage("This page does not exist", "Nothing is at this address, or you may not know that something is."),
    405: MessagePage("This address takes no such request", "Go back and use the buttons of the page."),
    413: MessagePage(
        "That is too large",
        "One request may carry 2 MB, and one text 200 kB.",
        fix="Send less, or import it by command.",
    ),
    429: MessagePage("Too many requests", "Wait a minute, then try again.", who="Nobody needs to act"),
}


def install(app: Flask) -> None:
    """Answer every error with a page in words."""
    app.register_error_handler(NotFound, lambda error: _http(404))
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(StaleState, _stale)
    app.register_error_handler(BadInput, _bad_input)
    app.register_error_handler(CSRFError, _foreign)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def refused(refusal: Refusal, *, back_href: str = "", back_label: str = "Back") -> ResponseReturnValue:
    """A page that explains a refusal: 403 for a missing permission, 409 for everything else."""
    if refusal.code == "not_permitted":
        return _not_permitted(NotPermitted(str(refusal.facts.get("permission", ""))))
    spoken = speak_refusal(refusal)
    page = MessagePage(
        title="This was refused",
        lead=f"{spoken.sentence}.",
        who=spoken.who,
        fix=spoken.fix,
        back_href=back_href or paths.HOME,
        back_label=back_label if back_href else "Home",
    )
    return message(page, 409)


def message(page: MessagePage, status: int) -> ResponseReturnValue:
    """A page that only says something, in the full frame for people who are signed in."""
    template = "pages/message.html" if current_actor() else "pages/message_bare.html"
    return render_template(template, page=page, frame=the_frame()), status


def _not_permitted(error: NotPermitted) -> ResponseReturnValue:
    known = error.permission in PERMISSION_NAMES
    does = PERMISSIONS[Permission(error.permission)] if known else "do this"
    holders = ", ".join(ROLES[role] for role in roles_with(Permission(error.permission))) if known else "no role"
    page = MessagePage(
        title="Your roles do not allow this",
        lead=f"This needs somebody who may {does}.",
        details=(f"These roles may: {holders}.",),
        who="An administrator",
        fix="Ask for the role, or ask one of these colleagues to do it.",
        back_href=paths.HOME,
        back_label="Home",
    )
    return message(page, 403)


def _stale(error: StaleState) -> ResponseReturnValue:
    page = MessagePage(
        title="Somebody was first",
        lead="This changed while your page was open, so nothing you sent was done.",
        fix="Go back, reload the page, and look at what changed before you decide.",
        back_href=paths.HOME,
        back_label="Home",
    )
    return message(page, 409)


def _bad_input(error: BadInput) -> ResponseReturnValue:
    return message(MessagePage("This cannot be used", str(error), fix="Go back and change it."), 400)


def _foreign(error: CSRFError) -> ResponseReturnValue:
    page = MessagePage(
        title="This page is older than your session",
        lead="Nothing was done. The page was opened before you signed in, or the request did not come from this site.",
        fix="Go back, reload the page, and send it again.",
        back_href=paths.HOME,
        back_label="Home",
    )
    return message(page, 400)


def _http(code: int) -> ResponseReturnValue:
    return message(HTTP_PAGES[code], code)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code in HTTP_PAGES:
        return _http(code)
    if 300 <= code < 400:
        return error.get_response()
    return message(MessagePage("This request cannot be answered", "Go back, reload the page, and try once more."), code)


def _fault(error: Exception) -> ResponseReturnValue:
    """The request is not told what broke, and the log is not told what the request said."""
    reference = the_context().ids.new_id()
    log.error("request_failed", reference=reference, kind=type(error).__name__, exc_info=error)
    page = MessagePage(
        title="Placet could not do this",
        lead="Nothing was changed. The fault is in the program, not in what you did.",
        who="The operator of this installation",
        fix="Quote the reference below; it names the line in the log.",
        reference=reference,
    )
    return render_template("pages/message_bare.html", page=page, frame=bare_frame()), 500
