"""Load and save sequences, their versions and enrollments."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, column, select, table

from app.authoring.model import Channel
from app.outbox.model import Pin
from app.sequences.model import Enrollment, EnrollmentState, Plan, SequenceState, SequenceVersion, Step, Window
from app.sequences.policy import Advance
from app.sequences.tables import EnrollmentRow, SequenceRow, SequenceStepRow, SequenceVersionRow
from app.storage.rows import change_one, change_rows, insert_row, insert_rows, table_of
from app.storage.unit_of_work import UnitOfWork

SEQUENCES = table_of(SequenceRow)
VERSIONS = table_of(SequenceVersionRow)
STEPS = table_of(SequenceStepRow)
ENROLLMENTS = table_of(EnrollmentRow)
ITEMS = table("content_items", column("id"), column("key"))
"""Items by name only: their rows are authoring's."""
RUNNING = (SequenceState.ACTIVE.value, SequenceState.PAUSED.value)


def enrollment_from(row: Row[Any]) -> Enrollment:
    """A row of ``enrollments`` as a value."""
    values = {name: getattr(row, name) for name in Enrollment.__slots__}
    return Enrollment(**(values | {"state": EnrollmentState(values["state"])}))


def version(connection: Connection, version_id: str) -> SequenceVersion | None:
    """One version with its plan, or None."""
    query = select(VERSIONS, SEQUENCES.c.key, SEQUENCES.c.title).join(SEQUENCES).where(VERSIONS.c.id == version_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _version_from(connection, row)


def versions_of(connection: Connection, sequence_id: str) -> tuple[SequenceVersion, ...]:
    """Every version of a sequence, newest first."""
    query = select(VERSIONS, SEQUENCES.c.key, SEQUENCES.c.title).join(SEQUENCES)
    rows = connection.execute(
        query.where(VERSIONS.c.sequence_id == sequence_id).order_by(VERSIONS.c.number.desc())
    ).all()
    return tuple(_version_from(connection, row) for row in rows)


def _version_from(connection: Connection, row: Row[Any]) -> SequenceVersion:
    found = connection.execute(
        select(STEPS, ITEMS.c.key)
        .join(ITEMS, ITEMS.c.id == STEPS.c.item_id)
        .where(STEPS.c.sequence_version_id == row.id)
        .order_by(STEPS.c.number)
    )
    plan = Plan(row.key, row.title, row.lead_type, tuple(map(_step_from, found)))
    state = SequenceState(row.state)
    return SequenceVersion(
        row.id, row.sequence_id, row.number, state, plan, row.source, row.digest, row.created_by, row.created_at
    )


def step(connection: Connection, enrollment_id: str, number: int) -> Step | None:
    """One step of the version an enrollment is in, or None."""
    query = (
        select(STEPS, ITEMS.c.key)
        .join(ITEMS, ITEMS.c.id == STEPS.c.item_id)
        .join(ENROLLMENTS, ENROLLMENTS.c.sequence_version_id == STEPS.c.sequence_version_id)
        .where(ENROLLMENTS.c.id == enrollment_id, STEPS.c.number == number)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _step_from(row)


def _step_from(row: Row[Any]) -> Step:
    window = row.window
    return Step(
        row.number, row.key, Channel(row.channel), Pin(row.pin), row.publication_id, timedelta(seconds=row.delay_seconds),
        Window(window["start_hour"], window["end_hour"], tuple(window["weekdays"])), timedelta(seconds=row.useful_seconds),
    )  # fmt: skip


def step_items(connection: Connection, version_id: str) -> Mapping[int, str]:
    """Item id by step number."""
    query = select(STEPS.c.number, STEPS.c.item_id).where(STEPS.c.sequence_version_id == version_id)
    return dict(connection.execute(query).all())


def sequence_id_of(connection: Connection, key: str) -> str | None:
    """Id of the sequence of that name, or None."""
    return connection.execute(select(SEQUENCES.c.id).where(SEQUENCES.c.key == key)).scalar_one_or_none()


def running_version_id(connection: Connection, sequence_id: str) -> str | None:
    """The version of a sequence that is active or paused, or None; there is at most one."""
    where = [VERSIONS.c.sequence_id == sequence_id, VERSIONS.c.state.in_(RUNNING)]
    return connection.execute(select(VERSIONS.c.id).where(*where)).scalar_one_or_none()


def save_sequence(uow: UnitOfWork, sequence_id: str, plan: Plan, created_by: str, now: datetime) -> None:
    """A new sequence, without versions."""
    values = {"id": sequence_id, "key": plan.key, "title": plan.title, "created_by": created_by, "created_at": now}
    insert_row(uow, SequenceRow, values)


def rename_sequence(uow: UnitOfWork, sequence_id: str, title: str) -> None:
    """The title is the newest file's."""
    change_rows(uow, SequenceRow, [SEQUENCES.c.id == sequence_id, SEQUENCES.c.title != title], {"title": title})


def save_version(uow: UnitOfWork, version_: SequenceVersion, item_ids: Sequence[str]) -> None:
    """A new version with its steps; ``item_ids`` in the order of the steps."""
    values = {
        "id": version_.id,
        "sequence_id": version_.sequence_id,
        "number": version_.number,
        "state": version_.state.value,
        "state_since": version_.created_at,
        "source": version_.source,
        "digest": version_.digest,
        "lead_type": version_.plan.lead_type,
        "created_by": version_.created_by,
        "created_at": version_.created_at,
    }
    insert_row(uow, SequenceVersionRow, values)
    pairs = zip(version_.plan.steps, item_ids, strict=True)
    insert_rows(uow, SequenceStepRow, [_step_values(version_.id, step, item_id) for step, item_id in pairs])


def _step_values(version_id: str, step: Step, item_id: str) -> dict[str, Any]:
    window = step.window
    return {
        "sequence_version_id": version_id,
        "number": step.number,
        "item_id": item_id,
        "channel": step.channel.value,
        "pin": step.pin.value,
        "publication_id": step.publication_id,
        "delay_seconds": int(step.delay.total_seconds()),
        "useful_seconds": int(step.useful_for.total_seconds()),
        "window": {"start_hour": window.start_hour, "end_hour": window.end_hour, "weekdays": list(window.weekdays)},
    }


def change_version(uow: UnitOfWork, version_: SequenceVersion, after: SequenceState, now: datetime) -> None:
    """Set the state, from the one the decision saw; raises ``StaleState``."""
    where = [VERSIONS.c.id == version_.id, VERSIONS.c.state == version_.state.value]
    change_one(uow, SequenceVersionRow, where, {"state": after.value, "state_since": now})


def save_enrollment(uow: UnitOfWork, enrollment: Enrollment) -> None:
    """A lead enters."""
    values = {name: getattr(enrollment, name) for name in Enrollment.__slots__}
    values |= {"state": enrollment.state.value, "state_since": enrollment.enrolled_at}
    insert_row(uow, EnrollmentRow, values)


def change_enrollment(uow: UnitOfWork, enrollment_id: str, advance: Advance, now: datetime) -> Enrollment:
    """Record where an active enrollment stands now; raises ``StaleState`` when it is no longer active."""
    values: dict[str, Any] = {"next_step": advance.next_step, "next_due": advance.next_due, "reason": advance.reason}
    values |= {"state": advance.state.value}
    if advance.state is not EnrollmentState.ACTIVE:
        values["state_since"] = now
    where = [ENROLLMENTS.c.id == enrollment_id, ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value]
    return enrollment_from(change_one(uow, EnrollmentRow, where, values))


def change_enrollments(uow: UnitOfWork, ids: Sequence[str], values: Mapping[str, Any]) -> int:
    """Set the same values on several active enrollments; returns how many were."""
    where = [ENROLLMENTS.c.id.in_(ids), ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value]
    return len(change_rows(uow, EnrollmentRow, where, values)) if ids else 0


def stop_enrollments_of(uow: UnitOfWork, version_id: str, reason: str, now: datetime) -> int:
    """Stop everybody in a version; returns how many."""
    where = [ENROLLMENTS.c.sequence_version_id == version_id, ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value]
    values = {
        "state": EnrollmentState.STOPPED.value,
        "state_since": now,
        "reason": reason,
        "next_step": None,
        "next_due": None,
    }
    return len(change_rows(uow, EnrollmentRow, where, values))


def lock_due(uow: UnitOfWork, now: datetime, limit: int) -> tuple[Enrollment, ...]:
    """Active enrollments of active versions whose next step is due, oldest first, skipping what another planner holds."""
    query = (
        select(ENROLLMENTS)
        .join(VERSIONS, VERSIONS.c.id == ENROLLMENTS.c.sequence_version_id)
        .where(
            ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value,
            ENROLLMENTS.c.next_due <= now,
            VERSIONS.c.state == SequenceState.ACTIVE.value,
        )
        .order_by(ENROLLMENTS.c.next_due, ENROLLMENTS.c.id)
        .limit(limit)
        .with_for_update(of=ENROLLMENTS, skip_locked=True)
    )
    return tuple(map(enrollment_from, uow.connection.execute(query)))


def lock_enrollment(uow: UnitOfWork, enrollment_id: str) -> Enrollment | None:
    """One enrollment, kept from others until the unit ends."""
    query = select(ENROLLMENTS).where(ENROLLMENTS.c.id == enrollment_id).with_for_update()
    row = uow.connection.execute(query).one_or_none()
    return None if row is None else enrollment_from(row)


def active_enrollment_id(connection: Connection, sequence_id: str, lead_id: str) -> str | None:
    """The active enrollment of a lead in a sequence, or None."""
    where = [
        ENROLLMENTS.c.sequence_id == sequence_id,
        ENROLLMENTS.c.lead_id == lead_id,
        ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value,
    ]
    return connection.execute(select(ENROLLMENTS.c.id).where(*where)).scalar_one_or_none()
