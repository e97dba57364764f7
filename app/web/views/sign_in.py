"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import operations
from app.accounts.model import SignedIn, SignIn
from app.insights.wording import speak_refusal
from app.kernel.finding import Refusal
from app.web import identity, paths
from app.web.access import public, signed_in
from app.web.context import the_context
from app.web.frame import current_actor
from app.web.limits import limited
from app.web.view_models.forms import FieldError, SignInPage

sign_in = Blueprint("sign_in", __name__)


@sign_in.get(paths.SIGN_IN)
@public
def ask() -> ResponseReturnValue:
    """The form; people who are signed in go on."""
    target = identity.local_path(request.args.get("next", paths.HOME))
    if current_actor() is not None:
        return redirect(target)
    return render_template("pages/sign_in.html", page=SignInPage(next=target))


@sign_in.post(paths.SIGN_IN)
@public
@limited("20 per minute")
def enter() -> ResponseReturnValue:
    """Sign in, or show the form again with what was typed and why it did not work."""
    email = request.form.get("email", "")
    target = identity.local_path(request.form.get("next", paths.HOME))
    answer = attempt(email, request.form.get("password", ""))
    if isinstance(answer, Refusal):
        spoken = speak_refusal(answer)
        errors = (FieldError("email", f"{spoken.sentence}. {spoken.fix}"),)
        return render_template("pages/sign_in.html", page=SignInPage(email, target, errors)), 401
    identity.begin(answer.token, answer.actor)
    return redirect(target, 303)


@sign_in.post(paths.SIGN_OUT)
@signed_in
def leave() -> ResponseReturnValue:
    """End the session here and in the database."""
    context = the_context()
    token = identity.end()
    with context.units() as uow:
        if operations.sign_out(uow, token, now=context.wall.now()):
            uow.commit()
    return redirect(paths.SIGN_IN, 303)


def attempt(email: str, password: str) -> SignedIn | Refusal:
    """One try to sign in; committed either way, because failures are counted."""
    context = the_context()
    with context.units() as uow:
        answer = operations.sign_in(
            uow,
            SignIn(email, password),
            now=context.wall.now(),
            ids=context.ids,
            tokens=context.tokens,
            address_key=context.keys.addresses,
        )
        uow.commit()
    return answer
