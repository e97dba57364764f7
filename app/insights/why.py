"""Why was this not sent, or how was it: one message with every reason, every decision, every attempt, in order."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.audit import queries as audit
from app.audit.model import Event
from app.authoring import queries as authoring
from app.consent import queries as consent
from app.consent.model import ConsentChannel, Standing
from app.consent.vault import Vault
from app.delivery import queries as delivery
from app.delivery.queries import AttemptLine
from app.gate import queries as gate
from app.gate.queries import StoredDecision
from app.insights.send_log import SendLine, send_line
from app.insights.wording import Spoken, check_title, speak
from app.kernel.clock import iso
from app.kernel.errors import NotFound
from app.outbox import queries as outbox
from app.outbox.model import MessageState
from app.publishing import queries as publishing
from app.publishing.model import Publication
from app.sequences import queries as sequences


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the gate as it was stored. ``verdict`` is permit, hold or refuse; ``spoken`` None on a pass."""

    check: str
    title: str
    verdict: str
    code: str
    facts: dict[str, Any]
    spoken: Spoken | None


@dataclass(frozen=True, slots=True)
class Phase:
    """Something that happened to the message, by code of the event."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is known of one message. ``answer`` is one sentence; ``failing`` and ``passing`` are the newest decision."""

    line: SendLine
    answer: str
    failing: tuple[CheckLine, ...]
    passing: tuple[CheckLine, ...]
    decided: StoredDecision | None
    decisions: tuple[StoredDecision, ...]
    attempts: tuple[AttemptLine, ...]
    publication: Publication | None
    standing: Standing
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """No message of the piece exists for the lead; why, by codes with words, as far as it is known."""

    lead_id: str
    item_key: str
    answer: str
    reasons: tuple[Spoken, ...]


_SETTLED = {
    MessageState.ACCEPTED: "It was sent: the mail server accepted it on {at}.",
    MessageState.RELEASED: "It was released on {at}, and the mail server has not answered yet.",
    MessageState.REJECTED: "It did not arrive: the mail server rejected it on {at}.",
    MessageState.UNKNOWN: "It may have arrived: it was released on {at}, and no reply came. It is not sent again.",
}
_STOPPED = {MessageState.REFUSED: "It was not sent and will not be", MessageState.HELD: "It is held"}


def why(connection: Connection, message_id: str, now: datetime) -> Answer:
    """Everything about one message; raises ``NotFound``."""
    message = outbox.message(connection, message_id)
    if message is None:
        raise NotFound("message", message_id)
    line = send_line(connection, message_id)
    decisions = gate.decisions_of(connection, message_id)
    decided = gate.latest_decision(connection, message_id)
    checks = () if decided is None else tuple(_check(result) for result in decided.results)
    failing = _failing(checks)
    return Answer(
        line=line,
        answer=_sentence(line, failing, now),
        failing=failing,
        passing=tuple(c for c in checks if c.verdict == "permit"),
        decided=decided,
        decisions=decisions,
        attempts=delivery.attempts_of(connection, message_id),
        publication=publishing.publication(connection, message.publication_id),
        standing=consent.standing(connection, message.lead_id, ConsentChannel(message.channel), message.topic, now),
        phases=_phases(connection, message_id, message.planned_at, decisions),
    )


def messages_for(connection: Connection, address: str, item_key: str, vault: Vault) -> tuple[str, ...]:
    """Ids of the messages of a piece to whoever has an address, newest first; raises ``NotFound`` for either."""
    lead = consent.lead_by_address(connection, address, vault)
    item = authoring.item_by_key(connection, item_key)
    if lead is None:
        raise NotFound("lead with the address", address)
    if item is None:
        raise NotFound("content item", item_key)
    return tuple(m.id for m in outbox.of_lead(connection, lead.id, limit=1_000) if m.item_id == item.id)


def why_not_planned(connection: Connection, address: str, item_key: str, vault: Vault, now: datetime) -> NotPlanned:
    """Why there is no message of a piece for a lead; raises ``NotFound`` as :func:`messages_for` does."""
    lead = consent.lead_by_address(connection, address, vault)
    item = authoring.item_by_key(connection, item_key)
    if lead is None or item is None:
        raise NotFound("lead or item", item_key)
    reasons = _without_approval(publishing.live_publication(connection, item.id, item.channel.value), now)
    enrollments = sequences.enrollments_of_lead(connection, lead.id)
    waiting = [e for e in enrollments if e.reason and _has_item(connection, e.sequence_version_id, item_key)]
    if not any(_has_item(connection, e.sequence_version_id, item_key) for e in enrollments):
        reasons.append(speak("not_enrolled"))
    reasons += [speak(e.reason, {"steps": e.next_step}) for e in waiting if e.reason != "step_planned"]
    first = reasons[0].sentence if reasons else "Its time has not come"
    return NotPlanned(lead.id, item.key, f"No message was planned. {first}.", tuple(reasons))


def _without_approval(live: Publication | None, now: datetime) -> list[Spoken]:
    if live is None:
        return [replace(speak("approval_missing"), sentence="No version of it is approved and published now")]
    if live.covers(now):
        return []
    code = "approval_expired" if now >= live.valid_until else "approval_not_started"
    return [speak(code, {"from": iso(live.valid_from), "until": iso(live.valid_until)})]


def _has_item(connection: Connection, version_id: str, item_key: str) -> bool:
    version = sequences.sequence_version(connection, version_id)
    return version is not None and any(step.item_key == item_key for step in version.plan.steps)


def _failing(checks: tuple[CheckLine, ...]) -> tuple[CheckLine, ...]:
    """What stops it, refusals before holds. Two checks may find the same thing, an expiry for one: it is told once."""
    told: dict[str, CheckLine] = {}
    for check in sorted(checks, key=lambda c: c.verdict != "refuse"):
        if check.verdict != "permit":
            told.setdefault(check.code, check)
    return tuple(told.values())


def _check(result: dict[str, Any]) -> CheckLine:
    verdict, code = str(result["verdict"]), str(result.get("code", ""))
    facts = dict(result.get("facts", {}))
    check = str(result["check"])
    return CheckLine(check, check_title(check), verdict, code, facts, speak(code, facts) if code else None)


def _sentence(line: SendLine, failing: tuple[CheckLine, ...], now: datetime) -> str:
    at = f"{line.state_since:%Y-%m-%d %H:%M} UTC"
    if line.state in _SETTLED:
        return _SETTLED[line.state].format(at=at)
    known = next((c.spoken for c in failing if c.code == line.reason and c.spoken), None)
    reason = known or (speak(line.reason, line.facts) if line.reason else None)
    if line.state in _STOPPED and reason is not None:
        return f"{_STOPPED[line.state]}. {reason.sentence}."
    due = f"It is planned for {line.due_at:%Y-%m-%d %H:%M} UTC."
    return f"{due} {reason.sentence}." if reason is not None and line.due_at > now else due


def _phases(
    connection: Connection, message_id: str, planned_at: datetime, decisions: tuple[StoredDecision, ...]
) -> tuple[Phase, ...]:
    phases = [Phase(planned_at, "planned", "")]
    phases += [
        Phase(d.effective_at, f"gate.{d.phase.value}.{d.verdict.value}", ", ".join(d.reasons)) for d in decisions
    ]
    phases += [_moved(event) for event in audit.subject_history(connection, "message", message_id)]
    return tuple(sorted(phases, key=lambda phase: phase.at))


def _moved(event: Event) -> Phase:
    reason = event.leaf.data.get("reason", "")
    return Phase(event.leaf.at, event.leaf.action.removeprefix("outbox.message."), str(reason or ""))
