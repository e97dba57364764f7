"""Findings, signatures and threads as several pages show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.accounts.model import Actor, Permission, Role
from app.checks.model import Report
from app.insights.labels import MEANINGS, SHORT_ROLES, THREAD_KINDS
from app.insights.wording import speak_refusal
from app.kernel.clock import parse_iso
from app.kernel.finding import Refusal
from app.review.model import Round, RoundState, Thread, ThreadState
from app.web import paths
from app.web.view_models.content import FindingView, SignatureView
from app.web.view_models.forms import FieldError
from app.web.view_models.review import CommentView, ThreadView


def finding_views(findings: Sequence[Mapping[str, Any]]) -> tuple[FindingView, ...]:
    """Stored findings, errors first and in the order of the text otherwise."""
    weight = {"block": 0, "warn": 1}
    views = [
        FindingView(
            severity=finding["severity"],
            title=str(finding["category"]).replace("_", " ").replace("-", " ").capitalize(),
            excerpt=finding["excerpt"],
            message=finding["message"],
            citation=finding["citation"],
            rule=finding["rule"],
            suggestion=finding["suggestion"],
            line=finding["span"]["line"],
        )
        for finding in findings
    ]
    return tuple(sorted(views, key=lambda view: weight.get(view.severity, 2)))


def report_findings(report: Report) -> tuple[FindingView, ...]:
    """Findings of a report that was made just now."""
    return finding_views([finding.as_json() for finding in report.findings])


def signature_views(round_: Round, actor: Actor, names: Mapping[str, str]) -> tuple[SignatureView, ...]:
    """One line per role that must sign, in the order of the roles."""
    made = {signature.statement.role: signature.statement for signature in round_.signatures}
    signers = {statement.signer_id for statement in made.values()} | round_.leaf_authors
    views = []
    for role in (role for role in Role if role in round_.required):
        label, statement = SHORT_ROLES.get(role, role.value), made.get(role)
        if statement is not None:
            state = "void" if round_.state is RoundState.VOIDED else "signed"
            at = next(s for s in round_.signatures if s.statement is statement).statement.signed_at
            views.append(SignatureView(label, state, statement.signer_name, MEANINGS[statement.meaning], parse_iso(at)))
        elif round_.state is RoundState.OPEN and role in actor.roles and actor.person_id not in signers:
            views.append(SignatureView(label, "yours", actor.name))
        elif round_.state is RoundState.DECLINED and round_.decision is not None:
            views.append(SignatureView(label, "declined", names.get(round_.decision.person_id, "")))
        elif round_.state is RoundState.OPEN:
            views.append(SignatureView(label, "requested"))
    return tuple(views)


def thread_views(round_: Round, actor: Actor, names: Mapping[str, str], text: str) -> tuple[ThreadView, ...]:
    """Comments, those that block first. ``text`` is the source of the version: a quote that left it says so."""
    ordered = sorted(round_.threads, key=lambda t: (not t.blocks, t.state is ThreadState.SETTLED, t.opened_at, t.id))
    return tuple(_thread(thread, round_, actor, names, text) for thread in ordered)


def _thread(thread: Thread, round_: Round, actor: Actor, names: Mapping[str, str], text: str) -> ThreadView:
    raised, wrote = thread.opened_by == actor.person_id, actor.person_id in round_.leaf_authors
    speaks = actor.may(Permission.REVIEW) or actor.may(Permission.WRITE_CONTENT)

    def at(deed: str, *, when: bool) -> str:
        return paths.thread(round_.id, thread.id, deed) if when and speaks else ""

    gone = bool(thread.quote) and thread.quote not in text
    return ThreadView(
        id=thread.id,
        kind=THREAD_KINDS[thread.kind],
        blocking=thread.blocks,
        state=thread.state.value,
        quote=thread.quote,
        place="These words are no longer in the version." if gone else "",
        comments=tuple(CommentView(names.get(who, who), body, when) for who, body, when in thread.comments),
        done_href=at("done", when=thread.state is ThreadState.OPEN and wrote),
        settle_href=at("settle", when=thread.state is not ThreadState.SETTLED and raised),
        reopen_href=at("reopen", when=thread.state is not ThreadState.OPEN and raised),
        answer_href=at("answer", when=thread.state is not ThreadState.SETTLED),
    )


def field_error(field: str, refusal: Refusal) -> tuple[FieldError, ...]:
    """A refusal as the error of one control."""
    spoken = speak_refusal(refusal)
    return (FieldError(field, f"{spoken.sentence}. {spoken.fix}"),)
