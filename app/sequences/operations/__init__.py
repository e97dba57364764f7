"""Use cases of sequences: files become versions, versions run, leads enter and leave."""

from collections.abc import Callable
from datetime import datetime

from app.accounts.model import Actor, Permission
from app.authoring import queries as authoring
from app.authoring.model import Item
from app.consent import store as consent
from app.kernel.digest import Json, sha256
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.outbox.model import Pin
from app.publishing import queries as publishing
from app.publishing.model import Publication
from app.sequences import policy, store
from app.sequences.commands import Enroll, ImportedPlan, ImportPlan
from app.sequences.model import (
    Enrollment,
    EnrollmentAction,
    EnrollmentState,
    Plan,
    SequenceAction,
    SequenceState,
    SequenceVersion,
    Step,
)
from app.sequences.operations.planning import advance, plan_due
from app.sequences.plan_files import parse_plan
from app.storage.unit_of_work import AuditNote, UnitOfWork

__all__ = ["activate", "advance", "enroll", "import_plan", "pause", "plan_due", "resume", "retire", "stop"]


def import_plan(
    uow: UnitOfWork, command: ImportPlan, *, actor: Actor, now: datetime, ids: IdSource
) -> ImportedPlan | Refusal:
    """Make a draft version of a sequence file; the same bytes make no new version. Raises ``BadInput`` with its place."""
    if refusal := _not_permitted(actor):
        return refusal
    plan = parse_plan(command.source, command.origin)
    items = [authoring.item_by_key(uow.connection, step.item_key) for step in plan.steps]
    if refusal := _steps_fit(uow, plan, items):
        return refusal
    sequence_id = store.sequence_id_of(uow.connection, plan.key)
    earlier = () if sequence_id is None else store.versions_of(uow.connection, sequence_id)
    digest = sha256(command.source)
    if earlier and earlier[0].digest == digest:
        return ImportedPlan(earlier[0], False)
    if sequence_id is None:
        sequence_id = ids.new_id()
        store.save_sequence(uow, sequence_id, plan, actor.person_id, now)
    else:
        store.rename_sequence(uow, sequence_id, plan.title)
    number = earlier[0].number + 1 if earlier else 1
    made = SequenceVersion(
        ids.new_id(), sequence_id, number, SequenceState.DRAFT, plan, command.source, digest, actor.person_id, now
    )
    store.save_version(uow, made, [item.id for item in items if item is not None])
    data: dict[str, Json] = {"sequence": plan.key, "number": number, "digest": digest}
    uow.note(AuditNote("sequences.version.imported", "sequence_version", made.id, actor.person_id, now, data))
    return ImportedPlan(made, True)


def _steps_fit(uow: UnitOfWork, plan: Plan, items: list[Item | None]) -> Refusal | None:
    pairs = list(zip(plan.steps, items, strict=True))
    if unknown := sorted({step.item_key for step, item in pairs if item is None}):
        return Refusal("item_unknown", {"items": unknown})
    wrong: list[Json] = [
        {"step": step.number, "item": step.item_key, "channel": step.channel.value, "is": item.channel.value}
        for step, item in pairs
        if item is not None and item.channel is not step.channel
    ]
    if wrong:
        return Refusal("step_channel", {"steps": wrong})
    for step, item in pairs:
        pinned = _resolve(uow, step, item) if step.pin is Pin.EXACT and item is not None else None
        if step.pin is Pin.EXACT and (pinned is None or item is None or pinned.item_id != item.id):
            return Refusal("publication_unknown", {"step": step.number, "publication": step.publication_id})
    return None


def _resolve(uow: UnitOfWork, step: Step, item: Item) -> Publication | None:
    if step.publication_id is not None:
        return publishing.publication(uow.connection, step.publication_id)
    return publishing.live_publication(uow.connection, item.id, step.channel)


def activate(uow: UnitOfWork, version_id: str, *, actor: Actor, now: datetime) -> SequenceVersion | Refusal:
    """Let a version run, when every step's content is approved for its channel at this moment."""

    def allowed(version: SequenceVersion) -> Refusal | None:
        running = store.running_version_id(uow.connection, version.sequence_id)
        if running is not None and running != version.id:
            return Refusal("other_version_running", {"sequence": version.plan.key, "version": running})
        return _approved_now(uow, version, now)

    return _change(uow, version_id, SequenceAction.ACTIVATE, allowed, actor=actor, now=now)


def pause(uow: UnitOfWork, version_id: str, *, actor: Actor, now: datetime) -> SequenceVersion | Refusal:
    """Plan nothing further until it is resumed; the gate holds what is planned already."""
    return _change(uow, version_id, SequenceAction.PAUSE, lambda _: None, actor=actor, now=now)


