"""What a recipient meets: one button to stop. The token in the address is the whole authority, and it can only reduce.

A mail client posts here without cookies (RFC 8058), so no cookie is read or set and the cross-site check does not apply: the
worst that a forged request can do is less mail. GET and HEAD change nothing, whoever follows the link. An unknown token gets
the same pages in the same time.
"""

import time

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.consent import operations, tokens
from app.consent.commands import Withdrawn
from app.consent.model import SourceKind
from app.kernel.errors import NotFound
from app.web import paths
from app.web.access import token_only
from app.web.context import WebContext, the_context
from app.web.view_models.people import UnsubscribePage

unsubscribe = Blueprint("unsubscribe", __name__)

LEAST_SECONDS = 0.2
"""Every answer takes at least this long, so that a withdrawal that is written down looks like one that is not."""


@unsubscribe.get(paths.unsubscribe("<token>"))
@token_only
def ask(token: str) -> ResponseReturnValue:
    """One button. Looks nothing up, so that it has nothing to tell."""
    page = UnsubscribePage(the_context().organisation, paths.unsubscribe(token), "these emails")
    return render_template("public/unsubscribe.html", page=page)


@unsubscribe.post(paths.unsubscribe("<token>"))
@token_only
def act(token: str) -> ResponseReturnValue:
    """Stop, at once; again and again if need be."""
    context = the_context()
    begun = context.wall.monotonic()
    everything = request.form.get("scope") == "all"
    answer = _withdraw(context, token, everything=everything)
    left = [] if answer is None else [message.state_since for message in answer.on_their_way]
    page = UnsubscribePage(
        organisation=context.organisation,
        act_href=paths.unsubscribe(token),
        topic="any emails" if everything else "these emails",
        done=True,
        received_at=context.clock.now(),
        already_left_at=max(left, default=None),
    )
    time.sleep(max(0.0, LEAST_SECONDS - (context.wall.monotonic() - begun)))
    return render_template("public/unsubscribe.html", page=page)


def _withdraw(context: WebContext, token: str, *, everything: bool) -> Withdrawn | None:
    facts = tokens.read(context.ring, token)
    if facts is None:
        return None
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    source = SourceKind.ONE_CLICK if one_click else SourceKind.PREFERENCE_PAGE
    try:
        with context.units() as uow:
            answer = operations.unsubscribe(
                uow, facts, now=context.clock.now(), ids=context.ids, source=source, everything=everything
            )
            uow.commit()
    except NotFound:
        return None
    return answer
