"""Content as tests need it: a plausible file, saved as a version through authoring, with its finding report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts.model import Actor, Role
from app.authoring.model import Imported, Version
from app.authoring.operations import ImportSource, import_source
from app.authoring.tables import SenderRow
from app.checks.tables import FindingReportRow
from app.kernel.digest import digest_of
from app.kernel.ids import IdSource
from app.storage.rows import insert_row, table_of
from app.storage.unit_of_work import AuditNote, UnitOfWork

ADA = Actor("ada", "Ada Writer", frozenset({Role.WRITER}))
PACK_DIGEST = digest_of("rule packs of tests")
BODY = """# Getting ready

Hello {{ first_name }},

We look forward to your visit. Please bring your card and arrive ten minutes early.

{{ postal_address }}

[Stop these messages]({{ unsubscribe_url }})
"""
SMS_BODY = "Northgate Clinics: your visit is on the calendar. Reply STOP to opt out.\n"


@dataclass(frozen=True, slots=True)
class Report:
    """A stored finding report."""

    id: str
    digest: str
    pack_digest: str


def content_source(key: str = "imaging-prep", body: str = BODY, **changes: str) -> bytes:
    """A content file. ``changes`` replace or add front matter lines; an empty text leaves the line out."""
    lines: Mapping[str, str] = {
        "id": key,
        "title": "Getting ready for your visit",
        "type": "email",
        "audience": "patients",
        "lead_type": "patient",
        "purpose": "education",
        "stage": "information",
        "locale": "en-US",
        "owner": "max@clinic.example",
        "review_every_days": "180",
        "sender": "northgate",
        "subject": "Getting ready for your visit",
        "cta": "{label: Read more, url: 'https://clinic.example/ready'}",
        "jurisdictions": "[US]",
        "service_line": "imaging",
        "fallbacks": "{first_name: there}",
        **changes,
    }
    if lines["type"] == "sms":
        lines = {**lines, "subject": "", "cta": "", "fallbacks": ""}
    head = "".join(f"{name}: {value}\n" for name, value in lines.items() if value)
    return f"---\n{head}---\n{body}".encode()


def make_sender(uow: UnitOfWork, now: datetime, key: str = "northgate") -> None:
    """A sender profile, once."""
    table = table_of(SenderRow)
    if uow.connection.execute(select(table.c.key).where(table.c.key == key)).first():
        return
    values = {
        "key": key,
        "number": 1,
        "display_name": "Northgate Clinics",
        "from_address": "care@clinic.example",
        "reply_to": "care@clinic.example",
        "organisation": "Northgate Clinics",
        "postal_address": "12 River Road, Springfield, IL 62701, USA",
        "created_by": "setup",
        "created_at": now,
    }
    insert_row(uow, SenderRow, values)
    uow.note(AuditNote("sender.edition.created", "sender", key, "setup", now))


def make_version(
    uow: UnitOfWork,
    key: str = "imaging-prep",
    *,
    now: datetime,
    ids: IdSource,
    body: str = BODY,
    actor: Actor = ADA,
    **changes: str,
) -> Version:
    """A new version of ``key``, written by ``actor``; the people of the fixtures must be saved already."""
    make_sender(uow, now)
    source = content_source(key, body, **changes)
    imported = import_source(uow, ImportSource(source, f"{key}.md"), actor=actor, now=now, ids=ids)
    assert isinstance(imported, Imported), imported
    return imported.version


def make_report(uow: UnitOfWork, version: Version, *, now: datetime, ids: IdSource, blocks: int = 0) -> Report:
    """A finding report on a version, without running any rule."""
    report: dict[str, object] = {"pack_digest": PACK_DIGEST, "blocks": blocks, "warns": 0, "findings": []}
    made = Report(ids.new_id(), digest_of(report), PACK_DIGEST)  # type: ignore[arg-type]
    values = {
        "id": made.id,
        "version_id": version.id,
        "closure_root": version.closure.root,
        "pack_digest": PACK_DIGEST,
        "report": report,
        "digest": made.digest,
        "blocks": blocks,
        "warns": 0,
        "created_at": now,
    }
    insert_row(uow, FindingReportRow, values)
    uow.note(AuditNote("checks.report.recorded", "version", version.id, "setup", now, {"report": made.digest}))
    return made
