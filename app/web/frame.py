"""The frame of the page that this request asks for: where one may go, who one is, what the demonstration shows."""

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

from flask import g, request, session
from flask_login import current_user

from app.accounts.model import Actor, Permission
from app.insights.labels import ROLES
from app.web import paths
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
        g.frame = _build(the_context(), current_actor())
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
    return replace(
        frame,
        rail=_rail(actor),
        person_name=actor.name,
        roles_text=", ".join(ROLES[role] for role in sorted(actor.roles)),
        notice=session.pop(_NOTICE, ""),
    )


def _rail(actor: Actor) -> tuple[RailItem, ...]:
    """The places the actor may enter. Counts are added by the pages that know them."""
    return tuple(
        RailItem(label, href, icon, current=_is_current(href))
        for label, href, icon, permission in PLACES
        if permission is None or actor.may(permission)
    )


def _is_current(href: str) -> bool:
    return request.path == href if href == paths.HOME else request.path.startswith(href)
