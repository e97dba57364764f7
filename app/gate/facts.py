"""Gather everything a decision rests on, inside one transaction, from the stages before the gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.audit import store as audit_store
from app.authoring.recomputing import is_current_sender
from app.consent import queries as consent
from app.consent.model import ConsentChannel, Lead
from app.consent.vault import Vault
from app.gate import store
from app.gate.approved_content import ApprovedContent
from app.gate.model import ConsentFacts, ContentFacts, GateFacts, PacingFacts, RenderedFacts, SenderFacts
from app.kernel.errors import NotFound
from app.outbox import queries as outbox
from app.outbox.model import Message
from app.sequences import queries as sequences
from app.sequences.schedule import possible_zones

CAP_COUNT = 3
CAP_DAYS = 7
"""At most three messages in seven days to one lead, over all sequences."""
EVERYTHING = "all"
"""Scope of the kill switch that stops every message."""


@dataclass(frozen=True, slots=True)
class GateSurroundings:
    """What the gate knows of the process it runs in. ``instance_hold`` is a code, empty when sending is allowed."""

    vault: Vault
    ready_channels: frozenset[str]
    instance_hold: str


def effective_instant(connection: Connection, now: datetime) -> datetime:
    """``now``, or the newest instant of the log when the clock stands behind it: time never goes back here (I8)."""
    last = audit_store.last_instant(connection)
    return now if last is None else max(now, last)


def gather(
    connection: Connection,
    message: Message,
    approved: ApprovedContent,
    rendered: RenderedFacts,
    around: GateSurroundings,
    now: datetime,
) -> GateFacts:
    """All facts of one message. Raises when one cannot be read; the caller turns that into a hold."""
    at = effective_instant(connection, now)
    lead = consent.lead(connection, message.lead_id, around.vault)
    return GateFacts(
        content=_content(message, approved),
        rendered=rendered,
        consent=_consent(connection, message, lead, at),
        pacing=_pacing(connection, message, lead, at),
        sender=_sender(connection, message, approved, around, at - now),
    )


def _content(message: Message, approved: ApprovedContent) -> ContentFacts:
    publication, metadata = approved.publication, approved.version.metadata
    return ContentFacts(
        publication_id=publication.id,
        state=publication.state.value,
        valid_from=publication.valid_from,
        valid_until=publication.valid_until,
        publication_root=publication.closure_root,
        message_root=message.closure_root,
        recomputed_root=approved.recomputed_root,
        signatures_valid=approved.signatures_valid,
        required_roles=approved.required_roles,
        signed_roles=approved.signed_roles,
        channel=publication.channel.value,
        message_channel=message.channel,
        purpose=metadata.purpose,
        message_purpose=message.topic,
        lead_type=metadata.lead_type,
        jurisdictions=metadata.jurisdictions,
    )


def _consent(connection: Connection, message: Message, lead: Lead | None, at: datetime) -> ConsentFacts:
    channel = ConsentChannel(message.channel)
    standing = consent.standing(connection, message.lead_id, channel, message.topic, at)
    matching = consent.suppressions(connection, message.address_digest, message.channel, message.topic)
    gone = lead is None or lead.erased_at is not None or lead.address_digest(channel) != message.address_digest
    return ConsentFacts(
        erased=gone,
        lead_type="" if lead is None else lead.lead_type,
        region="" if lead is None else lead.region,
        state=standing.state.value,
        sendable=standing.sendable,
        event_id=standing.event_id,
        wording_version_id=standing.wording_version_id,
        proof=None if standing.proof is None else standing.proof.value,
        suppressions=tuple(s.reason.value for s in matching),
    )


def _pacing(connection: Connection, message: Message, lead: Lead | None, at: datetime) -> PacingFacts:
    window = sequences.step_of(connection, message.enrollment_id, message.step_number).window
    sent, oldest = outbox.sent_since(connection, message.lead_id, at - timedelta(days=CAP_DAYS))
    phone = "" if lead is None or lead.personal is None else lead.personal.phone
    zones = possible_zones("" if lead is None else lead.timezone, "" if lead is None else lead.region, phone)
    return PacingFacts(
        zones=tuple(sorted(zones)),
        start_hour=window.start_hour,
        end_hour=window.end_hour,
        weekdays=window.weekdays,
        cap_count=CAP_COUNT,
        cap_days=CAP_DAYS,
        sent_in_window=sent,
        oldest_in_window=oldest,
        due_at=message.due_at,
        not_after=message.not_after,
    )


def _sender(
    connection: Connection, message: Message, approved: ApprovedContent, around: GateSurroundings, behind: timedelta
) -> SenderFacts:
    enrollment = sequences.enrollment(connection, message.enrollment_id)
    if enrollment is None:
        raise NotFound("enrollment", message.enrollment_id)
    running = sequences.sequence_version(connection, enrollment.sequence_version_id)
    if running is None:
        raise NotFound("sequence version", enrollment.sequence_version_id)
    switches = tuple(s for s in store.engaged_switches(connection) if s in (EVERYTHING, enrollment.sequence_id))
    sender = approved.version.sender
    return SenderFacts(
        from_address_known=sender is not None and is_current_sender(connection, sender),
        kill_switches=switches,
        sequence_state=running.state.value,
        enrollment_state=enrollment.state.value,
        instance_hold=around.instance_hold,
        transport_ready=message.channel in around.ready_channels,
        clock_behind_ms=behind // timedelta(milliseconds=1),
    )
