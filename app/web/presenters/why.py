"""Why was this not sent, or why was it: the answer in a sentence, then everything it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.accounts.model import Actor, Permission, Role
from app.insights.consent_wordings import ConsentWording
from app.insights.event_words import MOVES
from app.insights.labels import MEANINGS, ROLES
from app.insights.why import Answer, CheckLine
from app.insights.wording import speak
from app.kernel.clock import parse_iso
from app.outbox.model import MessageState
from app.review.model import Round
from app.web import paths
from app.web.moments import grouped, instant_text, plural
from app.web.presenters.standing import reason_of, state_of, waits
from app.web.view_models.content import Fact, SignatureView
from app.web.view_models.sending import Phase, ReasonView, WhyPage

S = MessageState
_CONTENT = ("The piece", frozenset({"approval", "stored_bytes", "window", "publication_state", "channel", "audience",
            "jurisdiction", "rendered_bytes", "rendered_findings", "required_content"}))  # fmt: skip
_CONSENT = frozenset({"agreement", "suppression", "lead", "merge_values", "frequency_cap"})
_GATE = {"permit": "The gate let it go", "hold": "The gate held it", "refuse": "The gate refused it"}
_NEXT: Mapping[MessageState, str] = {
    S.ACCEPTED: "Nothing more: it has left, and its receipt is kept.",
    S.RELEASED: "The mail server has been handed the message. Its answer decides what this page says.",
    S.REJECTED: "It is not tried again. The person stays in the sequence.",
    S.REFUSED: "It is not sent later either. No step is skipped: the person waits here until the sequence is changed or left.",
    S.UNKNOWN: "It is not sent again by itself, because she may have it already.",
    S.HELD: "It waits. When the cause is gone, it is planned again and the gate decides anew.",
    S.PLANNED: "At its hour the gate decides, with everything as it stands then.",
}
_EXPLAIN = {
    "consent": "You have not agreed to receive this kind of message from us, so we did not send it.",
    "content": "We did not send this message because its review is no longer in force. You do not need to do anything.",
    "other": "We did not send this message. You do not need to do anything.",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page shows beside the answer itself. ``records`` are (index, action) of the log, oldest first."""

    sequence_id: str
    round_: Round | None
    wording: ConsentWording | None
    records: tuple[tuple[int, str], ...]


def why_page(answer: Answer, beside: Surroundings, actor: Actor, now: datetime, zone: tzinfo) -> WhyPage:
    """The page of one message."""
    line = answer.line
    state, detail = state_of(line, now, zone)
    lead_href = paths.lead(line.lead_id) if actor.may(Permission.READ_LEADS) else ""
    sent = line.state in (S.ACCEPTED, S.RELEASED, S.UNKNOWN)
    failing = tuple(_reason(check, answer, beside, lead_href) for check in answer.failing) if not sent else ()
    return WhyPage(
        message_id=line.message_id,
        what=f"{line.title} v{line.version}, step {line.step}",
        what_href=paths.item(line.item_id),
        lead_id=line.lead_id,
        lead_href=lead_href,
        due_at=line.due_at,
        status=state,
        answer=_answer(answer, now, zone),
        also=_also(answer, failing),
        failing=failing,
        passing=tuple(_reason(check, answer, beside, lead_href) for check in answer.passing),
        next=_next(answer, now, zone),
        phases=_phases(answer),
        record=_record(answer, beside, zone),
        explain="" if sent else _explain(answer),
        detail=detail,
        rests_on=_rests_on(answer, beside, zone) if sent else (),
        signatures=_signatures(beside.round_) if sent else (),
        proof_href=paths.send_proof(line.message_id) if line.state in (S.ACCEPTED, S.REJECTED, S.UNKNOWN) else "",
        permalink=paths.why(line.message_id),
        resume_href=paths.resume_message(line.message_id)
        if line.state is S.HELD and actor.may(Permission.RUN_SEQUENCES)
        else "",
    )


def _answer(answer: Answer, now: datetime, zone: tzinfo) -> str:
    line = answer.line
    at, reason = instant_text(line.state_since, zone), reason_of(line)
    known = next((c.spoken.sentence for c in answer.failing if c.code == line.reason and c.spoken), reason)
    if waits(line, now):
        return f"Held until {instant_text(line.due_at, zone)}. {known}."
    said = {
        S.ACCEPTED: f"Sent: the mail server accepted it on {at}.",
        S.RELEASED: f"Released on {at}; the mail server has not answered yet.",
        S.REJECTED: f"Not delivered: the mail server rejected it on {at}.",
        S.UNKNOWN: f"Unknown: it was released, and by {at} no reply had come from the mail server.",
        S.REFUSED: f"Not sent, and it will not be. {known}.",
        S.HELD: f"Not sent yet: it is held. {known}.",
    }
    return said.get(line.state) or f"Not sent yet: it is planned for {instant_text(line.due_at, zone)}."


def _also(answer: Answer, failing: tuple[ReasonView, ...]) -> str:
    if answer.line.state is S.UNKNOWN:
        return "It is not sent again by itself, because she may have it already."
    others = [one for one, check in zip(failing, answer.failing, strict=False) if check.code != answer.line.reason]
    if not others:
        return ""
    verb = "also stops" if len(others) == 1 else "also stop"
    return f"{plural(len(others), 'more reason', 'more reasons')} {verb} it: {'; '.join(one.title for one in others)}."


