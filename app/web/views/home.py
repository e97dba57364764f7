"""The home page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.web import paths
from app.web.access import signed_in
from app.web.identity import the_actor
from app.web.view_models.home import HomePage

home = Blueprint("home", __name__)


@home.get(paths.HOME)
@signed_in
def show() -> ResponseReturnValue:
    """What needs the person, what is at risk, what moves, what happened."""
    first_name = the_actor().name.split()[0]
    page = HomePage(first_name, tasks=(), risks=(), moving=(), day=None, expiring_soon=0)
    return render_template("pages/home.html", page=page)
