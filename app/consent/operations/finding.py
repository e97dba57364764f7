"""Looking a lead up by her address, which is written down: whoever searches for people leaves a trace."""

from datetime import datetime

from app.accounts.model import Actor, Permission
from app.consent import queries
from app.consent.model import Lead
from app.consent.vault import Vault
from app.kernel.finding import Refusal
from app.storage.unit_of_work import AuditNote, UnitOfWork


def find_lead(uow: UnitOfWork, address: str, *, actor: Actor, now: datetime, vault: Vault) -> Lead | Refusal | None:
    """The lead of an exact address, or None; either way the search is on record, without the address.

    Raises ``BadInput`` for what is no address.
    """
    if not actor.may(Permission.READ_LEADS):
        return Refusal("not_permitted", {"permission": Permission.READ_LEADS.value})
    found = queries.lead_by_address(uow.connection, address, vault)
    subject = "nobody" if found is None else found.id
    uow.note(AuditNote("consent.lead.looked_up", "lead", subject, actor.person_id, now))
    return found
