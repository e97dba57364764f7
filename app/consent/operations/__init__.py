"""Use cases of consent. Each takes the locks of the leads it touches before it looks, as the gate does."""

from datetime import datetime

from app.accounts.model import Actor, Permission
from app.consent import policy, store
from app.consent.commands import AddLead, Erased, RecordAgreement, Suppress, Withdraw, Withdrawn
from app.consent.details import check_place, code, personal_data, plain_text
from app.consent.model import (
    ANY,
    OWN_ACTS,
    Act,
    ConsentChannel,
    ConsentEvent,
    Lead,
    Proof,
    SourceKind,
    Suppression,
    SuppressionReason,
)
from app.consent.operations.importing import import_leads
from app.consent.tokens import TokenFacts
from app.consent.vault import Vault
from app.kernel.digest import Json
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource, TokenSource
from app.outbox import queries as outbox
from app.storage.unit_of_work import AuditNote, UnitOfWork

__all__ = [
    "RECIPIENT", "add_lead", "erase", "import_leads", "record_agreement", "suppress", "suppress_address", "unsubscribe",
    "withdraw",
]  # fmt: skip

RECIPIENT = Actor("recipient", "The recipient")
"""Who acts when a person follows her own link. Never signed in, and holds no permission."""
_KEY = "permission"


def add_lead(
    uow: UnitOfWork,
    command: AddLead,
    *,
    actor: Actor,
    now: datetime,
    ids: IdSource,
    tokens: TokenSource,
    vault: Vault,
) -> Lead | Refusal:
    """A new lead with sealed data and no consent. Raises ``BadInput`` for details that cannot be used."""
    if not actor.may(Permission.MANAGE_LEADS):
        return Refusal("not_permitted", {_KEY: Permission.MANAGE_LEADS.value})
    check_place(command)
    personal = personal_data(command)
    digest = vault.digest(personal.email)
    known = store.lead_ids_at(uow.connection, [digest]) if digest else {}
    if known:
        return Refusal("lead_known", {"lead": known[digest]})
    lead = Lead(
        ids.new_id(), command.lead_type, command.timezone, command.region, command.locale, command.source, now, None,
        digest, vault.digest(personal.phone), personal,
    )  # fmt: skip
    key = vault.new_key(tokens)
    store.save_leads(uow, [(lead, vault.seal(personal, key, lead.id, tokens), key)], actor.person_id)
    uow.note(AuditNote("consent.lead.added", "lead", lead.id, actor.person_id, now, {"lead_type": lead.lead_type}))
    return lead


def record_agreement(
    uow: UnitOfWork, command: RecordAgreement, *, actor: Actor, now: datetime, ids: IdSource
) -> ConsentEvent | Refusal:
    """Append an agreement, and end the opt-outs it is strong enough to end, as far as it reaches and no further.

    ``RECIPIENT`` acts for herself; staff may record what was said or signed, never what looks like her own click. That the
    wording exists is proven by its foreign key; that it is a published consent wording is for the caller to ask publishing.
    """
    own_act = actor.person_id == RECIPIENT.person_id and command.source in OWN_ACTS
    if not own_act and not actor.may(Permission.MANAGE_LEADS):
        return Refusal("not_permitted", {_KEY: Permission.MANAGE_LEADS.value})
    refusal = policy.may_agree(command.source, command.proof, command.wording_version_id, own_act=own_act)
    if refusal is not None:
        return refusal
    code(command.purpose)
    if command.occurred_at > now or (command.expires_at is not None and command.expires_at <= command.occurred_at):
        return Refusal("consent_dates", {})
    lead = store.lock_lead(uow, command.lead_id)
    if lead.erased_at is not None:
        return Refusal("lead_erased", {"lead": lead.id})
    event = ConsentEvent(
        ids.new_id(), lead.id, command.channel.value, command.purpose, command.seller, Act.AGREED, command.proof,
        command.wording_version_id, _source(command.source, command.detail), actor.person_id, command.jurisdiction,
        command.occurred_at, now, command.expires_at,
    )  # fmt: skip
    store.save_events(uow, [event])
    lifted = _lift(uow, lead, event, now, ids)
    data: dict[str, Json] = {
        "event": event.id,
        "channel": event.channel,
        "purpose": event.purpose,
        "proof": event.proof.value,
        "lifted": lifted,
    }
    uow.note(AuditNote("consent.event.agreed", "lead", lead.id, actor.person_id, now, data))
    return event


def _lift(uow: UnitOfWork, lead: Lead, event: ConsentEvent, now: datetime, ids: IdSource) -> int:
    if not policy.may_lift(event):
        return 0
    digest = lead.address_digest(ConsentChannel(event.channel))
    ended = [
        s
        for s in store.suppressions_at(uow.connection, [digest], event.channel, event.purpose)
        if s.reason is SuppressionReason.OPT_OUT and event.occurred_at > s.since
    ]
    for suppression in ended:
        store.save_lift(uow, suppression.id, event.id, now, ids)
    return len(ended)


def withdraw(uow: UnitOfWork, command: Withdraw, *, actor: Actor, now: datetime, ids: IdSource) -> Withdrawn | Refusal:
    """Stop a channel and purpose for a lead: a ledger event and the suppression of her addresses, in one unit.

    Idempotent: what is stopped already stays as it was recorded first.
    """
    own_act = actor.person_id == RECIPIENT.person_id and command.source in OWN_ACTS
    if not own_act and not actor.may(Permission.RECORD_OPT_OUT):
        return Refusal("not_permitted", {_KEY: Permission.RECORD_OPT_OUT.value})
    if command.channel != ANY:
        _channel(command.channel)
    if command.purpose != ANY:
        code(command.purpose)
    lead = _lock_with_neighbours(uow, command.lead_id)
    return _withdraw(uow, lead, command, actor.person_id, now, ids)


