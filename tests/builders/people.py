"""Everybody of the fixtures, saved without a fixture: for databases that are made once and copied."""

from app.accounts.model import PersonState, Role
from app.accounts.tables import PersonRoleRow, PersonRow
from app.storage.rows import insert_rows
from app.storage.unit_of_work import AuditNote, Units
from tests.fakes import MONDAY

EVERYBODY = {
    "ada": ("Ada Writer", Role.WRITER),
    "mara": ("Mara Medical", Role.MEDICAL),
    "lev": ("Lev Legal", Role.LEGAL),
    "cora": ("Cora Compliance", Role.COMPLIANCE),
    "max": ("Max Campaigns", Role.CAMPAIGN_MANAGER),
    "cleo": ("Cleo Contacts", Role.CRM_ADMIN),
    "ari": ("Ari Auditor", Role.AUDITOR),
    "nora": ("Nora Administrator", Role.ADMINISTRATOR),
    "otto": ("Otto Outsider", None),
}
"""Name and role by person id."""


def save_people(units: Units, *, domain: str = "clinic.example", password_hash: str = "x") -> None:
    """Active accounts of everybody. ``password_hash`` is the same for all; ``x`` lets nobody sign in."""
    persons = [
        {
            "id": key,
            "email": f"{key}@{domain}",
            "name": name,
            "password_hash": password_hash,
            "state": PersonState.ACTIVE.value,
            "created_at": MONDAY,
        }
        for key, (name, _) in EVERYBODY.items()
    ]
    roles = [
        {"person_id": key, "role": role.value, "granted_by": "setup", "granted_at": MONDAY}
        for key, (_, role) in EVERYBODY.items()
        if role is not None
    ]
    with units() as uow:
        insert_rows(uow, PersonRow, persons)
        insert_rows(uow, PersonRoleRow, roles)
        uow.note(AuditNote("accounts.people.added", "people", "setup", "setup", MONDAY))
        uow.commit()
