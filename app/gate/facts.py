"""Gather everything a decision rests on, inside one transaction, from the stages before the gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.consent import queries as consent
from app.consent.model import ConsentChannel, Lead
from app.consent.vault import Vault
from app.gate.approved_content import ApprovedContent
from app.gate.model import ConsentFacts, ContentFacts, GateFacts, PacingFacts, RenderedFacts, SenderFacts
from app.gate.readings import Readings
from app.kernel.errors import NotFound
from app.outbox import queries as outbox
from app.outbox.model import Message
from app.sequences import queries as sequences
from app.sequences.model import Enrollment, SequenceVersion, Step
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


def gather(
    readings: Readings,
    message: Message,
    approved: ApprovedContent,
    rendered: RenderedFacts,
    around: GateSurroundings,
) -> GateFacts:
    """All facts of one message. Raises when one cannot be read; the caller turns that into a hold."""
    connection = readings.connection
    lead = consent.lead(connection, message.lead_id, around.vault)
    enrollment = sequences.enrollment(connection, message.enrollment_id)
    if enrollment is None:
        raise NotFound("enrollment", message.enrollment_id)
    running = readings.sequence_version(enrollment.sequence_version_id)
    return GateFacts(
        content=_content(message, approved),
        rendered=rendered,
        consent=_consent(connection, message, lead, readings.at),
        pacing=_pacing(connection, message, lead, _step(running, message.step_number), readings.at),
        sender=_sender(readings, message, approved, around, enrollment, running),
    )


def _step(version: SequenceVersion, number: int) -> Step:
    step = next((step for step in version.plan.steps if step.number == number), None)
    if step is None:
        raise NotFound("step", number)
    return step


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


def _pacing(connection: Connection, message: Message, lead: Lead | None, step: Step, at: datetime) -> PacingFacts:
    window = step.window
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
    readings: Readings,
    message: Message,
    approved: ApprovedContent,
    around: GateSurroundings,
    enrollment: Enrollment,
    running: SequenceVersion,
) -> SenderFacts:
    sender = approved.version.sender
    return SenderFacts(
        from_address_known=sender is not None and readings.is_current(sender),
        kill_switches=tuple(s for s in readings.switches if s in (EVERYTHING, enrollment.sequence_id)),
        sequence_state=running.state.value,
        enrollment_state=enrollment.state.value,
        instance_hold=around.instance_hold,
        transport_ready=message.channel in around.ready_channels,
        clock_behind_ms=(readings.at - readings.now) // timedelta(milliseconds=1),
    )
