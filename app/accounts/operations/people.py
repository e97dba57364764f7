"""Open accounts, change roles, deactivate."""

from collections.abc import Mapping
from datetime import datetime

from app.accounts import policy, queries, store
from app.accounts.model import SYSTEM, Actor, ChangeRoles, CreatePerson, Permission, Person, PersonState, Role
from app.accounts.passwords import hash_password
from app.accounts.policy import PERSON_MOVES, PersonAction
from app.kernel.digest import Json
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.storage.unit_of_work import AuditNote, UnitOfWork


def create_first_person(uow: UnitOfWork, command: CreatePerson, *, now: datetime, ids: IdSource) -> Person | Refusal:
    """The first administrator of an empty database; the only account that no person answers for.

    Codes: ``people_exist``, ``first_person_administers``, and those of a password. ``BadInput`` for name or address.
    """
    store.lock_people(uow)
    if store.anybody(uow.connection):
        return Refusal("people_exist")
    if Role.ADMINISTRATOR not in command.roles:
        return Refusal("first_person_administers")
    return _create(uow, command, SYSTEM, now, ids)


def create_person(
    uow: UnitOfWork, command: CreatePerson, *, actor: Actor, now: datetime, ids: IdSource
) -> Person | Refusal:
    """Open an account. Codes: ``not_permitted``, ``email_taken``, ``password_too_short``, ``password_too_long``,
    ``password_is_email``. ``BadInput`` for a name or an address that cannot be one.
    """
    if not actor.may(Permission.MANAGE_PEOPLE):
        return _not_permitted()
    store.lock_people(uow)
    return _create(uow, command, actor.person_id, now, ids)


def _create(uow: UnitOfWork, command: CreatePerson, by: str, now: datetime, ids: IdSource) -> Person | Refusal:
    email, name = policy.normal_email(command.email), policy.clean_name(command.name)
    if queries.person_by_email(uow.connection, email) is not None:
        return Refusal("email_taken")
    refusal = policy.password_refusal(command.password, email)
    if refusal is not None:
        return refusal
    who = Person(ids.new_id(), email, name, PersonState.ACTIVE, command.roles)
    store.add_person(uow, who, hash_password(command.password), by, now)
    _note(uow, "accounts.person.created", who.id, by, now, {"roles": _codes(who.roles)})
    return who


def change_roles(uow: UnitOfWork, command: ChangeRoles, *, actor: Actor, now: datetime) -> Person | Refusal:
    """Give a person exactly these roles; her sessions end, so that new powers come with a new session.

    Codes: ``not_permitted``, ``own_roles``, ``last_administrator``, ``roles_unchanged``.
    """
    if not actor.may(Permission.MANAGE_PEOPLE):
        return _not_permitted()
    store.lock_people(uow)
    who = _existing(uow, command.person_id)
    refusal = policy.roles_refusal(who, command.roles, actor, store.active_administrators(uow.connection))
    if refusal is not None:
        return refusal
    granted, withdrawn = command.roles - who.roles, who.roles - command.roles
    if not granted and not withdrawn:
        return Refusal("roles_unchanged")
    store.drop_roles(uow, who.id, withdrawn)
    store.add_roles(uow, who.id, granted, actor.person_id, now)
    ended = store.end_sessions(uow, [store.by_person(who.id)], now)
    facts: dict[str, Json] = {"granted": _codes(granted), "withdrawn": _codes(withdrawn), "sessions_ended": ended}
    _note(uow, "accounts.roles.changed", who.id, actor.person_id, now, facts)
    return Person(who.id, who.email, who.name, who.state, command.roles)


def deactivate(uow: UnitOfWork, person_id: str, *, actor: Actor, now: datetime) -> Person | Refusal:
    """Close an account and end its sessions at once; history and id stay.

    Codes: ``not_permitted``, ``last_administrator``, ``person_not_allowed`` (already deactivated).
    """
    return _move(uow, person_id, PersonAction.DEACTIVATE, actor, now)


def reactivate(uow: UnitOfWork, person_id: str, *, actor: Actor, now: datetime) -> Person | Refusal:
    """Reopen the account of a person who came back. Codes: ``not_permitted``, ``person_not_allowed``."""
    return _move(uow, person_id, PersonAction.REACTIVATE, actor, now)


def _move(uow: UnitOfWork, person_id: str, action: PersonAction, actor: Actor, now: datetime) -> Person | Refusal:
    if not actor.may(Permission.MANAGE_PEOPLE):
        return _not_permitted()
    store.lock_people(uow)
    who = _existing(uow, person_id)
    after = PERSON_MOVES.next(who.state, action)
    if isinstance(after, Refusal):
        return after
    if after is not PersonState.ACTIVE:
        refusal = policy.last_administrator(who, store.active_administrators(uow.connection))
        if refusal is not None:
            return refusal
    store.move_person(uow, who.id, who.state, after)
    ended = store.end_sessions(uow, [store.by_person(who.id)], now)
    _note(uow, f"accounts.person.{after.value}", who.id, actor.person_id, now, {"sessions_ended": ended})
    return Person(who.id, who.email, who.name, after, who.roles)


def _existing(uow: UnitOfWork, person_id: str) -> Person:
    who = queries.person(uow.connection, person_id)
    if who is None:
        raise NotFound("person", person_id)
    return who


def _not_permitted() -> Refusal:
    return Refusal("not_permitted", {"permission": Permission.MANAGE_PEOPLE.value})


def _codes(roles: frozenset[Role]) -> list[Json]:
    return [role.value for role in sorted(roles)]


def _note(uow: UnitOfWork, action: str, person_id: str, by: str, now: datetime, data: Mapping[str, Json]) -> None:
    uow.note(AuditNote(action, "person", person_id, by, now, dict(data)))
