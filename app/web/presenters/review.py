"""The review page, and the page shown when what was signed for has changed."""

from collections.abc import Sequence

from app.accounts.model import Actor, Permission, Role
from app.insights.labels import ROLES
from app.insights.library import findings_of
from app.insights.redline import Redline
from app.insights.reviews import ReviewDetail
from app.review.model import MEANING_OF_ROLE, RoundState, ThreadState
from app.web import paths
from app.web.moments import plural
from app.web.presenters.evidence import finding_views, signature_views, thread_views
from app.web.presenters.redlines import block_views, change_views, summary
from app.web.view_models.forms import Choice, Errors
from app.web.view_models.review import ChangedPage, ReviewPage

_ENDED = {
    RoundState.APPROVED: "Everybody asked has signed.",
    RoundState.CHANGES_REQUESTED: "Changes were requested",
    RoundState.DECLINED: "This version was declined",
    RoundState.WITHDRAWN: "The review was withdrawn",
    RoundState.VOIDED: "A newer version was saved, so the signatures here stay with the old one.",
}


def review_page(
    detail: ReviewDetail, actor: Actor, *, errors: Errors = (), typed: tuple[tuple[str, str], ...] = ()
) -> ReviewPage:
    """One round as a reviewer reads it."""
    round_, version = detail.round_, detail.version
    compared = compared_name(detail)
    quotes = [t.quote for t in round_.threads if t.quote and t.state is not ThreadState.SETTLED]
    text = version.source.decode("utf-8")
    return ReviewPage(
        round_id=round_.id,
        title=version.metadata.title,
        number=version.number,
        status=round_.state.value,
        due_at=round_.due_at if round_.state is RoundState.OPEN else None,
        summary=summary(version.number, detail.changes, compared, differing_leaves(detail)),
        compared=compared,
        compare_choices=_choices(detail),
        note=round_.note,
        submitted_by=detail.names.get(round_.submitted_by, round_.submitted_by),
        submitted_at=round_.submitted_at,
        blocks=block_views(detail.changes, quotes),
        changes=change_views(detail.changes),
        threads=thread_views(round_, actor, detail.names, text),
        findings=finding_views(findings_of(detail.report)),
        pack=pack_name(detail),
        signatures=signature_views(round_, actor, detail.names),
        item_href=paths.item(detail.item.id),
        preview_href=paths.preview(detail.item.id, version.number) if version.skeleton.html else "",
        ended=_ended(detail),
        claims=version.metadata.claims,
        errors=errors,
        typed=typed,
        **_stale(detail),
        **_acts(detail, actor),
    )


def compared_name(detail: ReviewDetail) -> str:
    """``approved v7`` or ``v6``; empty for a first version."""
    if detail.compared is None:
        return ""
    return f"{'approved ' if detail.compared is detail.approved else ''}v{detail.compared.number}"


def pack_name(detail: ReviewDetail) -> str:
    """The rule packs that the report was made with."""
    names = [] if detail.report is None else detail.report.report.get("packs", [])
    listed = ", ".join(str(name) for name in names) if isinstance(names, list) else ""
    return f"{listed} ({detail.round_.pack_digest[:8]})" if listed else detail.round_.pack_digest[:8]


def differing_leaves(detail: ReviewDetail) -> list[str]:
    """Names of the leaves that differ from the compared version."""
    if detail.compared is None:
        return []
    old, new = detail.compared.closure.leaves, detail.version.closure.leaves
    return sorted(name.replace("_", " ") for name in {*old, *new} if old.get(name) != new.get(name))


def _choices(detail: ReviewDetail) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(v.number), f"{'approved ' if v is detail.approved else ''}v{v.number}") for v in detail.others
    )


def _ended(detail: ReviewDetail) -> str:
    round_ = detail.round_
    words, decision = _ENDED.get(round_.state, ""), round_.decision
    if decision is None:
        return words
    who = detail.names.get(decision.person_id, decision.person_id)
    return f"{words} by {who}: “{decision.reason}”" if decision.reason else f"{words} by {who}."


