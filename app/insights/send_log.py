"""The send log: every planned message with what became of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.authoring import queries as authoring
from app.gate import queries as gate
from app.kernel.clock import iso
from app.kernel.errors import NotFound
from app.outbox import queries as outbox
from app.outbox.model import Message, MessageState
from app.publishing import queries as publishing
from app.sequences import queries as sequences


@dataclass(frozen=True, slots=True)
class SendLine:
    """One planned message. ``reason`` is the first reason by code, empty when nothing stands in the way.

    ``other_reasons`` are the further ones of the newest decision. A message that was claimed reads as planned.
    """

    message_id: str
    state: MessageState
    reason: str
    other_reasons: tuple[str, ...]
    item_key: str
    title: str
    version: int
    sequence_key: str
    step: int
    channel: str
    topic: str
    lead_id: str
    publication_id: str
    due_at: datetime
    state_since: datetime
    tries: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the first reason was found on, for its sentence."""
    item_id: str = ""


def sends(
    connection: Connection,
    *,
    states: Collection[MessageState] = (),
    limit: int = 100,
    before: datetime | None = None,
) -> tuple[SendLine, ...]:
    """Messages, newest change first; ``states`` empty means all, ``before`` pages on."""
    return _lines(connection, outbox.recent(connection, states=states, limit=limit, before=before))


def sends_of_lead(connection: Connection, lead_id: str, limit: int = 100) -> tuple[SendLine, ...]:
    """Messages to one lead, newest change first."""
    return _lines(connection, outbox.of_lead(connection, lead_id, limit))


def sends_of_publication(connection: Connection, publication_id: str, limit: int = 500) -> tuple[SendLine, ...]:
    """Messages pointed at one publication, newest change first."""
    return _lines(connection, outbox.of_publication(connection, publication_id, limit))


def send_line(connection: Connection, message_id: str) -> SendLine:
    """One message; raises ``NotFound``."""
    found = outbox.message(connection, message_id)
    if found is None:
        raise NotFound("message", message_id)
    return _lines(connection, (found,))[0]


def _lines(connection: Connection, messages: Collection[Message]) -> tuple[SendLine, ...]:
    pieces: dict[str, tuple[str, str, int]] = {}
    sequence_of: dict[str, str] = {}
    lines = []
    for message in messages:
        if message.publication_id not in pieces:
            pieces[message.publication_id] = _piece(connection, message)
        if message.enrollment_id not in sequence_of:
            sequence_of[message.enrollment_id] = _sequence(connection, message)
        key, title, number = pieces[message.publication_id]
        reasons = _reasons(connection, message)
        lines.append(
            SendLine(
                message_id=message.id,
                state=MessageState.PLANNED if message.state is MessageState.CLAIMED else message.state,
                reason=reasons[0] if reasons else "",
                other_reasons=reasons[1:],
                item_key=key,
                title=title,
                version=number,
                sequence_key=sequence_of[message.enrollment_id],
                step=message.step_number,
                channel=message.channel,
                topic=message.topic,
                lead_id=message.lead_id,
                publication_id=message.publication_id,
                due_at=message.due_at,
                state_since=message.state_since,
                tries=message.tries,
                facts=_facts(connection, message),
                item_id=message.item_id,
            )
        )
    return tuple(lines)


def _piece(connection: Connection, message: Message) -> tuple[str, str, int]:
    item = authoring.item_by_id(connection, message.item_id)
    publication = publishing.publication(connection, message.publication_id)
    number = 0 if publication is None else authoring.version(connection, publication.version_id).number
    return item.key, item.title, number


def _sequence(connection: Connection, message: Message) -> str:
    enrollment = sequences.enrollment(connection, message.enrollment_id)
    version = None if enrollment is None else sequences.sequence_version(connection, enrollment.sequence_version_id)
    return "" if version is None else version.plan.key


def _reasons(connection: Connection, message: Message) -> tuple[str, ...]:
    """The message's own reason first, then what else its newest decision named."""
    if message.state in (MessageState.ACCEPTED, MessageState.RELEASED):
        return ()
    if message.state is MessageState.UNKNOWN:
        return ("unknown_outcome",)
    if not message.reason:
        return ()
    decision = gate.latest_decision(connection, message.id)
    named = () if decision is None or message.reason not in decision.reasons else decision.reasons
    return (message.reason, *(code for code in named if code != message.reason))


def _facts(connection: Connection, message: Message) -> Mapping[str, Any]:
    decision = gate.latest_decision(connection, message.id) if message.reason else None
    results = () if decision is None else decision.results
    named = next((dict(r.get("facts", {})) for r in results if r.get("code") == message.reason), None)
    return _window(connection, message) if named is None else named


def _window(connection: Connection, message: Message) -> Mapping[str, Any]:
    """What is known of a message that was stopped without the gate, by an expiry or a recall."""
    publication = publishing.publication(connection, message.publication_id) if message.reason else None
    return {} if publication is None else {"from": iso(publication.valid_from), "until": iso(publication.valid_until)}
