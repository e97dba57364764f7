"""Sign in, stay signed in, sign out, change a password."""

from datetime import datetime

from app.accounts import policy, queries, store
from app.accounts.model import (
    SYSTEM,
    Actor,
    ChangePassword,
    Permission,
    Person,
    PersonState,
    Session,
    SignedIn,
    SignIn,
)
from app.accounts.operations.known_secret import secret_matches
from app.accounts.passwords import NOBODYS_HASH, hash_password, verify_password
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource, TokenSource
from app.storage.engine import take_advisory_lock
from app.storage.unit_of_work import AuditNote, UnitOfWork


def sign_in(
    uow: UnitOfWork, command: SignIn, *, now: datetime, ids: IdSource, tokens: TokenSource, address_key: bytes
) -> SignedIn | Refusal:
    """Start a session, always under a new token. Commit on a refusal too: failures are recorded.

    Codes: ``sign_in_failed`` (wrong password, no such account or a deactivated one: the same answer after the same
    work), ``sign_in_throttled`` with ``retry_after_seconds``. ``address_key`` keys the digest that failures are counted
    under; the log names the person when there is one, and never an address.
    """
    digest = policy.login_digest(address_key, command.email)
    take_advisory_lock(uow.connection, int(digest[:15], 16))
    failed = store.failures(uow.connection, digest, now - policy.FAILURE_WINDOW)
    throttled = policy.throttle(failed, now, "sign_in_throttled")
    if throttled is not None:
        return throttled
    who = queries.person_by_email(uow.connection, command.email)
    hashed = NOBODYS_HASH if who is None else store.password_hash(uow.connection, who.id)
    matches = verify_password(hashed, command.password)
    if who is None or who.state is not PersonState.ACTIVE or not matches:
        _record_failure(uow, digest, who, len(failed) + 1, now, ids)
        return Refusal("sign_in_failed")
    token = tokens.token()
    session = Session(queries.session_id(token), who.id, command.kind, now, now, None)
    store.add_session(uow, session)
    note = AuditNote("accounts.session.started", "session", session.id, who.id, now, {"kind": command.kind.value})
    uow.note(note)
    return SignedIn(token, Actor(who.id, who.name, who.roles, session.id))


def _record_failure(uow: UnitOfWork, digest: str, who: Person | None, count: int, now: datetime, ids: IdSource) -> None:
    failure_id = ids.new_id()
    store.add_failure(uow, failure_id, digest, now)
    subject = ("sign_in", failure_id) if who is None else ("person", who.id)
    uow.note(AuditNote("accounts.sign_in.failed", *subject, SYSTEM, now, {"recent_failures": count}))


def touch_session(uow: UnitOfWork, token: str, *, now: datetime) -> bool:
    """Write down that a session was used, at most once per ``policy.SEEN_STEP``; False when nothing was written.

    It is a write like any other and therefore an event. Ask ``queries.session_needs_touch`` on a reading connection
    first, and open a unit only then. To be committed by the caller.
    """
    session = queries.session(uow.connection, queries.session_id(token))
    if session is None or not policy.needs_touch(session, now) or not store.see_session(uow, session.id, now):
        return False
    uow.note(AuditNote("accounts.session.seen", "session", session.id, session.person_id, now))
    return True


def sign_out(uow: UnitOfWork, token: str, *, now: datetime) -> bool:
    """End the session of a token; False when it had ended already or never was."""
    session = queries.session(uow.connection, queries.session_id(token))
    if session is None or not store.end_sessions(uow, [store.by_session(session.id)], now):
        return False
    uow.note(AuditNote("accounts.session.ended", "session", session.id, session.person_id, now))
    return True


def end_sessions(uow: UnitOfWork, person_id: str, *, actor: Actor, now: datetime) -> int | Refusal:
    """End all sessions of a person, one's own or, for an administrator, another's; the acting one stays.

    Codes: ``not_permitted``.
    """
    if person_id != actor.person_id and not actor.may(Permission.MANAGE_PEOPLE):
        return Refusal("not_permitted", {"permission": Permission.MANAGE_PEOPLE.value})
    ended = store.end_sessions(uow, [store.by_person(person_id, besides=actor.session_id)], now)
    if ended:
        data = {"sessions_ended": ended}
        uow.note(AuditNote("accounts.sessions.ended", "person", person_id, actor.person_id, now, {**data}))
    return ended


def change_password(
    uow: UnitOfWork, command: ChangePassword, *, actor: Actor, now: datetime, ids: IdSource
) -> Person | Refusal:
    """Replace one's own password and end one's other sessions. Commit on a refusal too: failures are recorded.

    Codes: ``confirmation_failed``, ``confirmation_throttled``, ``password_unchanged`` and those of a new password.
    """
    who = queries.person(uow.connection, actor.person_id)
    if who is None:
        raise NotFound("person", actor.person_id)
    known = secret_matches(uow, command.current, actor=actor, now=now, ids=ids)
    if isinstance(known, Refusal):
        return known
    refusal = policy.password_refusal(command.new, who.email)
    if refusal is not None:
        return refusal
    if command.new == command.current:
        return Refusal("password_unchanged")
    store.replace_password(uow, who.id, known, hash_password(command.new))
    ended = store.end_sessions(uow, [store.by_person(who.id, besides=actor.session_id)], now)
    uow.note(AuditNote("accounts.password.changed", "person", who.id, who.id, now, {"sessions_ended": ended}))
    return who
