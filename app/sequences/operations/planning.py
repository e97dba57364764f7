"""From time passing to planned messages, and from outcomes to the next step. Called by the engine, not by people."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.authoring import queries as authoring
from app.consent import queries as consent
from app.consent.model import Lead
from app.consent.vault import Vault
from app.kernel.digest import Json
from app.kernel.errors import NotFound
from app.kernel.ids import IdSource
from app.outbox import operations as outbox
from app.outbox import queries as messages
from app.outbox.model import Message, MessageState, NewMessage, Purpose
from app.publishing import queries as publishing
from app.publishing.model import Publication
from app.sequences import policy, store
from app.sequences.model import Enrollment, EnrollmentState, SequenceVersion, Step
from app.sequences.schedule import next_instant_in_window, possible_zones
from app.storage.unit_of_work import AuditNote, UnitOfWork

LOOK_AGAIN = timedelta(minutes=5)
"""How long a lead whose step cannot be planned waits before it is tried again."""
LEAD_ERASED = "lead_erased"


@dataclass(slots=True)
class _Known:
    """What a run of planning has looked up, each thing once."""

    uow: UnitOfWork
    now: datetime
    leads: dict[str, Lead]
    versions: dict[str, tuple[SequenceVersion, dict[int, str]]] = field(default_factory=dict)
    publications: dict[tuple[str, str, str | None], Publication | None] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)

    def version(self, version_id: str) -> tuple[SequenceVersion, dict[int, str]]:
        if version_id not in self.versions:
            found = store.version(self.uow.connection, version_id)
            if found is None:
                raise NotFound("sequence version", version_id)
            self.versions[version_id] = (found, dict(store.step_items(self.uow.connection, version_id)))
        return self.versions[version_id]

    def publication(self, step: Step, item_id: str) -> Publication | None:
        key = (item_id, step.channel.value, step.publication_id)
        if key not in self.publications:
            if step.publication_id is None:
                found = publishing.live_publication(self.uow.connection, item_id, step.channel)
            else:
                found = publishing.publication(self.uow.connection, step.publication_id)
            self.publications[key] = found if policy.covers_now(found, self.now) else None
        return self.publications[key]

    def topic(self, publication: Publication) -> str:
        if publication.id not in self.topics:
            version = authoring.version(self.uow.connection, publication.version_id)
            self.topics[publication.id] = version.metadata.purpose
        return self.topics[publication.id]


def plan_due(uow: UnitOfWork, *, now: datetime, limit: int, vault: Vault, ids: IdSource) -> int:
    """Plan the steps that have come due, at most ``limit``; returns how many messages were planned.

    A lead whose step cannot be planned waits with a reason that the screens show, and is tried again in five minutes.
    The vault opens telephone numbers, the last clue to where a lead is; they go nowhere from here.
    """
    due = store.lock_due(uow, now, limit)
    if not due:
        return 0
    known = _Known(uow, now, dict(consent.leads_by_id(uow.connection, [e.lead_id for e in due], vault)))
    planned: list[NewMessage] = []
    waiting: dict[str, list[str]] = {}
    for enrollment in due:
        result = _plan(enrollment, known, ids)
        if isinstance(result, NewMessage):
            planned.append(result)
        else:
            waiting.setdefault(result, []).append(enrollment.id)
    new = outbox.plan_messages(uow, planned, now=now)
    moved = {"next_step": None, "next_due": None, "reason": policy.PLANNED}
    store.change_enrollments(uow, [message.enrollment_id for message in planned], moved)
    for reason, enrollment_ids in waiting.items():
        _wait(uow, enrollment_ids, reason, now)
    data: dict[str, Json] = {"planned": len(new), "waiting": {reason: len(found) for reason, found in waiting.items()}}
    uow.note(AuditNote("sequences.due.planned", "batch", due[0].id, outbox.ENGINE, now, data))
    return len(new)


def _wait(uow: UnitOfWork, enrollment_ids: list[str], reason: str, now: datetime) -> None:
    if reason == LEAD_ERASED:
        stopped = {"state": EnrollmentState.STOPPED.value, "state_since": now, "reason": reason}
        store.change_enrollments(uow, enrollment_ids, stopped | {"next_step": None, "next_due": None})
    else:
        store.change_enrollments(uow, enrollment_ids, {"next_due": now + LOOK_AGAIN, "reason": reason})


def _plan(enrollment: Enrollment, known: _Known, ids: IdSource) -> NewMessage | str:
    """The message of an enrollment's next step, or the code of why it cannot be planned yet."""
    assert enrollment.next_step is not None
    assert enrollment.next_due is not None
    version, items = known.version(enrollment.sequence_version_id)
    step = version.plan.steps[enrollment.next_step - 1]
    lead = known.leads[enrollment.lead_id]
    if lead.erased_at is not None:
        return LEAD_ERASED
    address = policy.address_digest(lead, step.channel)
    if not address:
        return policy.NO_ADDRESS
    publication = known.publication(step, items[step.number])
    if publication is None:
        return policy.STEP_NOT_APPROVED
    zones = possible_zones(lead.timezone, lead.region, lead.personal.phone if lead.personal else "")
    due_at = next_instant_in_window(enrollment.next_due, zones, step.window)
    if due_at is None:
        return policy.NO_COMMON_HOURS
    return NewMessage(
        id=ids.new_id(),
        purpose=Purpose.NURTURE,
        topic=known.topic(publication),
        channel=step.channel.value,
        lead_id=lead.id,
        address_digest=address,
        enrollment_id=enrollment.id,
        step_number=step.number,
        item_id=items[step.number],
        pin=step.pin,
        publication_id=publication.id,
        closure_root=publication.closure_root,
        due_at=due_at,
        not_after=due_at + step.useful_for,
    )


def advance(uow: UnitOfWork, message: Message, outcome: MessageState, *, now: datetime) -> Enrollment | None:
    """Carry the outcome of a message to its enrollment; None when it changes nothing there.

    Accepted: the next step is due after its delay, counted from the acceptance, or the enrollment is finished. Rejected, refused,
    held, unknown: the lead waits where she is, with the reason. Safe to repeat: only the newest step's message counts.
    """
    enrollment = store.lock_enrollment(uow, message.enrollment_id)
    if enrollment is None or enrollment.state is not EnrollmentState.ACTIVE or enrollment.next_step is not None:
        return None
    if messages.last_step_planned(uow.connection, enrollment.id) != message.step_number:
        return None
    version = store.version(uow.connection, enrollment.sequence_version_id)
    if version is None:
        raise NotFound("sequence version", enrollment.sequence_version_id)
    at = message.state_since if message.state is outcome else now
    step = policy.after(enrollment, version.plan, message.step_number, outcome, at)
    if step is None or (step.reason == enrollment.reason and step.next_step is None and step.state is enrollment.state):
        return None
    changed = store.change_enrollment(uow, enrollment.id, step, now)
    data: dict[str, Json] = {"step": message.step_number, "outcome": outcome.value, "state": changed.state.value,
                             "next_step": changed.next_step, "reason": changed.reason}  # fmt: skip
    uow.note(AuditNote("sequences.enrollment.advanced", "enrollment", enrollment.id, outbox.ENGINE, now, data))
    return changed
