"""Questions about messages."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from app.outbox.model import Accounting, Message, MessageState
from app.outbox.policy import OUT_OF_OUR_HANDS, PENDING
from app.outbox.store import MESSAGES, message_from

_S = MessageState


def message(connection: Connection, message_id: str) -> Message | None:
    """One message, or None."""
    row = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id)).one_or_none()
    return None if row is None else message_from(row)


def due(connection: Connection, now: datetime, limit: int) -> tuple[str, ...]:
    """Ids of planned messages whose time has come, oldest first, at most one to each lead.

    Two to one lead in one batch would both be decided on before either counts against her frequency cap.
    """
    query = (
        select(MESSAGES.c.id, MESSAGES.c.lead_id)
        .where(MESSAGES.c.state == _S.PLANNED.value, MESSAGES.c.due_at <= now)
        .order_by(MESSAGES.c.due_at, MESSAGES.c.id)
        .limit(limit)
    )
    first: dict[str, str] = {}
    for row in connection.execute(query):
        first.setdefault(row.lead_id, row.id)
    return tuple(first.values())


def next_due(connection: Connection) -> datetime | None:
    """When the next planned message is due, or None when nothing is planned."""
    query = select(func.min(MESSAGES.c.due_at)).where(MESSAGES.c.state == _S.PLANNED.value)
    soonest: datetime | None = connection.execute(query).scalar_one()
    return soonest


def lapsed(connection: Connection, now: datetime, limit: int = 500) -> tuple[Message, ...]:
    """Claimed or released messages whose worker's lease has ended."""
    query = (
        select(MESSAGES)
        .where(MESSAGES.c.state.in_([_S.CLAIMED.value, _S.RELEASED.value]), MESSAGES.c.lease_until <= now)
        .order_by(MESSAGES.c.lease_until, MESSAGES.c.id)
        .limit(limit)
    )
    return tuple(map(message_from, connection.execute(query)))


def of_worker(connection: Connection, worker: str) -> tuple[Message, ...]:
    """Messages that a worker claimed or released and has not settled."""
    unsettled = MESSAGES.c.state.in_([_S.CLAIMED.value, _S.RELEASED.value])
    query = select(MESSAGES).where(MESSAGES.c.worker == worker, unsettled).order_by(MESSAGES.c.id)
    return tuple(map(message_from, connection.execute(query)))


def held(
    connection: Connection,
    *,
    reason: str | None = None,
    without: Collection[str] = (),
    until: datetime | None = None,
    limit: int = 500,
) -> tuple[Message, ...]:
    """Held messages, longest held first: all, or those of one reason, not of some, held no later than an instant."""
    query = select(MESSAGES).where(MESSAGES.c.state == _S.HELD.value)
    if reason is not None:
        query = query.where(MESSAGES.c.reason == reason)
    if without:
        query = query.where(MESSAGES.c.reason.not_in(sorted(without)))
    if until is not None:
        query = query.where(MESSAGES.c.state_since <= until)
    return tuple(
        map(message_from, connection.execute(query.order_by(MESSAGES.c.state_since, MESSAGES.c.id).limit(limit)))
    )


def held_examples(connection: Connection, reasons: Collection[str]) -> tuple[Message, ...]:
    """One held message of each publication and pin among those held for ``reasons``."""
    first = (
        select(func.min(MESSAGES.c.id))
        .where(MESSAGES.c.state == _S.HELD.value, MESSAGES.c.reason.in_(sorted(reasons)))
        .group_by(MESSAGES.c.publication_id, MESSAGES.c.pin)
    )
    query = select(MESSAGES).where(MESSAGES.c.id.in_(first)).order_by(MESSAGES.c.id)
    return tuple(map(message_from, connection.execute(query)))


def held_like(
    connection: Connection, example: Message, reasons: Collection[str], limit: int = 500
) -> tuple[Message, ...]:
    """Messages of the publication and pin of ``example`` that are held for ``reasons``, longest held first."""
    query = select(MESSAGES).where(
        MESSAGES.c.state == _S.HELD.value,
        MESSAGES.c.reason.in_(sorted(reasons)),
        MESSAGES.c.publication_id == example.publication_id,
        MESSAGES.c.pin == example.pin.value,
    )
    longest = query.order_by(MESSAGES.c.state_since, MESSAGES.c.id).limit(limit)
    return tuple(map(message_from, connection.execute(longest)))