def _reason(check: CheckLine, answer: Answer, beside: Surroundings, lead_href: str) -> ReasonView:
    label, href = _evidence(check.check, answer, beside, lead_href)
    if check.spoken is None:
        return ReasonView(check.verdict, check.title, "", evidence_label=label, evidence_href=href)
    return ReasonView(
        state=check.verdict,
        title=check.spoken.sentence,
        detail=f"Asked: {check.title[:1].lower()}{check.title[1:]}",
        who=check.spoken.who,
        fix=check.spoken.fix,
        evidence_label=label,
        evidence_href=href,
    )


def _evidence(check: str, answer: Answer, beside: Surroundings, lead_href: str) -> tuple[str, str]:
    if check in _CONTENT[1]:
        return _CONTENT[0], paths.item(answer.line.item_id)
    if check in _CONSENT and lead_href:
        return "Her consent timeline", lead_href
    if check in ("sequence", "enrollment", "quiet_hours", "usefulness") and beside.sequence_id:
        return "The sequence", paths.sequence(beside.sequence_id)
    return ("Who stopped sending", paths.SENDING) if check == "kill_switch" else ("", "")


def _next(answer: Answer, now: datetime, zone: tzinfo) -> str:
    line = answer.line
    if waits(line, now):
        return f"On {instant_text(line.due_at, zone)} the gate looks again, with everything as it stands then."
    return _NEXT.get(line.state, "")


def _phases(answer: Answer) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for phase in answer.phases:
        head, _, verdict = phase.what.rpartition(".")
        reasons = [speak(code).sentence for code in phase.detail.split(", ") if code and "{" not in code]
        detail = "; ".join(reason for reason in reasons if "(not stated)" not in reason)
        if head.startswith("gate"):
            when = "before connecting" if "pre" in head else "with only the last dot missing"
            found.append(Phase(phase.at, _GATE.get(verdict, verdict), when))
        elif phase.what == "planned":
            found.append(Phase(phase.at, "Planned", ""))
        else:
            moved = MOVES.get(phase.what, phase.what.replace("_", " "))
            found.append(Phase(phase.at, moved.removeprefix("was ").removeprefix("has ").capitalize(), detail))
    for one in answer.attempts:
        if one.receipt is not None:
            code = f"reply {one.receipt.code}" if one.receipt.code else "no reply"
            found.append(Phase(one.receipt.at, "Receipt written", f"{code}, known from the {one.receipt.source.value}"))
    found.sort(key=lambda phase: phase.at)
    return tuple(found[::-1])  # of one instant, what came last stands first


def _record(answer: Answer, beside: Surroundings, zone: tzinfo) -> tuple[Fact, ...]:
    facts = []
    decided = answer.decided
    if decided is not None:
        facts += [
            Fact("Decided", f"{decided.effective_at.astimezone(zone):%-d %b %Y, %H:%M:%S.%f %Z}"),
            Fact("Decision", decided.id),
            Fact("Approved bytes", decided.closure_root, digest=True),
            Fact("Message bytes", decided.rendered_digest or "none were made", digest=bool(decided.rendered_digest)),
            Fact("Facts", decided.facts_digest, digest=True),
        ]
    if beside.records:
        index, _ = beside.records[-1]
        facts.append(Fact("Log record", f"#{grouped(index)}", href=paths.record(index)))
    return tuple(facts) or (Fact("Decision", "None yet: the gate decides at the hour of sending."),)


def _rests_on(answer: Answer, beside: Surroundings, zone: tzinfo) -> tuple[Fact, ...]:
    facts = list(_consent_facts(answer, beside))
    publication = answer.publication
    if publication is not None:
        window = f"{instant_text(publication.valid_from, zone)} to {instant_text(publication.valid_until, zone)}"
        facts.append(Fact("Approval in force", window, href=paths.item(publication.item_id)))
    for one in answer.attempts:
        facts.append(Fact("Message-ID", one.attempt.message_id_header))
        if one.receipt is not None:
            queue = f", kept there as {one.receipt.queue_id}" if one.receipt.queue_id else ""
            code = f"reply {one.receipt.code}" if one.receipt.code else "no reply"
            facts.append(Fact("Receipt", f"{one.receipt.outcome.value.capitalize()}, {code}{queue}"))
    return tuple(facts)


def _consent_facts(answer: Answer, beside: Surroundings) -> tuple[Fact, ...]:
    decided = answer.decided
    stored = {} if decided is None else decided.facts.get("consent", {})
    proof = {"single": "single opt-in", "double": "double opt-in", "signed": "signed in writing"}.get(
        str(stored.get("proof")), "only asserted"
    )
    said = f"In when it left: {answer.line.channel}, {answer.line.topic}, {proof}"
    facts = [Fact("Agreement", said, href=paths.lead(answer.line.lead_id))]
    if beside.wording is not None:
        wording = beside.wording
        facts.append(
            Fact(
                "Wording she saw",
                f"{wording.title}, v{wording.number}",
                href=paths.version(wording.item_id, wording.number),
            )
        )
    return tuple(facts)


def _signatures(round_: Round | None) -> tuple[SignatureView, ...]:
    if round_ is None:
        return ()
    return tuple(
        SignatureView(
            role=ROLES[Role(one.statement.role)],
            state="signed",
            name=one.statement.signer_name,
            meaning=MEANINGS[one.statement.meaning],
            at=parse_iso(one.statement.signed_at),
        )
        for one in round_.signatures
    )


def _explain(answer: Answer) -> str:
    reason = answer.line.reason
    if reason.startswith(("consent", "suppressed", "contact_erased")):
        return _EXPLAIN["consent"]
    if reason in ("approval_expired", "approval_missing", "recalled", "quarantined", "superseded", "bytes_changed"):
        return _EXPLAIN["content"]
    return _EXPLAIN["other"] if answer.line.state in (S.REFUSED, S.HELD) else ""
