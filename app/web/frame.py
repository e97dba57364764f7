"""The frame of the page that this request asks for: where one may go, who one is, what the demonstration shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

from flask import current_app, g, request, session
from flask_login import current_user
from sqlalchemy import Connection

from app.accounts.model import Actor, Permission
from app.gate import queries as gate
from app.insights.labels import ROLES
from app.outbox import queries as outbox
from app.review import queries as review
from app.web import paths
from app.web.access import Door, declared
from app.web.context import WebContext, the_context
from app.web.view_models.frame import DemoBar, Frame, RailItem

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"
_NOTICE = "notice"

PLACES: tuple[tuple[str, str, str, Permission | None], ...] = (
    ("Home", paths.HOME, "house", None),
    ("Content", paths.CONTENT, "file-text", Permission.READ_CONTENT),
    ("Reviews", paths.REVIEWS, "list-checks", Permission.READ_CONTENT),
    ("Sequences", paths.SEQUENCES, "workflow", Permission.READ_SEQUENCES),
    ("Leads", paths.LEADS, "users", Permission.READ_LEADS),
    ("Sends", paths.SENDS, "send", Permission.READ_SENDS),
    ("Audit", paths.AUDIT, "scroll-text", Permission.READ_AUDIT),
)


def tell(sentence: str) -> None:
    """Show a sentence about what was just done at the top of the next page."""
    session[_NOTICE] = sentence


def current_actor() -> Actor | None:
    """Who is signed in, or nobody."""
    actor = getattr(current_user, "actor", None)
    return actor if isinstance(actor, Actor) else None


def the_frame() -> Frame:
    """The frame of this request, made once."""
    if "frame" not in g:
        g.frame = _for_recipients() if _by_token() else _build(the_context(), current_actor())
    return g.frame  # type: ignore[no-any-return]


def bare_frame() -> Frame:
    """A frame that asks nobody anything: for pages shown when the rest is broken."""
    context = the_context()
    theme = request.cookies.get(THEME_COOKIE, "")
    return Frame(
        organisation=context.organisation,
        now=context.wall.now(),
        zone=UTC,
        theme=theme if theme in THEMES else "system",
        path=request.path,
    )


def _by_token() -> bool:
    """Whether the page is for whoever holds a token: nothing of a signed-in person belongs on it."""
    access = declared(current_app.view_functions.get(request.endpoint or ""))
    return access is not None and access.door is Door.TOKEN


def _for_recipients() -> Frame:
    """A frame that reads no session: what a recipient sees is the same whoever else uses the browser."""
    context = the_context()
    return replace(bare_frame(), now=context.clock.now(), zone=ZoneInfo(context.zone))


def _build(context: WebContext, actor: Actor | None) -> Frame:
    frame = replace(bare_frame(), now=context.clock.now(), zone=ZoneInfo(context.zone))
    if context.demo is not None:
        ahead = (frame.now - context.wall.now()).days
        person = actor.person_id if actor else ""
        frame = replace(
            frame, demo=DemoBar(context.demo.people, person, frame.now, max(ahead, 0), context.demo.inbox_count())
        )
    if actor is None:
        return frame
    with context.units.reading() as connection:
        counts, strip = _waiting(connection, actor), _strip(connection)
    return replace(
        frame,
        rail=_rail(actor, counts),
        strip=strip,
        strip_href=paths.SENDING if strip else "",
        person_name=actor.name,
        roles_text=", ".join(ROLES[role] for role in sorted(actor.roles)),
        notice=session.pop(_NOTICE, ""),
    )


def _rail(actor: Actor, counts: Mapping[str, int]) -> tuple[RailItem, ...]:
    """The places the actor may enter, each with the work that waits there."""
    return tuple(
        RailItem(label, href, icon, counts.get(href), current=_is_current(href))
        for label, href, icon, permission in PLACES
        if permission is None or actor.may(permission)
    )


def _waiting(connection: Connection, actor: Actor) -> Mapping[str, int]:
    """What waits for a person, by place: reviews she can sign, messages that are held or whose outcome is unknown."""
    counts = {}
    if actor.may(Permission.REVIEW):
        counts[paths.REVIEWS] = len(review.queue(connection, actor))
    if actor.may(Permission.READ_SENDS):
        sums = outbox.accounting(connection)
        counts[paths.SENDS] = sums.held + sums.unknown
    return counts


def _strip(connection: Connection) -> str:
    """What is wrong with the whole installation, in one sentence; empty when all is well."""
    scopes = [switch.scope for switch in gate.engaged(connection)]
    if "all" in scopes:
        return "Sending is stopped everywhere."
    if scopes:
        return (
            "Sending is stopped for a sequence."
            if len(scopes) == 1
            else f"Sending is stopped for {len(scopes)} sequences."
        )
    if outbox.held(connection, reason="instance_held", limit=1):
        return "Sending is held: this installation does not trust its own records."
    return ""


def _is_current(href: str) -> bool:
    return request.path == href if href == paths.HOME else request.path.startswith(href)
