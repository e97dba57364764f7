"""Confirm one's identity for one act, and spend the confirmation on it (21 CFR 11.200(a)(1))."""

from datetime import datetime

from app.accounts import policy, queries, store
from app.accounts.model import Actor, Confirm, PersonState, StepUp, UseStepUp
from app.accounts.operations.known_secret import secret_matches
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.storage.unit_of_work import AuditNote, UnitOfWork

_METHOD = "password"


def confirm_identity(
    uow: UnitOfWork, command: Confirm, *, actor: Actor, now: datetime, ids: IdSource
) -> StepUp | Refusal:
    """A confirmation good for five minutes, one use, this session, and this act, digest and meaning.

    Commit on a refusal too: failures are recorded. Codes: ``confirmation_failed``, ``confirmation_throttled``.
    """
    known = secret_matches(uow, command.password, actor=actor, now=now, ids=ids)
    if isinstance(known, Refusal):
        return known
    bound = (command.act, command.digest, command.meaning)
    step_up = StepUp(ids.new_id(), actor.person_id, actor.session_id, *bound, _METHOD, now, None)
    store.add_step_up(uow, step_up)
    _note(uow, "accounts.identity.confirmed", step_up, now)
    return step_up


def use_step_up(uow: UnitOfWork, command: UseStepUp, *, actor: Actor, now: datetime) -> StepUp | Refusal:
    """Spend a confirmation, once.

    Codes: ``step_up_other`` (made for something, somebody or some session else, or never made), ``step_up_used``,
    ``step_up_expired`` after five minutes, ``account_deactivated``.
    """
    who = queries.person(uow.connection, actor.person_id)
    if who is None or who.state is not PersonState.ACTIVE:
        return Refusal("account_deactivated")
    refusal = policy.step_up_refusal(queries.step_up(uow.connection, command.id), command, actor, now)
    if refusal is not None:
        return refusal
    spent = store.spend_step_up(uow, command.id, now)
    if spent is None:
        return Refusal("step_up_used")
    _note(uow, "accounts.step_up.used", spent, now)
    return spent


def _note(uow: UnitOfWork, action: str, step_up: StepUp, now: datetime) -> None:
    facts = {"act": step_up.act, "digest": step_up.digest, "meaning": step_up.meaning, "method": step_up.method}
    uow.note(AuditNote(action, "step_up", step_up.id, step_up.person_id, now, {**facts}))