def recent(
    connection: Connection, *, states: Collection[MessageState] = (), limit: int = 100, before: datetime | None = None
) -> tuple[Message, ...]:
    """The send log, newest change first; ``states`` empty means all, ``before`` pages on."""
    query = select(MESSAGES)
    if states:
        query = query.where(MESSAGES.c.state.in_([s.value for s in states]))
    if before is not None:
        query = query.where(MESSAGES.c.state_since < before)
    newest = query.order_by(MESSAGES.c.state_since.desc(), MESSAGES.c.id).limit(limit)
    return tuple(map(message_from, connection.execute(newest)))


def of_lead(connection: Connection, lead_id: str, limit: int = 100) -> tuple[Message, ...]:
    """Messages to one lead, newest change first."""
    query = select(MESSAGES).where(MESSAGES.c.lead_id == lead_id).order_by(MESSAGES.c.state_since.desc(), MESSAGES.c.id)
    return tuple(map(message_from, connection.execute(query.limit(limit))))


def of_enrollment(connection: Connection, enrollment_id: str) -> tuple[Message, ...]:
    """Messages of one enrollment by step."""
    query = select(MESSAGES).where(MESSAGES.c.enrollment_id == enrollment_id).order_by(MESSAGES.c.step_number)
    return tuple(map(message_from, connection.execute(query)))


def of_publication(connection: Connection, publication_id: str, limit: int = 500) -> tuple[Message, ...]:
    """Messages pointed at one publication, newest change first."""
    query = select(MESSAGES).where(MESSAGES.c.publication_id == publication_id)
    newest = query.order_by(MESSAGES.c.state_since.desc(), MESSAGES.c.id).limit(limit)
    return tuple(map(message_from, connection.execute(newest)))


def released_of_publication(connection: Connection, publication_id: str) -> int:
    """How many messages of a publication left, or may have left."""
    left = MESSAGES.c.state.in_([s.value for s in OUT_OF_OUR_HANDS])
    query = select(func.count()).where(MESSAGES.c.publication_id == publication_id, left)
    return connection.execute(query).scalar_one()


def on_their_way(connection: Connection, lead_id: str) -> tuple[Message, ...]:
    """Messages to a lead that were released and have no outcome yet: what an opt-out can no longer stop."""
    query = select(MESSAGES).where(MESSAGES.c.lead_id == lead_id, MESSAGES.c.state == _S.RELEASED.value)
    return tuple(map(message_from, connection.execute(query.order_by(MESSAGES.c.state_since, MESSAGES.c.id))))


def sent_since(connection: Connection, lead_id: str, since: datetime) -> tuple[int, datetime | None]:
    """How many messages left for a lead since an instant, or may have left, and when the first did; for frequency caps."""
    left = MESSAGES.c.state.in_([s.value for s in OUT_OF_OUR_HANDS])
    where = [MESSAGES.c.lead_id == lead_id, MESSAGES.c.state_since >= since, left]
    count, oldest = connection.execute(select(func.count(), func.min(MESSAGES.c.state_since)).where(*where)).one()
    return count, oldest


def last_step_planned(connection: Connection, enrollment_id: str) -> int | None:
    """Number of the newest step of an enrollment that became a message."""
    query = select(func.max(MESSAGES.c.step_number)).where(MESSAGES.c.enrollment_id == enrollment_id)
    newest: int | None = connection.execute(query).scalar_one()
    return newest


def step_outcomes(connection: Connection, enrollments: Select[tuple[str]]) -> Mapping[tuple[int, MessageState], int]:
    """How many messages of the chosen enrollments stand where, by step number and state."""
    query = (
        select(MESSAGES.c.step_number, MESSAGES.c.state, func.count())
        .where(MESSAGES.c.enrollment_id.in_(enrollments))
        .group_by(MESSAGES.c.step_number, MESSAGES.c.state)
    )
    return {(step, MessageState(state)): count for step, state, count in connection.execute(query)}


def accounting(connection: Connection) -> Accounting:
    """What became of every planned send. ``planned`` is counted by itself, so that the identity can fail."""
    counts: dict[str, int] = dict(
        connection.execute(select(MESSAGES.c.state, func.count()).group_by(MESSAGES.c.state)).all()
    )
    total = connection.execute(select(func.count()).select_from(MESSAGES)).scalar_one()
    settled = {s: counts.get(s.value, 0) for s in _S if s not in PENDING}
    return Accounting(
        planned=total,
        accepted=settled[_S.ACCEPTED],
        rejected=settled[_S.REJECTED],
        refused=settled[_S.REFUSED],
        held=settled[_S.HELD],
        unknown=settled[_S.UNKNOWN],
        pending=sum(counts.get(s.value, 0) for s in PENDING),
    )