def _stale(detail: ReviewDetail) -> dict[str, str]:
    if not detail.replaced:
        return {"stale": "", "stale_href": ""}
    words = f"Version {detail.latest.number} was saved. You are reading {detail.version.number}."
    newer = detail.successor
    return {"stale": words, "stale_href": paths.review(newer.id) if newer else paths.item(detail.item.id)}


def _acts(detail: ReviewDetail, actor: Actor) -> dict[str, str]:
    round_ = detail.round_
    acts: dict[str, str] = {}
    if round_.state is RoundState.OPEN:
        if actor.may(Permission.REVIEW):
            acts |= {"comment_href": paths.threads(round_.id), "sign_blocked": sign_blocked(detail, actor)}
            if may_judge(detail, actor):
                acts |= {"changes_href": paths.request_changes(round_.id), "decline_href": paths.decline(round_.id)}
                acts["sign_href"] = paths.sign(round_.id) if signing_role(detail, actor) else ""
        if actor.person_id == round_.submitted_by and actor.may(Permission.SUBMIT_CONTENT):
            acts["withdraw_href"] = paths.withdraw(round_.id)
    approved = round_.state is RoundState.APPROVED and detail.publication is None
    if approved and not detail.replaced and actor.may(Permission.PUBLISH):
        acts["publish_href"] = paths.publish(round_.id)
    return acts


def may_judge(detail: ReviewDetail, actor: Actor) -> bool:
    """Whether she may request changes or decline: asked for one of her roles, and not an author."""
    return bool(detail.round_.required & actor.roles) and actor.person_id not in detail.round_.leaf_authors


def signing_role(detail: ReviewDetail, actor: Actor) -> Role | None:
    """The role in which she can sign now, or None."""
    round_ = detail.round_
    signed = {signature.statement.signer_id for signature in round_.signatures}
    if round_.state is not RoundState.OPEN or detail.replaced or actor.person_id in round_.leaf_authors | signed:
        return None
    return min(round_.missing & actor.roles & MEANING_OF_ROLE.keys(), default=None)


def sign_blocked(detail: ReviewDetail, actor: Actor) -> str:
    """Why a reviewer cannot sign now; empty when she can."""
    round_ = detail.round_
    if actor.person_id in round_.leaf_authors:
        return "You wrote words of this version, so you cannot approve it. Ask a colleague with the same role."
    if any(s.statement.signer_id == actor.person_id for s in round_.signatures):
        return "You have signed this version."
    if not round_.required & actor.roles:
        needed = ", ".join(ROLES[role].lower() for role in Role if role in round_.required)
        return f"Your role is not asked. This needs: {needed}."
    if not round_.missing & actor.roles:
        return "Somebody with your role has signed."
    blocking = [thread for thread in round_.threads if thread.blocks]
    if blocking:
        return f"{plural(len(blocking), 'comment')} marked ‘must change’ {_is(blocking)} not settled."
    return ""


def _is(things: Sequence[object]) -> str:
    return "is" if len(things) == 1 else "are"


def changed_page(detail: ReviewDetail, changes: Redline) -> ChangedPage:
    """``changes`` are those from the version that was on the page to the newest one; none when only the form was stale."""
    differs = detail.replaced
    newer = detail.successor
    if differs:
        lead = (
            f"Version {detail.latest.number} was saved while this page was open. Nothing was signed. Read what changed."
        )
        target, label = (
            (paths.review(newer.id), f"Review version {detail.latest.number}")
            if newer
            else (paths.item(detail.item.id), f"See version {detail.latest.number}")
        )
    else:
        lead = "The page you signed from did not show what is under review now. Nothing was signed. Open it again and read."
        target, label = paths.sign(detail.round_.id), "Open the sign page again"
    return ChangedPage(
        title=detail.version.metadata.title,
        number=detail.version.number,
        lead=lead,
        compared=f"v{detail.version.number}" if differs else "",
        blocks=block_views(changes) if differs else (),
        changes=change_views(changes) if differs else (),
        next_href=target,
        next_label=label,
        back_href=paths.review(detail.round_.id),
    )
