"""Pages on which one act is done: sign, publish, recall, and those that need a sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.accounts.model import Actor, Role
from app.authoring.model import Item, Version
from app.insights.labels import AUDIENCES, CHANNELS, MEANINGS, ROLES, SHORT_ROLES
from app.insights.preview import preview
from app.insights.reviews import ReviewDetail
from app.outbox.model import Message, MessageState
from app.publishing.model import Publication
from app.review.model import MEANING_OF_ROLE
from app.review.policies import ApprovalPolicy
from app.web import paths
from app.web.moments import plural
from app.web.presenters.item import Checked
from app.web.presenters.redlines import amount
from app.web.presenters.review import compared_name, pack_name
from app.web.view_models.content import Fact
from app.web.view_models.forms import Errors
from app.web.view_models.review import DecidePage, PublishPage, RecallPage, SignPage

_WAITING = frozenset({MessageState.PLANNED, MessageState.CLAIMED})
_OUT = frozenset({MessageState.RELEASED, MessageState.ACCEPTED, MessageState.UNKNOWN})


def sign_page(detail: ReviewDetail, role: Role, actor: Actor, now: datetime, errors: Errors = ()) -> SignPage:
    """The statement that a signature makes, before it is made."""
    round_, version, metadata = detail.round_, detail.version, detail.version.metadata
    meaning = MEANING_OF_ROLE[role]
    others = sorted((r for r in round_.required - {role} if r in SHORT_ROLES), key=list(Role).index)
    scope = [AUDIENCES[metadata.audience], CHANNELS[metadata.channel].lower(), metadata.locale, *metadata.jurisdictions]
    return SignPage(
        round_id=round_.id,
        title=metadata.title,
        number=version.number,
        root=round_.closure_root,
        report=round_.report_digest,
        signer=actor.name,
        role=ROLES[role],
        meaning=MEANINGS[meaning],
        meaning_value=meaning.value,
        scope=", ".join(scope),
        valid_from=now,
        valid_until=now + timedelta(days=round_.max_valid_days),
        valid_policy=f"At most {plural(round_.max_valid_days, 'day')} from publication, by policy {round_.policy}. "
        "Whoever publishes may choose less.",
        shown=_shown(detail),
        not_yours=tuple(f"what {SHORT_ROLES[r]} answers for" for r in others),
        sign_href=paths.sign(round_.id),
        back_href=paths.review(round_.id),
        text_part=preview(version).text,
        preview_href=paths.preview(detail.item.id, version.number) if version.skeleton.html else "",
        errors=errors,
    )


def _shown(detail: ReviewDetail) -> tuple[Fact, ...]:
    compared, report = compared_name(detail), detail.report
    href = paths.review(detail.round_.id)
    first = not compared
    facts = [
        Fact(f"redline to {compared}" if compared else "the whole text", amount(detail.changes, first=first), href=href)
    ]
    facts.append(Fact("the HTML and the text part" if detail.version.skeleton.html else "the text part", ""))
    if report is not None:
        counts = f"{plural(report.blocks, 'error')}, {plural(report.warns, 'warning')}"
        facts.append(Fact("finding report", f"{counts}, digest {report.digest[:8]}", href=href))
    facts.append(Fact("rule packs", pack_name(detail)))
    claims = detail.version.metadata.claims
    facts.append(Fact("claims", ", ".join(claims) or "none declared"))
    return tuple(facts)


def publish_page(detail: ReviewDetail, now: datetime, typed: Mapping[str, str], errors: Errors = ()) -> PublishPage:
    """What was typed, or else what the owner proposed within what the policy allows."""
    round_, metadata = detail.round_, detail.version.metadata
    last = now + timedelta(days=round_.max_valid_days)
    latest = last.astimezone(UTC).date().isoformat()
    proposed = min(metadata.valid_until or latest, latest)
    return PublishPage(
        title=metadata.title,
        number=detail.version.number,
        publish_href=paths.publish(round_.id),
        back_href=paths.review(round_.id),
        valid_from=typed.get("valid_from", max(metadata.valid_from, now.astimezone(UTC).date().isoformat())),
        valid_until=typed.get("valid_until", proposed),
        review_by=f"every {plural(metadata.review_every_days, 'day')}",
        limit=f"The policy allows {plural(round_.max_valid_days, 'day')}: until {latest} at the latest.",
        errors=errors,
    )


def recall_page(
    publication: Publication,
    version: Version,
    messages: tuple[Message, ...],
    in_sequences: int,
    *,
    reason: str = "",
    errors: Errors = (),
) -> RecallPage:
    """What a recall stops, in numbers, before it is done."""
    waiting = sum(message.state in _WAITING for message in messages)
    left = sum(message.state in _OUT for message in messages)
    stop = f"It stops at once and for good: {plural(waiting, 'queued message is', 'queued messages are')} held."
    gone = f"{plural(left, 'message has', 'messages have')} left or may have left, and cannot be called back."
    use = f"{plural(in_sequences, 'sequence uses', 'sequences use')} this piece and will wait for a new version."
    return RecallPage(
        title=version.metadata.title,
        number=version.number,
        recall_href=paths.recall(publication.id),
        back_href=paths.item(publication.item_id),
        effect=(stop, gone, use) if in_sequences else (stop, gone),
        reason=reason,
        errors=errors,
    )


def submit_page(
    item: Item, version: Version, checked: Checked, policy: ApprovalPolicy | None, now: datetime,
    *, note: str = "", errors: Errors = (),
) -> DecidePage:  # fmt: skip
    """What is handed over, and to whom."""
    roles = [ROLES[role] for role in Role if policy and role in policy.roles]
    facts = [Fact("Digest", version.closure.root, digest=True), Fact("Errors", str(checked.blocks))]
    if policy is not None:
        facts += [
            Fact("Goes to", ", ".join(roles)),
            Fact("Policy", f"{policy.id}: {policy.why}"),
            Fact("Answer due", f"within {plural(policy.sla_hours, 'hour')}"),
        ]
    return DecidePage(
        title=f"Submit version {version.number}",
        piece=version.metadata.title,
        lead="The reviewers see this version and no other. Saving a newer one ends the review.",
        label="Note to the reviewers",
        hint="What changed and what to look at, in a sentence or two. At most 500 characters.",
        button=f"Submit version {version.number}",
        act_href=paths.submit(item.id, version.number),
        back_href=paths.item(item.id),
        reason=note,
        errors=errors,
        facts=tuple(facts),
        findings=checked.findings,
        pack=checked.pack,
        place_label="Content",
        place_href=paths.CONTENT,
    )


_DEEDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "changes": (
        "Request changes",
        "The review ends, and the author gets your comments in one round.",
        "What must change",
        "In a sentence. It may stay empty when a comment marked ‘must change’ is open.",
        "Request changes",
    ),
    "decline": (
        "Decline",
        "This is a final no. The same version cannot be submitted again; a new one can.",
        "Why",
        "In a sentence. It is kept for good.",
        "Decline this version",
    ),
    "withdraw": (
        "Withdraw",
        "The review ends without a decision. Signatures made so far stay on record and count for nothing.",
        "Why",
        "In a sentence.",
        "Withdraw the review",
    ),
}


def decide_page(detail: ReviewDetail, deed: str, *, reason: str = "", errors: Errors = ()) -> DecidePage:
    """One act that needs a reason: ``changes``, ``decline`` or ``withdraw``."""
    title, lead, label, hint, button = _DEEDS[deed]
    href = {"changes": paths.request_changes, "decline": paths.decline, "withdraw": paths.withdraw}[deed]
    return DecidePage(
        title=title,
        piece=f"{detail.version.metadata.title} v{detail.version.number}",
        lead=lead,
        label=label,
        hint=hint,
        button=button,
        act_href=href(detail.round_.id),
        back_href=paths.review(detail.round_.id),
        reason=reason,
        errors=errors,
    )
