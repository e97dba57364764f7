"""Import leads from rows: adds people, and can only lower consent.

A *yes* becomes an asserted agreement, which nothing is sent on until the person has acted herself; a *no* becomes a withdrawal
with its suppression. A *yes* for somebody who withdrew changes nothing. Details of leads that are known are left as they are.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from app.accounts.model import Actor, Permission
from app.consent import policy, store
from app.consent.commands import ImportLeads, ImportReport, LeadEntry
from app.consent.details import personal_data
from app.consent.model import ANY, Act, ConsentChannel, ConsentEvent, Lead, Proof, SourceKind, Suppression
from app.consent.vault import Vault
from app.kernel.digest import Json
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource, TokenSource
from app.storage.unit_of_work import AuditNote, UnitOfWork


@dataclass(slots=True)
class _Batch:
    """What a batch of rows comes to, before it is written."""

    by_address: dict[str, Lead]
    ledgers: dict[str, list[ConsentEvent]]
    new: list[tuple[Lead, bytes, bytes]] = field(default_factory=list)
    events: list[ConsentEvent] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    report: ImportReport = field(default_factory=ImportReport)


def import_leads(
    uow: UnitOfWork,
    command: ImportLeads,
    *,
    actor: Actor,
    now: datetime,
    ids: IdSource,
    tokens: TokenSource,
    vault: Vault,
) -> ImportReport | Refusal:
    """Record the rows. A dry run is the same call in a unit that is not committed."""
    if not actor.may(Permission.MANAGE_LEADS):
        return Refusal("not_permitted", {"permission": Permission.MANAGE_LEADS.value})
    if late := [e.row for e in command.entries if e.consent_date is not None and e.consent_date > now.date()]:
        return Refusal("consent_dates", {"rows": late[:20]})
    batch = _gather(uow, command, vault)
    for entry in command.entries:
        lead = _lead_of(batch, entry, now=now, ids=ids, tokens=tokens, vault=vault)
        _consents_of(batch, lead, entry, _Origin(command.file_digest, actor.person_id, now), ids)
    store.save_leads(uow, batch.new, actor.person_id)
    store.save_events(uow, batch.events)
    store.save_suppressions(uow, batch.suppressions, actor.person_id)
    data: dict[str, Json] = {"file": command.file_digest, "rows": len(command.entries), "added": batch.report.added,
            "asserted": batch.report.asserted, "withdrew": batch.report.withdrew}  # fmt: skip
    uow.note(AuditNote("consent.leads.imported", "import", command.file_digest, actor.person_id, now, data))
    return batch.report


@dataclass(frozen=True, slots=True)
class _Origin:
    file_digest: str
    actor_id: str
    now: datetime


def _gather(uow: UnitOfWork, command: ImportLeads, vault: Vault) -> _Batch:
    digests = [vault.digest(entry.lead.email or entry.lead.phone) for entry in command.entries]
    known = store.lead_ids_at(uow.connection, digests)
    leads = store.lock_and_load(uow, known.values())
    by_address = {digest: leads[lead_id] for digest, lead_id in known.items() if leads[lead_id].erased_at is None}
    return _Batch(by_address, store.ledgers_of(uow.connection, leads))


def _lead_of(
    batch: _Batch, entry: LeadEntry, *, now: datetime, ids: IdSource, tokens: TokenSource, vault: Vault
) -> Lead:
    address = vault.digest(entry.lead.email or entry.lead.phone)
    if address in batch.by_address:
        batch.report = batch.report.plus(ImportReport(known=1))
        return batch.by_address[address]
    given = entry.lead
    personal = personal_data(given)
    lead = Lead(
        ids.new_id(), given.lead_type, given.timezone, given.region, given.locale, given.source, now, None,
        vault.digest(personal.email), vault.digest(personal.phone), personal,
    )  # fmt: skip
    key = vault.new_key(tokens)
    batch.new.append((lead, vault.seal(personal, key, lead.id, tokens), key))
    batch.by_address[address] = lead
    batch.ledgers[lead.id] = []
    batch.report = batch.report.plus(ImportReport(added=1))
    return lead


def _consents_of(batch: _Batch, lead: Lead, entry: LeadEntry, origin: _Origin, ids: IdSource) -> None:
    for channel, agreed in entry.consents.items():
        ledger = batch.ledgers[lead.id]
        purpose = entry.purpose or ANY
        out = policy.standing_withdrawal(ledger, channel.value, purpose) is not None
        if agreed and (
            out or any(e.act is Act.WITHDREW and policy.covers(e.channel, e.purpose, channel, purpose) for e in ledger)
        ):
            batch.report = batch.report.plus(ImportReport(kept_out=1))
        elif agreed and not _said_before(ledger, channel, purpose):
            _append(batch, _event(lead, channel, purpose, Act.AGREED, entry, origin, ids))
            batch.report = batch.report.plus(ImportReport(asserted=1))
        elif not agreed and not out:
            _append(batch, _event(lead, channel, purpose, Act.WITHDREW, entry, origin, ids))
            batch.suppressions += policy.suppressions_for(lead, channel.value, purpose, origin.now, ids)
            batch.report = batch.report.plus(ImportReport(withdrew=1))


def _said_before(ledger: list[ConsentEvent], channel: ConsentChannel, purpose: str) -> bool:
    return any(e.act is Act.AGREED and e.channel == channel and e.purpose == purpose for e in ledger)


def _append(batch: _Batch, event: ConsentEvent) -> None:
    batch.events.append(event)
    batch.ledgers[event.lead_id].append(event)


def _event(
    lead: Lead, channel: ConsentChannel, purpose: str, act: Act, entry: LeadEntry, origin: _Origin, ids: IdSource
) -> ConsentEvent:
    occurred = origin.now
    if act is Act.AGREED and entry.consent_date is not None:
        occurred = datetime.combine(entry.consent_date, time(), UTC)
    source = f"{SourceKind.IMPORT.value}:{origin.file_digest}:{entry.row}"
    return ConsentEvent(
        ids.new_id(), lead.id, channel.value, purpose, "", act, Proof.ASSERTED, None, source, origin.actor_id, "",
        occurred, origin.now, None,
    )  # fmt: skip