def unsubscribe(
    uow: UnitOfWork,
    facts: TokenFacts,
    *,
    now: datetime,
    ids: IdSource,
    source: SourceKind = SourceKind.ONE_CLICK,
    everything: bool = False,
) -> Withdrawn:
    """Act on a genuine unsubscribe token. Can only reduce: this channel and purpose, or with ``everything`` all of them.

    Idempotent. The answer says which messages were on their way before the withdrawal was recorded (reliability F31).
    """
    lead = _lock_with_neighbours(uow, facts.lead_id)
    channel, purpose = (ANY, ANY) if everything else (facts.channel, facts.purpose)
    command = Withdraw(lead.id, channel, purpose, source, f"message {facts.message_id}")
    return _withdraw(uow, lead, command, RECIPIENT.person_id, now, ids)


def _lock_with_neighbours(uow: UnitOfWork, lead_id: str) -> Lead:
    seen = store.lock_lead(uow, lead_id)
    store.lock_leads_at(uow, [seen.email_digest, seen.phone_digest], lead_id)
    return seen


def _withdraw(uow: UnitOfWork, lead: Lead, command: Withdraw, actor_id: str, now: datetime, ids: IdSource) -> Withdrawn:
    ledger = store.events_of(uow.connection, lead.id)
    on_their_way = outbox.on_their_way(uow.connection, lead.id)
    standing = policy.standing_withdrawal(ledger, command.channel, command.purpose)
    if standing is not None:
        return Withdrawn(lead.id, command.channel, command.purpose, standing.recorded_at, False, on_their_way)
    event = ConsentEvent(
        ids.new_id(), lead.id, command.channel, command.purpose, "", Act.WITHDREW, Proof.ASSERTED, None,
        _source(command.source, command.detail), actor_id, "", now, now, None,
    )  # fmt: skip
    store.save_events(uow, [event])
    suppressions = policy.suppressions_for(lead, command.channel, command.purpose, now, ids)
    store.save_suppressions(uow, suppressions, actor_id)
    data: dict[str, Json] = {"event": event.id, "channel": command.channel, "purpose": command.purpose, "source": command.source.value,
            "suppressions": [s.id for s in suppressions]}  # fmt: skip
    uow.note(AuditNote("consent.event.withdrew", "lead", lead.id, actor_id, now, data))
    return Withdrawn(lead.id, command.channel, command.purpose, now, True, on_their_way)


def suppress(
    uow: UnitOfWork, command: Suppress, *, actor: Actor, now: datetime, ids: IdSource
) -> Suppression | Refusal:
    """Suppress an address by digest: a bounce, a complaint, or a person's decision. No later act lifts it."""
    if not actor.may(Permission.RECORD_OPT_OUT):
        return Refusal("not_permitted", {_KEY: Permission.RECORD_OPT_OUT.value})
    if not command.address_digest:
        return Refusal("no_address", {})
    return suppress_address(
        uow, command.address_digest, command.channel, command.reason, purpose=command.purpose,
        actor_id=actor.person_id, now=now, ids=ids,
    )  # fmt: skip


def suppress_address(
    uow: UnitOfWork,
    address_digest: str,
    channel: str,
    reason: SuppressionReason,
    *,
    actor_id: str,
    now: datetime,
    ids: IdSource,
    purpose: str = ANY,
) -> Suppression:
    """What :func:`suppress` does, when no person acts: the mail server said that the address does not exist."""
    store.lock_leads_at(uow, [address_digest])
    found = store.suppressions_at(uow.connection, [address_digest], channel, purpose)
    same = next((s for s in found if s.reason is reason), None)
    if same is not None:
        return same
    made = Suppression(ids.new_id(), address_digest, channel, purpose, reason, now)
    store.save_suppressions(uow, [made], actor_id)
    data: dict[str, Json] = {"channel": made.channel, "purpose": made.purpose, "reason": made.reason.value}
    uow.note(AuditNote("consent.address.suppressed", "suppression", made.id, actor_id, now, data))
    return made


def erase(uow: UnitOfWork, lead_id: str, *, actor: Actor, now: datetime, ids: IdSource) -> Erased | Refusal:
    """Destroy a lead's key and addresses. Her ledger stays and points at nobody; her addresses stay suppressed."""
    if not actor.may(Permission.MANAGE_LEADS):
        return Refusal("not_permitted", {_KEY: Permission.MANAGE_LEADS.value})
    lead = _lock_with_neighbours(uow, lead_id)
    if lead.erased_at is not None:
        return Refusal("lead_erased", {"lead": lead.id})
    stop = Withdraw(lead.id, ANY, ANY, SourceKind.ERASURE)
    done = _withdraw(uow, lead, stop, actor.person_id, now, ids)
    store.erase(uow, lead.id, now)
    uow.note(AuditNote("consent.lead.erased", "lead", lead.id, actor.person_id, now))
    return Erased(lead.id, now, done.on_their_way)


def _source(kind: SourceKind, detail: str) -> str:
    text = plain_text(detail)
    return f"{kind.value}:{text}" if text else kind.value


def _channel(text: str) -> ConsentChannel:
    try:
        return ConsentChannel(text)
    except ValueError:
        raise BadInput(f"There is no channel '{text}'. Use email, sms, call or *.") from None
