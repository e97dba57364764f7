"""Who is asking: the signed-in person behind the cookie, and the guard that stands before every view."""

from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.accounts import operations, queries
from app.accounts.model import Actor
from app.kernel.errors import NotPermitted
from app.web import paths
from app.web.access import Access, Door, declared
from app.web.context import the_context

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE = frozenset({"same-origin", "none"})


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login carries no types
    """Flask-Login's view of a person. Its id is the session token, so that ending the session row signs her out."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self._token = token

    def get_id(self) -> str:
        return self._token


def install(app: Flask) -> None:
    """Sign-in by server-side session, the cross-site check, and the guard before every view."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    protection = CSRFProtect(app)
    app.extensions["placet_csrf"] = protection
    app.before_request(_guard)


def begin(token: str, actor: Actor) -> None:
    """Sign the browser in under a new token; nothing of the session before survives."""
    session.clear()
    login_user(SignedIn(actor, token))


def end() -> str:
    """Sign the browser out; returns the token whose session row is to be ended, empty when nobody was signed in."""
    token = str(session.get("_user_id", ""))
    logout_user()
    session.clear()
    return token


def the_actor() -> Actor:
    """Who is signed in. Only for views behind the guard."""
    return cast(Actor, current_user.actor)


def local_path(target: str) -> str:
    """``target`` when it is a path of this site, else the home page: a redirect never leaves."""
    parts = urlsplit(target)
    stays = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    clean = not any(ord(character) < ord(" ") or character == "\\" for character in target)
    return target if stays and clean else paths.HOME


def _load(token: str) -> SignedIn | None:
    context = the_context()
    with context.units.reading() as connection:
        actor = queries.session_actor(connection, token, context.wall.now())
    return None if actor is None else SignedIn(actor, token)


def _keep_alive() -> None:
    """Write down, at most once in a while, that the session is in use: the one thing a reading request may leave."""
    context = the_context()
    token, now = str(session.get("_user_id", "")), context.wall.now()
    with context.units.reading() as connection:
        stale = queries.session_needs_touch(connection, token, now)
    if stale:
        with context.units() as uow:
            if operations.touch_session(uow, token, now=now):
                uow.commit()


def _guard() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    access = declared(view)
    if access is None:
        raise RuntimeError(f"{request.endpoint} declares no access")
    if request.method not in _SAFE_METHODS and access.door is not Door.TOKEN:
        _refuse_other_sites()
        current_app.extensions["placet_csrf"].protect()
    return _admit(access)


def _admit(access: Access) -> ResponseReturnValue | None:
    if access.door in (Door.PUBLIC, Door.TOKEN):
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if access.permission is not None and not the_actor().may(access.permission):
        raise NotPermitted(access.permission.value)
    _keep_alive()
    return None


def _refuse_other_sites() -> None:
    """Browsers say where a request comes from. With ``no-referrer`` the Origin of a form is ``null``, which says nothing."""
    came_from = request.headers.get("Sec-Fetch-Site")
    if came_from is not None and came_from not in _OWN_SITE:
        raise CSRFError("The request came from another site.")
    origin = request.headers.get("Origin", "null")
    if came_from is None and origin != "null" and urlsplit(origin).netloc != request.host:
        raise CSRFError("The request came from another site.")


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": paths.SIGN_IN}
    if request.method in _SAFE_METHODS and request.path != paths.HOME:
        return redirect(f"{paths.SIGN_IN}?next={request.path}")
    return redirect(paths.SIGN_IN)
