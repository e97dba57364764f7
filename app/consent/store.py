"""Load and save leads, ledger and suppressions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from app.consent.model import Act, ConsentEvent, Lead, PersonalData, Proof, Suppression, SuppressionReason
from app.consent.tables import ConsentEventRow, LeadKeyRow, LeadRow, SuppressionLiftRow, SuppressionRow
from app.consent.vault import Vault
from app.kernel.errors import NotFound
from app.kernel.ids import IdSource
from app.storage.rows import change_one, insert_row, insert_rows, remove_rows, table_of
from app.storage.unit_of_work import UnitOfWork

LEADS = table_of(LeadRow)
KEYS = table_of(LeadKeyRow)
EVENTS = table_of(ConsentEventRow)
SUPPRESSIONS = table_of(SuppressionRow)
LIFTS = table_of(SuppressionLiftRow)


def lead_from(row: Row[Any], vault: Vault | None) -> Lead:
    """A row of ``leads`` joined with its key; personal data stay closed without a vault, and are gone once erased."""
    personal: PersonalData | None = None
    if vault is not None and row.key is not None and row.erased_at is None:
        personal = vault.open(row.sealed, row.key, row.id)
    values = {name: getattr(row, name) for name in Lead.__slots__ if name != "personal"}
    return Lead(**values, personal=personal)


def leads_with_keys() -> Any:
    """A select of leads and, where they still stand, their keys."""
    return select(LEADS, KEYS.c.key).outerjoin(KEYS, KEYS.c.lead_id == LEADS.c.id)


def event_from(row: Row[Any]) -> ConsentEvent:
    """A row of the ledger as a value."""
    values = dict(row._mapping)
    return ConsentEvent(**(values | {"act": Act(values["act"]), "proof": Proof(values["proof"])}))


def suppression_from(row: Row[Any]) -> Suppression:
    """A row of ``suppressions`` as a value."""
    values = {name: getattr(row, name) for name in Suppression.__slots__}
    return Suppression(**(values | {"reason": SuppressionReason(values["reason"])}))


def lock_lead(uow: UnitOfWork, lead_id: str, vault: Vault | None = None) -> Lead:
    """Take the lead's lock until the unit ends, then read her; raises ``NotFound``. On SQLite the unit is the lock."""
    found = uow.connection.execute(select(LEADS.c.id).where(LEADS.c.id == lead_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound("lead", lead_id)
    return lead_from(uow.connection.execute(leads_with_keys().where(LEADS.c.id == lead_id)).one(), vault)


def lock_leads(uow: UnitOfWork, lead_ids: Collection[str]) -> frozenset[str]:
    """Take the locks of several leads, in one order for everybody; returns the ids that exist."""
    query = select(LEADS.c.id).where(LEADS.c.id.in_(sorted(lead_ids))).order_by(LEADS.c.id).with_for_update()
    return frozenset(uow.connection.execute(query).scalars())


def lock_leads_at(uow: UnitOfWork, digests: Collection[str], lead_id: str = "") -> None:
    """Take the locks of everybody who uses one of these addresses, and of ``lead_id``.

    A telephone may be shared; its suppression must come before or after a release to any of those who share it.
    """
    real = [digest for digest in digests if digest]
    at = or_(LEADS.c.email_digest.in_(real), LEADS.c.phone_digest.in_(real), LEADS.c.id == lead_id)
    uow.connection.execute(select(LEADS.c.id).where(at).order_by(LEADS.c.id).with_for_update()).all()


def save_leads(uow: UnitOfWork, leads: Sequence[tuple[Lead, bytes, bytes]], created_by: str) -> None:
    """Insert leads, each with its sealed data and its key."""
    rows = [
        {name: getattr(lead, name) for name in Lead.__slots__ if name != "personal"}
        | {"sealed": sealed, "created_by": created_by}
        for lead, sealed, _ in leads
    ]
    insert_rows(uow, LeadRow, rows)
    insert_rows(uow, LeadKeyRow, [{"lead_id": lead.id, "key": key} for lead, _, key in leads])


def save_events(uow: UnitOfWork, events: Iterable[ConsentEvent]) -> None:
    """Append to the ledger."""
    rows = [{name: getattr(event, name) for name in ConsentEvent.__slots__} for event in events]
    insert_rows(uow, ConsentEventRow, [r | {"act": r["act"].value, "proof": r["proof"].value} for r in rows])


def save_suppressions(uow: UnitOfWork, suppressions: Iterable[Suppression], recorded_by: str) -> None:
    """Append suppressions."""
    rows = [{name: getattr(s, name) for name in Suppression.__slots__} for s in suppressions]
    insert_rows(uow, SuppressionRow, [r | {"reason": r["reason"].value, "recorded_by": recorded_by} for r in rows])


def save_lift(uow: UnitOfWork, suppression_id: str, event_id: str, now: datetime, ids: IdSource) -> None:
    """End a suppression as far as an agreement reaches."""
    values = {"id": ids.new_id(), "suppression_id": suppression_id, "consent_event_id": event_id, "at": now}
    insert_row(uow, SuppressionLiftRow, values)


def erase(uow: UnitOfWork, lead_id: str, now: datetime) -> None:
    """Destroy a lead's key and everything in her row that could point at her."""
    remove_rows(uow, LeadKeyRow, [KEYS.c.lead_id == lead_id])
    blank = {"email_digest": "", "phone_digest": "", "sealed": b"", "timezone": "", "region": "", "erased_at": now}
    change_one(uow, LeadRow, [LEADS.c.id == lead_id, LEADS.c.erased_at.is_(None)], blank)


def events_of(connection: Connection, lead_id: str) -> tuple[ConsentEvent, ...]:
    """The ledger of one lead in its order."""
    query = select(EVENTS).where(EVENTS.c.lead_id == lead_id).order_by(EVENTS.c.recorded_at, EVENTS.c.id)
    return tuple(map(event_from, connection.execute(query)))


def suppressions_at(
    connection: Connection, digests: Collection[str], channel: str, purpose: str
) -> tuple[Suppression, ...]:
    """Suppressions of addresses that reach ``channel`` and ``purpose`` and were not ended for them, oldest first."""
    lifted = (
        select(LIFTS.c.id)
        .join(EVENTS, EVENTS.c.id == LIFTS.c.consent_event_id)
        .where(LIFTS.c.suppression_id == SUPPRESSIONS.c.id, EVENTS.c.channel == channel, EVENTS.c.purpose == purpose)
        .exists()
    )
    reaching = and_(
        SUPPRESSIONS.c.address_digest.in_([d for d in digests if d]),
        SUPPRESSIONS.c.channel.in_([channel, "*"]),
        SUPPRESSIONS.c.purpose.in_([purpose, "*"]),
    )
    query = select(SUPPRESSIONS).where(reaching, ~lifted).order_by(SUPPRESSIONS.c.since, SUPPRESSIONS.c.id)
    return tuple(map(suppression_from, connection.execute(query)))


def lead_ids_at(connection: Connection, digests: Collection[str]) -> dict[str, str]:
    """Lead id by e-mail digest, and by telephone digest where a lead has no e-mail address."""
    real = sorted({digest for digest in digests if digest})
    by_phone = and_(LEADS.c.email_digest == "", LEADS.c.phone_digest.in_(real))
    query = select(LEADS.c.id, LEADS.c.email_digest, LEADS.c.phone_digest)
    found = connection.execute(query.where(or_(LEADS.c.email_digest.in_(real), by_phone)).order_by(LEADS.c.id.desc()))
    return {email or phone: lead_id for lead_id, email, phone in found}


def lock_and_load(uow: UnitOfWork, lead_ids: Collection[str]) -> dict[str, Lead]:
    """Lock several leads in one order, then read them without their personal data."""
    locked = lock_leads(uow, lead_ids)
    rows = uow.connection.execute(leads_with_keys().where(LEADS.c.id.in_(locked)))
    return {row.id: lead_from(row, None) for row in rows}


def ledgers_of(connection: Connection, lead_ids: Collection[str]) -> dict[str, list[ConsentEvent]]:
    """The ledgers of several leads."""
    ledgers: dict[str, list[ConsentEvent]] = {lead_id: [] for lead_id in lead_ids}
    for row in connection.execute(select(EVENTS).where(EVENTS.c.lead_id.in_(list(lead_ids)))):
        ledgers[row.lead_id].append(event_from(row))
    return ledgers
