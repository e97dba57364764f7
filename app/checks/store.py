"""Finding reports in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.checks.model import Report, StoredReport
from app.checks.tables import FindingReportRow
from app.storage.rows import insert_row, table_of
from app.storage.unit_of_work import UnitOfWork

_REPORTS = table_of(FindingReportRow)


def find_report(connection: Connection, version_id: str, digest: str) -> StoredReport | None:
    """The report with this digest on this version."""
    query = select(_REPORTS).where(_REPORTS.c.version_id == version_id, _REPORTS.c.digest == digest)
    row = connection.execute(query).one_or_none()
    return stored(row) if row is not None else None


def latest_report(connection: Connection, version_id: str) -> StoredReport | None:
    """The newest report on a version."""
    newest = select(_REPORTS).where(_REPORTS.c.version_id == version_id)
    row = connection.execute(newest.order_by(_REPORTS.c.created_at.desc(), _REPORTS.c.id.desc()).limit(1)).one_or_none()
    return stored(row) if row is not None else None


def add_report(
    uow: UnitOfWork, report_id: str, version_id: str, closure_root: str, report: Report, now: datetime
) -> StoredReport:
    """Insert one report."""
    insert_row(
        uow,
        FindingReportRow,
        {
            "id": report_id,
            "version_id": version_id,
            "closure_root": closure_root,
            "pack_digest": report.pack_digest,
            "report": report.as_json(),
            "digest": report.digest,
            "blocks": report.blocks,
            "warns": report.warns,
            "created_at": now,
        },
    )
    return StoredReport(
        report_id,
        version_id,
        closure_root,
        report.pack_digest,
        report.digest,
        report.blocks,
        report.warns,
        report.as_json(),
        now,
    )


def stored(row: Row[Any]) -> StoredReport:
    """A row as a value."""
    return StoredReport(
        row.id,
        row.version_id,
        row.closure_root,
        row.pack_digest,
        row.digest,
        row.blocks,
        row.warns,
        row.report,
        row.created_at,
    )