def resume(uow: UnitOfWork, version_id: str, *, actor: Actor, now: datetime) -> SequenceVersion | Refusal:
    """Go on, under the same condition as at first."""
    return _change(
        uow, version_id, SequenceAction.RESUME, lambda version: _approved_now(uow, version, now), actor=actor, now=now
    )


def retire(uow: UnitOfWork, version_id: str, *, actor: Actor, now: datetime) -> SequenceVersion | Refusal:
    """End a version for good, and stop everybody who is in it."""
    retired = _change(uow, version_id, SequenceAction.RETIRE, lambda _: None, actor=actor, now=now)
    if isinstance(retired, SequenceVersion):
        stopped = store.stop_enrollments_of(uow, version_id, "sequence_retired", now)
        data: dict[str, Json] = {"stopped": stopped}
        uow.note(AuditNote("sequences.enrollments.stopped", "sequence_version", version_id, actor.person_id, now, data))
    return retired


def _approved_now(uow: UnitOfWork, version: SequenceVersion, now: datetime) -> Refusal | None:
    items = [authoring.item_by_key(uow.connection, step.item_key) for step in version.plan.steps]
    pairs = zip(version.plan.steps, items, strict=True)
    return policy.may_activate([(s, None if i is None else _resolve(uow, s, i)) for s, i in pairs], now)


def _change(
    uow: UnitOfWork,
    version_id: str,
    action: SequenceAction,
    allowed: Callable[[SequenceVersion], Refusal | None],
    *,
    actor: Actor,
    now: datetime,
) -> SequenceVersion | Refusal:
    if refusal := _not_permitted(actor):
        return refusal
    version = store.version(uow.connection, version_id)
    if version is None:
        raise NotFound("sequence version", version_id)
    after = policy.SEQUENCE_MOVES.next(version.state, action)
    if isinstance(after, Refusal):
        return after
    if refusal := allowed(version):
        return refusal
    store.change_version(uow, version, after, now)
    data: dict[str, Json] = {"sequence": version.plan.key, "number": version.number, "state": after.value}
    uow.note(AuditNote(f"sequences.version.{action.value}", "sequence_version", version_id, actor.person_id, now, data))
    changed = store.version(uow.connection, version_id)
    assert changed is not None
    return changed


def enroll(uow: UnitOfWork, command: Enroll, *, actor: Actor, now: datetime, ids: IdSource) -> Enrollment | Refusal:
    """Put a lead into the running version of a sequence; its first step is due after its delay."""
    if refusal := _not_permitted(actor):
        return refusal
    sequence_id = store.sequence_id_of(uow.connection, command.sequence_key)
    if sequence_id is None:
        raise NotFound("sequence", command.sequence_key)
    running = store.running_version_id(uow.connection, sequence_id)
    version = None if running is None else store.version(uow.connection, running)
    if version is None:
        return Refusal("sequence_not_active", {"sequence": command.sequence_key, "state": ""})
    lead = consent.lock_lead(uow, command.lead_id)
    if refusal := policy.may_enroll(version.plan, version.state, lead):
        return refusal
    if present := store.active_enrollment_id(uow.connection, sequence_id, lead.id):
        return Refusal("already_enrolled", {"enrollment": present})
    first = version.plan.steps[0]
    enrollment = Enrollment(
        ids.new_id(), sequence_id, version.id, lead.id, EnrollmentState.ACTIVE, "", first.number, now + first.delay, now,
        actor.person_id,
    )  # fmt: skip
    store.save_enrollment(uow, enrollment)
    data: dict[str, Json] = {"sequence": version.plan.key, "version": version.id, "lead": lead.id}
    uow.note(AuditNote("sequences.enrollment.started", "enrollment", enrollment.id, actor.person_id, now, data))
    return enrollment


def stop(uow: UnitOfWork, enrollment_id: str, reason: str, *, actor: Actor, now: datetime) -> Enrollment | Refusal:
    """Take a lead out. What is planned for her is refused by the gate; ``reason`` is a code."""
    if refusal := _not_permitted(actor):
        return refusal
    enrollment = store.lock_enrollment(uow, enrollment_id)
    if enrollment is None:
        raise NotFound("enrollment", enrollment_id)
    after = policy.ENROLLMENT_MOVES.next(enrollment.state, EnrollmentAction.STOP)
    if isinstance(after, Refusal):
        return after
    stopped = store.change_enrollment(uow, enrollment_id, policy.Advance(after, reason, None, None), now)
    uow.note(
        AuditNote("sequences.enrollment.stopped", "enrollment", enrollment_id, actor.person_id, now, {"reason": reason})
    )
    return stopped


def _not_permitted(actor: Actor) -> Refusal | None:
    if actor.may(Permission.RUN_SEQUENCES):
        return None
    return Refusal("not_permitted", {"permission": Permission.RUN_SEQUENCES.value})
