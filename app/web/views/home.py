"""The home page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.insights.home import home_facts
from app.web import paths
from app.web.access import signed_in
from app.web.context import the_context
from app.web.identity import the_actor
from app.web.presenters.home import home_page

home = Blueprint("home", __name__)


@home.get(paths.HOME)
@signed_in
def show() -> ResponseReturnValue:
    """What needs the person, what is at risk, what moves, what happened."""
    context, actor = the_context(), the_actor()
    with context.units.reading() as connection:
        facts = home_facts(connection, actor, context.clock.now())
    return render_template("pages/home.html", page=home_page(facts, actor))
