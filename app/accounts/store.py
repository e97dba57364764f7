"""Write accounts, sessions and confirmations, and read what only operations may see."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from app.accounts.model import Person, PersonState, Role, Session, StepUp
from app.accounts.tables import FailedSignInRow, PersonRoleRow, PersonRow, SessionRow, StepUpRow
from app.storage.engine import take_advisory_lock
from app.storage.rows import change_one, change_rows, insert_row, insert_rows, remove_rows, table_of
from app.storage.unit_of_work import UnitOfWork

_PEOPLE = table_of(PersonRow)
_ROLES = table_of(PersonRoleRow)
_SESSIONS = table_of(SessionRow)
_STEP_UPS = table_of(StepUpRow)
_FAILURES = table_of(FailedSignInRow)
_PEOPLE_LOCK = 0x706C6301
"""Serialises changes of who may do what, so that two administrators cannot remove each other at once."""


def lock_people(uow: UnitOfWork) -> None:
    """Hold the lock on accounts and roles until the unit ends."""
    take_advisory_lock(uow.connection, _PEOPLE_LOCK)


def password_hash(connection: Connection, person_id: str) -> str:
    """The stored hash; for comparing only."""
    return str(connection.execute(select(_PEOPLE.c.password_hash).where(_PEOPLE.c.id == person_id)).scalar_one())


def anybody(connection: Connection) -> bool:
    """Whether any account exists."""
    return connection.execute(select(_PEOPLE.c.id).limit(1)).first() is not None


def active_administrators(connection: Connection) -> frozenset[str]:
    """Ids of the administrators who can act now."""
    query = select(_ROLES.c.person_id).join(_PEOPLE, _PEOPLE.c.id == _ROLES.c.person_id)
    query = query.where(_ROLES.c.role == Role.ADMINISTRATOR.value, _PEOPLE.c.state == PersonState.ACTIVE.value)
    return frozenset(connection.execute(query).scalars())


def add_person(uow: UnitOfWork, who: Person, hashed: str, granted_by: str, now: datetime) -> None:
    """Insert an account and its roles."""
    values = {"id": who.id, "email": who.email, "name": who.name, "password_hash": hashed, "state": who.state.value}
    insert_row(uow, PersonRow, {**values, "created_at": now})
    add_roles(uow, who.id, who.roles, granted_by, now)


def add_roles(uow: UnitOfWork, person_id: str, roles: Iterable[Role], granted_by: str, now: datetime) -> None:
    """Grant roles that are not held yet."""
    grant = {"person_id": person_id, "granted_by": granted_by, "granted_at": now}
    insert_rows(uow, PersonRoleRow, [{**grant, "role": role.value} for role in sorted(roles)])


def drop_roles(uow: UnitOfWork, person_id: str, roles: Iterable[Role]) -> None:
    """Withdraw roles; the log keeps who held them when."""
    named = [role.value for role in roles]
    if named:
        remove_rows(uow, PersonRoleRow, [_ROLES.c.person_id == person_id, _ROLES.c.role.in_(named)])


def move_person(uow: UnitOfWork, person_id: str, before: PersonState, after: PersonState) -> None:
    """Change the state of an account; raises ``StaleState`` when somebody was first."""
    change_one(uow, PersonRow, [_PEOPLE.c.id == person_id, _PEOPLE.c.state == before.value], {"state": after.value})


def replace_password(uow: UnitOfWork, person_id: str, old_hash: str, new_hash: str) -> None:
    """Change a password from the hash that was compared; raises ``StaleState`` otherwise."""
    where = [_PEOPLE.c.id == person_id, _PEOPLE.c.password_hash == old_hash]
    change_one(uow, PersonRow, where, {"password_hash": new_hash})


def add_session(uow: UnitOfWork, new: Session) -> None:
    """Insert a session."""
    values = {"id": new.id, "person_id": new.person_id, "kind": new.kind.value, "created_at": new.created_at}
    insert_row(uow, SessionRow, {**values, "seen_at": new.seen_at, "ended_at": new.ended_at})


def see_session(uow: UnitOfWork, session_id: str, now: datetime) -> bool:
    """Write down that a session was used; False when it has ended meanwhile."""
    where = [_SESSIONS.c.id == session_id, _SESSIONS.c.ended_at.is_(None), _SESSIONS.c.seen_at < now]
    return bool(change_rows(uow, SessionRow, where, {"seen_at": now}))


def end_sessions(uow: UnitOfWork, where: Iterable[ColumnElement[bool]], now: datetime) -> int:
    """End the matching sessions that have not ended; returns how many."""
    return len(change_rows(uow, SessionRow, [_SESSIONS.c.ended_at.is_(None), *where], {"ended_at": now}))


def by_session(session_id: str) -> ColumnElement[bool]:
    """This session."""
    return _SESSIONS.c.id == session_id


def by_person(person_id: str, *, besides: str = "") -> ColumnElement[bool]:
    """All sessions of a person, besides one."""
    return (_SESSIONS.c.person_id == person_id) & (_SESSIONS.c.id != besides)


def failures(connection: Connection, digest: str, since: datetime) -> list[datetime]:
    """Instants of the wrong secrets counted under ``digest``."""
    query = select(_FAILURES.c.at).where(_FAILURES.c.login_digest == digest, _FAILURES.c.at > since)
    return list(connection.execute(query).scalars())


def add_failure(uow: UnitOfWork, failure_id: str, digest: str, now: datetime) -> None:
    """Record one wrong secret."""
    insert_row(uow, FailedSignInRow, {"id": failure_id, "login_digest": digest, "at": now})


def add_step_up(uow: UnitOfWork, new: StepUp) -> None:
    """Insert a confirmation."""
    insert_row(uow, StepUpRow, {column.name: getattr(new, column.name) for column in _STEP_UPS.columns})


def spend_step_up(uow: UnitOfWork, step_up_id: str, now: datetime) -> StepUp | None:
    """Mark a confirmation used, once; None when somebody was first."""
    where = [_STEP_UPS.c.id == step_up_id, _STEP_UPS.c.used_at.is_(None)]
    changed = change_rows(uow, StepUpRow, where, {"used_at": now})
    return StepUp(**changed[0]._asdict()) if changed else None
