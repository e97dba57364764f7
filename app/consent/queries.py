"""Questions about leads and their consent."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from app.consent import store
from app.consent.ledger import fold
from app.consent.model import ConsentChannel, ConsentEvent, Lead, Standing, Suppression
from app.consent.store import EVENTS, LEADS, lead_from, leads_with_keys
from app.consent.vault import Vault


def lead(connection: Connection, lead_id: str, vault: Vault | None) -> Lead | None:
    """One lead, her data opened with ``vault``; None when there is none."""
    row = connection.execute(leads_with_keys().where(LEADS.c.id == lead_id)).one_or_none()
    return None if row is None else lead_from(row, vault)


def lead_by_address(connection: Connection, address: str, vault: Vault) -> Lead | None:
    """The lead of an e-mail address, or the oldest of a telephone number. Raises ``BadInput`` for neither."""
    digest = vault.digest(address)
    at = or_(LEADS.c.email_digest == digest, LEADS.c.phone_digest == digest)
    row = connection.execute(
        leads_with_keys().where(at).order_by(LEADS.c.created_at, LEADS.c.id).limit(1)
    ).one_or_none()
    return None if row is None or not digest else lead_from(row, vault)


def leads(connection: Connection, vault: Vault | None, *, limit: int = 50, after: str = "") -> tuple[Lead, ...]:
    """Leads by id, ``after`` one; without a vault their data stay closed."""
    page = leads_with_keys().where(LEADS.c.id > after).order_by(LEADS.c.id).limit(limit)
    return tuple(lead_from(row, vault) for row in connection.execute(page))


def leads_by_id(connection: Connection, lead_ids: list[str], vault: Vault | None) -> Mapping[str, Lead]:
    """Several leads at once, by id."""
    rows = connection.execute(leads_with_keys().where(LEADS.c.id.in_(lead_ids)))
    return {row.id: lead_from(row, vault) for row in rows}


def count_leads(connection: Connection) -> int:
    """How many leads there are, erased ones left out."""
    return connection.execute(select(func.count()).where(LEADS.c.erased_at.is_(None))).scalar_one()


def events(connection: Connection, lead_id: str) -> tuple[ConsentEvent, ...]:
    """The ledger of one lead in its order."""
    return store.events_of(connection, lead_id)


def standing(connection: Connection, lead_id: str, channel: ConsentChannel, purpose: str, at: datetime) -> Standing:
    """Consent of one lead at one instant. Suppression is another question."""
    return fold(events(connection, lead_id), channel, purpose, at)


def standings(connection: Connection, lead_id: str, at: datetime) -> tuple[tuple[ConsentChannel, str, Standing], ...]:
    """Every channel and purpose that a lead's ledger names, each with its standing."""
    ledger = events(connection, lead_id)
    purposes = sorted({event.purpose for event in ledger} - {"*"})
    return tuple((c, p, fold(ledger, c, p, at)) for p in purposes for c in ConsentChannel)


def suppressions(connection: Connection, address_digest: str, channel: str, purpose: str) -> tuple[Suppression, ...]:
    """What keeps an address from receiving on a channel for a purpose; empty when nothing does."""
    return store.suppressions_at(connection, [address_digest], channel, purpose)


def suppressions_of(connection: Connection, lead_: Lead) -> tuple[Suppression, ...]:
    """Every suppression recorded for a lead's addresses, whatever its scope, ended in part or not; oldest first."""
    table = store.SUPPRESSIONS
    digests = [digest for digest in (lead_.email_digest, lead_.phone_digest) if digest]
    query = select(table).where(table.c.address_digest.in_(digests)).order_by(table.c.since, table.c.id)
    return tuple(map(store.suppression_from, connection.execute(query)))


def purposes(connection: Connection) -> tuple[str, ...]:
    """Every purpose the ledger names."""
    return tuple(
        connection.execute(
            select(EVENTS.c.purpose).where(EVENTS.c.purpose != "*").distinct().order_by(EVENTS.c.purpose)
        ).scalars()
    )
