"""The demonstration bar: be somebody else, move the clock. Outside demo data directories these pages do not exist."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.web import identity, paths
from app.web.access import public, signed_in
from app.web.context import DemoContext, the_context
from app.web.errors import refused
from app.web.views.sign_in import attempt

demo = Blueprint("demo", __name__)

MOVES = frozenset({"hour", "day", "expiry"})


@demo.post(paths.DEMO_PERSON)
@public
def become() -> ResponseReturnValue:
    """Sign in as another demonstration person, with her known password."""
    stage = _stage()
    person = next((one for one in stage.people if one.id == request.form.get("person")), None)
    if person is None:
        raise BadInput("Choose one of the people in the bar.")
    answer = attempt(person.email, stage.password(person.id))
    if isinstance(answer, Refusal):
        return refused(answer)
    identity.begin(answer.token, answer.actor)
    return redirect(paths.HOME, 303)


@demo.post(paths.DEMO_CLOCK)
@signed_in
def move() -> ResponseReturnValue:
    """Move the demonstration clock ahead."""
    word = request.form.get("move", "")
    stage = _stage()
    if word not in MOVES:
        raise BadInput("The clock moves by an hour, a day, or to the next expiry.")
    stage.move_clock(word)
    return redirect(identity.local_path(request.form.get("back", paths.HOME)), 303)


def _stage() -> DemoContext:
    stage = the_context().demo
    if stage is None:
        raise NotFound("page", "demo")
    return stage
