"""The reader's choice of light or dark, kept in a cookie that says nothing else."""

from datetime import timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.kernel.errors import BadInput
from app.web import paths
from app.web.access import public
from app.web.context import the_context
from app.web.frame import THEME_COOKIE, THEMES
from app.web.identity import local_path
from app.web.limits import limited

appearance = Blueprint("appearance", __name__)


@appearance.post(paths.APPEARANCE)
@public
@limited("60 per minute")
def choose() -> ResponseReturnValue:
    """Remember the theme for a year and go back to the page."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        raise BadInput("Choose light, dark, or as the device.")
    answer = redirect(local_path(request.form.get("back", paths.HOME)))
    answer.set_cookie(
        THEME_COOKIE, theme, max_age=timedelta(days=365), secure=the_context().secure, httponly=True, samesite="Lax"
    )
    return answer
