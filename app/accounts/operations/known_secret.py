"""Ask somebody who is signed in for her password again, with the same back-off as signing in."""

from datetime import datetime

from app.accounts import policy, queries, store
from app.accounts.model import Actor, PersonState
from app.accounts.passwords import verify_password
from app.kernel.digest import Json
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.storage.engine import take_advisory_lock
from app.storage.unit_of_work import AuditNote, UnitOfWork


def secret_matches(uow: UnitOfWork, password: str, *, actor: Actor, now: datetime, ids: IdSource) -> str | Refusal:
    """The stored hash that ``password`` matches, or a refusal, recorded: commit on it.

    Codes: ``confirmation_failed``, ``confirmation_throttled`` with ``retry_after_seconds``. Counted apart from
    sign-ins, under the person's id: a stranger who guesses at the front door cannot stop her from signing.
    """
    digest = policy.confirmation_digest(actor.person_id)
    take_advisory_lock(uow.connection, int(digest[:15], 16))
    failed = store.failures(uow.connection, digest, now - policy.FAILURE_WINDOW)
    throttled = policy.throttle(failed, now, "confirmation_throttled")
    if throttled is not None:
        return throttled
    who = queries.person(uow.connection, actor.person_id)
    if who is not None and who.state is PersonState.ACTIVE:
        hashed = store.password_hash(uow.connection, who.id)
        if verify_password(hashed, password):
            return hashed
    store.add_failure(uow, ids.new_id(), digest, now)
    data: dict[str, Json] = {"recent_failures": len(failed) + 1, "session": actor.session_id}
    uow.note(AuditNote("accounts.identity.not_confirmed", "person", actor.person_id, actor.person_id, now, data))
    return Refusal("confirmation_failed")
