"""Sign a round."""

from dataclasses import dataclass
from datetime import datetime

from app.accounts.model import Actor, Permission, Role, UseStepUp
from app.accounts.operations import use_step_up
from app.authoring import queries as content
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource, TokenSource
from app.review import policy, signing, store
from app.review.model import MEANING_OF_ROLE, SIGN_ACT, Round, RoundState
from app.review.operations.rounds import locked, person
from app.storage.keys import SigningKey
from app.storage.unit_of_work import AuditNote, UnitOfWork


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign as ``role`` what stood on the page: the closure root and the report digest that the signer saw.

    ``step_up_id`` names a confirmation of identity for act ``sign``, digest = closure root, meaning of the role.
    """

    round_id: str
    closure_root: str
    report_digest: str
    role: Role
    step_up_id: str


def sign(
    uow: UnitOfWork,
    command: Sign,
    *,
    actor: Actor,
    now: datetime,
    ids: IdSource,
    tokens: TokenSource,
    key: SigningKey,
) -> Round | Refusal:
    """Add a signature; the last required one approves the round in the same transaction.

    1. Lock the round: two who sign at once take turns, and the later one decides on what the earlier one left.
    2. Decide on roles and account as they stand in this transaction, not as the session remembers them.
    3. Spend the confirmation, last, so that a refusal for another reason leaves it usable.

    Refuses with ``not_permitted``, ``round_not_allowed``, ``content_changed``, ``role_not_required``, ``role_not_held``,
    ``own_words``, ``already_signed``, ``open_must_thread``, ``step_up_other``, ``step_up_used`` or ``step_up_expired``.
    """
    if not actor.may(Permission.REVIEW):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    round_ = locked(uow, command.round_id)
    signer = person(uow, actor)
    latest = content.latest_version(uow.connection, round_.item_id)
    seen = policy.Seen(command.closure_root, command.report_digest)

    outcome = policy.sign(round_, command.role, signer, seen, round_.version_id if latest is None else latest.id)
    if isinstance(outcome, Refusal):
        return outcome
    meaning = MEANING_OF_ROLE[command.role]
    use = UseStepUp(command.step_up_id, SIGN_ACT, round_.closure_root, meaning.value)
    confirmed = use_step_up(uow, use, actor=actor, now=now)
    if isinstance(confirmed, Refusal):
        return confirmed

    statement = signing.statement_of(
        round_, command.role, signer, auth_method=confirmed.method, at=now, nonce=tokens.token()
    )
    signature = signing.make(ids.new_id(), statement, key)
    store.add_signature(uow, signature, command.step_up_id, now)
    note = {
        "signature": signature.id,
        "version": round_.version_id,
        "closure_root": round_.closure_root,
        "report": round_.report_digest,
        "meaning": meaning.value,
        "key": signature.key_id,
    }
    uow.note(AuditNote("review.round.signed", "round", round_.id, actor.person_id, now, {**note}))
    if outcome is RoundState.APPROVED:
        store.move_round(uow, round_, outcome, now)
        approved = {"version": round_.version_id, "closure_root": round_.closure_root}
        uow.note(AuditNote("review.round.approved", "round", round_.id, actor.person_id, now, {**approved}))
    signed = store.round_(uow.connection, round_.id)
    assert signed is not None
    return signed
