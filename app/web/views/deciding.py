"""Acts on a review: sign, publish, request changes, decline, withdraw; and submitting a version to one."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.model import Permission, Role
from app.insights.redline import redline
from app.insights.reviews import ReviewDetail, review_detail
from app.kernel.finding import Refusal
from app.review import operations
from app.review.model import MEANING_OF_ROLE, SIGN_ACT, Round, RoundState
from app.storage.unit_of_work import UnitOfWork
from app.web import paths
from app.web.access import requires
from app.web.acting import act, confirm
from app.web.context import the_context
from app.web.errors import refused
from app.web.frame import tell
from app.web.identity import the_actor
from app.web.presenters.deciding import decide_page, sign_page
from app.web.presenters.evidence import field_error
from app.web.presenters.review import changed_page, signing_role
from app.web.view_models.forms import Errors, FieldError

deciding = Blueprint("deciding", __name__)

LONGEST_REASON = 1_000
_ENDS = {
    "changes": (operations.request_changes, RoundState.CHANGES_REQUESTED, "Changes are requested."),
    "decline": (operations.decline, RoundState.DECLINED, "The version is declined."),
    "withdraw": (operations.withdraw, RoundState.WITHDRAWN, "The review is withdrawn."),
}


def detail_of(round_id: str) -> ReviewDetail:
    """One review, with the redline against what was approved last."""
    with the_context().units.reading() as connection:
        return review_detail(connection, round_id)


@deciding.get(f"{paths.review('<round_id>')}/sign")
@requires(Permission.REVIEW)
def ask_to_sign(round_id: str) -> ResponseReturnValue:
    """What a signature would say."""
    detail = detail_of(round_id)
    role = signing_role(detail, the_actor())
    if role is None:
        return redirect(paths.review(round_id))
    return _sign_page(detail, role)


def _sign_page(detail: ReviewDetail, role: Role, errors: Errors = (), status: int = 200) -> ResponseReturnValue:
    page = sign_page(detail, role, the_actor(), the_context().clock.now(), errors)
    return render_template("pages/sign.html", page=page), status


@deciding.post(f"{paths.review('<round_id>')}/sign")
@requires(Permission.REVIEW)
def sign(round_id: str) -> ResponseReturnValue:
    """Confirm who signs, then sign exactly what stood on the page."""
    form, detail = request.form, detail_of(round_id)
    role = next((r for r, meaning in MEANING_OF_ROLE.items() if meaning.value == form.get("meaning")), None)
    if role is None:
        return refused(Refusal("role_not_required"), back_href=paths.review(round_id))
    if _has_signed(detail.round_, role):
        tell("You have signed this already.")
        return redirect(paths.review(round_id), 303)
    seen = (form.get("root", ""), form.get("report", ""))
    if detail.replaced or seen != (detail.round_.closure_root, detail.round_.report_digest):
        return _changed(detail)
    confirmed = confirm(form.get("password", ""), SIGN_ACT, seen[0], MEANING_OF_ROLE[role].value)
    if isinstance(confirmed, Refusal):
        return _sign_page(detail, role, field_error("password", confirmed), 401)
    answer = act(lambda uow: _sign(uow, operations.Sign(round_id, *seen, role, confirmed.id)))
    return _after_signing(round_id, answer)


def _sign(uow: UnitOfWork, command: operations.Sign) -> Round | Refusal:
    context = the_context()
    return operations.sign(
        uow,
        command,
        actor=the_actor(),
        now=context.clock.now(),
        ids=context.ids,
        tokens=context.tokens,
        key=context.keys.organisation,
    )


def _has_signed(round_: Round, role: Role) -> bool:
    mine = the_actor().person_id
    return any(s.statement.signer_id == mine and s.statement.role is role for s in round_.signatures)


def _after_signing(round_id: str, answer: Round | Refusal) -> ResponseReturnValue:
    if isinstance(answer, Refusal):
        detail = detail_of(round_id)
        if detail.replaced or answer.code == "content_changed":
            return _changed(detail)
        return refused(answer, back_href=paths.review(round_id), back_label="Back to the review")
    done = answer.state is RoundState.APPROVED
    tell("Signed. Everybody asked has signed: the version is approved." if done else "Signed.")
    return redirect(paths.review(round_id), 303)


def _changed(detail: ReviewDetail) -> ResponseReturnValue:
    page = changed_page(detail, redline(detail.version, detail.latest))
    return render_template("pages/changed.html", page=page), 409


@deciding.get(f"{paths.review('<round_id>')}/changes", defaults={"deed": "changes"})
@deciding.get(f"{paths.review('<round_id>')}/decline", defaults={"deed": "decline"})
@requires(Permission.REVIEW)
def ask_why(round_id: str, deed: str) -> ResponseReturnValue:
    """The form for a reason."""
    return render_template("pages/decide.html", page=decide_page(detail_of(round_id), deed))


@deciding.post(f"{paths.review('<round_id>')}/changes", defaults={"deed": "changes"})
@deciding.post(f"{paths.review('<round_id>')}/decline", defaults={"deed": "decline"})
@requires(Permission.REVIEW)
def judge(round_id: str, deed: str) -> ResponseReturnValue:
    """Send the review back, or say a final no."""
    return _end(round_id, deed)


@deciding.get(f"{paths.review('<round_id>')}/withdraw")
@requires(Permission.SUBMIT_CONTENT)
def ask_to_withdraw(round_id: str) -> ResponseReturnValue:
    """The form for a reason."""
    return render_template("pages/decide.html", page=decide_page(detail_of(round_id), "withdraw"))


@deciding.post(f"{paths.review('<round_id>')}/withdraw")
@requires(Permission.SUBMIT_CONTENT)
def withdraw(round_id: str) -> ResponseReturnValue:
    """Take a review back."""
    return _end(round_id, "withdraw")


def _end(round_id: str, deed: str) -> ResponseReturnValue:
    operation, state, words = _ENDS[deed]
    detail, reason = detail_of(round_id), request.form.get("reason", "").strip()
    context, actor = the_context(), the_actor()
    if len(reason) > LONGEST_REASON:
        errors: Errors = (FieldError("reason", f"This is longer than {LONGEST_REASON} characters. Shorten it."),)
        return render_template("pages/decide.html", page=decide_page(detail, deed, reason=reason, errors=errors)), 422
    command = operations.EndRound(round_id, reason)
    answer = act(lambda uow: operation(uow, command, actor=actor, now=context.clock.now(), ids=context.ids))
    decision = detail.round_.decision
    repeated = detail.round_.state is state and decision is not None and decision.person_id == actor.person_id
    if isinstance(answer, Refusal) and answer.code == "reason_missing":
        page = decide_page(detail, deed, reason=reason, errors=field_error("reason", answer))
        return render_template("pages/decide.html", page=page), 422
    if isinstance(answer, Refusal) and not repeated:
        return refused(answer, back_href=paths.review(round_id), back_label="Back to the review")
    tell(words)
    return redirect(paths.review(round_id), 303)
