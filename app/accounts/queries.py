"""Reading accounts: for screens, for commands, and for every request that carries a token."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from app.accounts import policy
from app.accounts.model import Actor, Person, PersonState, Role, Session, SessionKind, StepUp
from app.accounts.tables import PersonRoleRow, PersonRow, SessionRow, StepUpRow
from app.kernel.digest import sha256
from app.kernel.errors import BadInput
from app.storage.rows import table_of

_PEOPLE = table_of(PersonRow)
_ROLES = table_of(PersonRoleRow)
_SESSIONS = table_of(SessionRow)
_STEP_UPS = table_of(StepUpRow)


def person(connection: Connection, person_id: str) -> Person | None:
    """One account, or None."""
    return next(iter(_people_where(connection, _PEOPLE.c.id == person_id)), None)


def person_by_email(connection: Connection, email: str) -> Person | None:
    """The account of an address in any spelling, or None."""
    try:
        normal = policy.normal_email(email)
    except BadInput:
        return None
    return next(iter(_people_where(connection, _PEOPLE.c.email == normal)), None)


def people(connection: Connection) -> tuple[Person, ...]:
    """Every account, deactivated ones too, by name."""
    return _people_where(connection)


def names(connection: Connection) -> dict[str, str]:
    """Printed names by id, for screens that show who did what."""
    return {who.id: who.name for who in _people_where(connection)}


def actor(connection: Connection, person_id: str) -> Actor | None:
    """An active person as an actor without a session, for jobs and one-shot commands; None otherwise."""
    who = person(connection, person_id)
    return None if who is None or who.state is not PersonState.ACTIVE else Actor(who.id, who.name, who.roles)


def session_actor(connection: Connection, token: str, now: datetime) -> Actor | None:
    """Who holds ``token`` now, with today's roles; None when the session or the account no longer stands."""
    found = living_session(connection, token, now)
    who = None if found is None else person(connection, found.person_id)
    if found is None or who is None or who.state is not PersonState.ACTIVE:
        return None
    return Actor(who.id, who.name, who.roles, found.id)


def living_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session of a token while it lives."""
    found = session(connection, session_id(token))
    return found if found is not None and policy.session_lives(found, now) else None


def session_needs_touch(connection: Connection, token: str, now: datetime) -> bool:
    """Whether :func:`app.accounts.operations.touch_session` would write; asked first, so that reading stays reading."""
    found = living_session(connection, token, now)
    return found is not None and policy.needs_touch(found, now)


def sessions(connection: Connection, person_id: str, now: datetime) -> tuple[Session, ...]:
    """The living sessions of a person, newest first."""
    return tuple(s for s in _unended(connection, person_id) if policy.session_lives(s, now))


def session(connection: Connection, session_id: str) -> Session | None:
    """One session, ended or not."""
    row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.id == session_id)).one_or_none()
    return None if row is None else _session(row)


def session_id(token: str) -> str:
    """How a token is known to the database: by its digest, so that a stolen database signs nobody in."""
    return sha256(token.encode())


def step_up(connection: Connection, step_up_id: str) -> StepUp | None:
    """One confirmation, used or not."""
    row = connection.execute(select(_STEP_UPS).where(_STEP_UPS.c.id == step_up_id)).one_or_none()
    return None if row is None else _step_up(row)


def _people_where(connection: Connection, *where: ColumnElement[bool]) -> tuple[Person, ...]:
    """Accounts that match, by name, with their roles."""
    query = select(_PEOPLE).where(*where).order_by(_PEOPLE.c.name, _PEOPLE.c.id)
    rows = connection.execute(query).all()
    held: dict[str, set[Role]] = {row.id: set() for row in rows}
    grants = select(_ROLES.c.person_id, _ROLES.c.role)
    if len(rows) == 1:
        grants = grants.where(_ROLES.c.person_id == rows[0].id)
    for grant in connection.execute(grants):
        if grant.person_id in held:
            held[grant.person_id].add(Role(grant.role))
    return tuple(_person(row, frozenset(held[row.id])) for row in rows)


def _unended(connection: Connection, person_id: str) -> tuple[Session, ...]:
    """Sessions of one person that were not ended, newest first; some may have run out."""
    query = select(_SESSIONS).where(_SESSIONS.c.person_id == person_id, _SESSIONS.c.ended_at.is_(None))
    rows = connection.execute(query.order_by(_SESSIONS.c.created_at.desc(), _SESSIONS.c.id))
    return tuple(_session(row) for row in rows)


def _person(row: Row[Any], roles: frozenset[Role]) -> Person:
    return Person(row.id, row.email, row.name, PersonState(row.state), roles)


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.person_id, SessionKind(row.kind), row.created_at, row.seen_at, row.ended_at)


def _step_up(row: Row[Any]) -> StepUp:
    return StepUp(**row._asdict())
