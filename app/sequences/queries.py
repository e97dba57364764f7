"""Questions about sequences and the leads in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.outbox import queries as outbox
from app.outbox.model import MessageState
from app.sequences import store
from app.sequences.model import Enrollment, EnrollmentState, SequenceState, SequenceVersion
from app.sequences.store import ENROLLMENTS, SEQUENCES, VERSIONS, enrollment_from


@dataclass(frozen=True, slots=True)
class SequenceLine:
    """A sequence as a list shows it: its running version, or else its newest."""

    id: str
    key: str
    title: str
    version: SequenceVersion
    versions: int
    enrolled: int
    waiting: int
    """Active enrollments that cannot go on without somebody or something changing."""


@dataclass(frozen=True, slots=True)
class StepCounts:
    """People whose next step is not planned yet, by step; and messages by step and state."""

    next_here: Mapping[int, int]
    messages: Mapping[tuple[int, MessageState], int]


_GOING_ON = ("", "step_planned")


def sequence_version(connection: Connection, version_id: str) -> SequenceVersion | None:
    """One version with its plan, or None."""
    return store.version(connection, version_id)


def versions(connection: Connection, key: str) -> tuple[SequenceVersion, ...]:
    """Every version of the sequence of that name, newest first; empty when there is none."""
    sequence_id = store.sequence_id_of(connection, key)
    return () if sequence_id is None else store.versions_of(connection, sequence_id)


def running_version(connection: Connection, key: str) -> SequenceVersion | None:
    """The version that is active or paused, or None."""
    return next((v for v in versions(connection, key) if v.state.value in store.RUNNING), None)


def list_sequences(connection: Connection) -> tuple[SequenceLine, ...]:
    """Every sequence by key."""
    active = ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value
    counted = select(ENROLLMENTS.c.sequence_id, func.count()).where(active).group_by(ENROLLMENTS.c.sequence_id)
    enrolled: dict[str, int] = dict(connection.execute(counted).all())
    stuck: dict[str, int] = dict(connection.execute(counted.where(ENROLLMENTS.c.reason.not_in(_GOING_ON))).all())
    lines = []
    for row in connection.execute(select(SEQUENCES).order_by(SEQUENCES.c.key)).all():
        known = store.versions_of(connection, row.id)
        shown = next((v for v in known if v.state.value in store.RUNNING), known[0])
        lines.append(
            SequenceLine(row.id, row.key, row.title, shown, len(known), enrolled.get(row.id, 0), stuck.get(row.id, 0))
        )
    return tuple(lines)


def enrollment(connection: Connection, enrollment_id: str) -> Enrollment | None:
    """One enrollment, or None."""
    row = connection.execute(select(ENROLLMENTS).where(ENROLLMENTS.c.id == enrollment_id)).one_or_none()
    return None if row is None else enrollment_from(row)


def enrollments_of(
    connection: Connection, sequence_id: str, *, limit: int = 100, after: str = ""
) -> tuple[Enrollment, ...]:
    """Enrollments of a sequence by id, ``after`` one."""
    page = select(ENROLLMENTS).where(ENROLLMENTS.c.sequence_id == sequence_id, ENROLLMENTS.c.id > after)
    return tuple(map(enrollment_from, connection.execute(page.order_by(ENROLLMENTS.c.id).limit(limit))))


def enrollments_of_lead(connection: Connection, lead_id: str) -> tuple[Enrollment, ...]:
    """Enrollments of a lead, newest first."""
    query = select(ENROLLMENTS).where(ENROLLMENTS.c.lead_id == lead_id)
    newest = query.order_by(ENROLLMENTS.c.enrolled_at.desc(), ENROLLMENTS.c.id)
    return tuple(map(enrollment_from, connection.execute(newest)))


def step_counts(connection: Connection, version_id: str) -> StepCounts:
    """Where the people of one version stand."""
    mine = ENROLLMENTS.c.sequence_version_id == version_id
    active = ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value
    heading = (
        select(ENROLLMENTS.c.next_step, func.count())
        .where(mine, active, ENROLLMENTS.c.next_step.is_not(None))
        .group_by(ENROLLMENTS.c.next_step)
    )
    return StepCounts(
        dict(connection.execute(heading).all()), outbox.step_outcomes(connection, select(ENROLLMENTS.c.id).where(mine))
    )


def waiting(connection: Connection, *, reason: str | None = None, limit: int = 100) -> tuple[Enrollment, ...]:
    """Active enrollments that cannot go on, all or those of one reason, longest waiting first."""
    query = select(ENROLLMENTS).where(ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value)
    chosen = ENROLLMENTS.c.reason.not_in(_GOING_ON) if reason is None else ENROLLMENTS.c.reason == reason
    rows = connection.execute(query.where(chosen).order_by(ENROLLMENTS.c.enrolled_at, ENROLLMENTS.c.id).limit(limit))
    return tuple(map(enrollment_from, rows))


def next_due(connection: Connection) -> datetime | None:
    """When the next step of a running sequence is due, or None."""
    query = (
        select(func.min(ENROLLMENTS.c.next_due))
        .join(VERSIONS, VERSIONS.c.id == ENROLLMENTS.c.sequence_version_id)
        .where(ENROLLMENTS.c.state == EnrollmentState.ACTIVE.value, VERSIONS.c.state == SequenceState.ACTIVE.value)
    )
    soonest: datetime | None = connection.execute(query).scalar_one()
    return soonest
