"""What other stages and the shells may do with checks: run them, and keep what they say.

Programs that only check text, without a database, import :mod:`app.checks.linting` instead and start faster.
"""

from datetime import datetime

from app.accounts.model import Actor
from app.authoring.model import Version
from app.checks.linting import (
    ActivePacks,
    ExampleResult,
    active_packs,
    check_rendered,
    check_source,
    load_active,
    readability_of,
    test_pack,
)
from app.checks.model import Report, StoredReport
from app.checks.store import add_report, find_report
from app.kernel.ids import IdSource
from app.storage.unit_of_work import AuditNote, UnitOfWork

__all__ = [
    "ActivePacks",
    "ExampleResult",
    "active_packs",
    "check_rendered",
    "check_source",
    "load_active",
    "readability_of",
    "record_report",
    "test_pack",
]


def record_report(
    uow: UnitOfWork, version: Version, report: Report, *, actor: Actor, now: datetime, ids: IdSource
) -> StoredReport:
    """Store what the rules said about ``version``; the same report on the same version is stored once and returned again."""
    present = find_report(uow.connection, version.id, report.digest)
    if present is not None:
        return present
    kept = add_report(uow, ids.new_id(), version.id, version.closure.root, report, now)
    uow.note(
        AuditNote(
            action="checks.report.recorded",
            subject_kind="version",
            subject_id=version.id,
            actor=actor.person_id,
            at=now,
            data={
                "report": kept.id,
                "digest": report.digest,
                "pack_digest": report.pack_digest,
                "blocks": report.blocks,
                "warns": report.warns,
            },
        )
    )
    return kept
