"""Questions about stored reports."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.checks.model import StoredReport
from app.checks.store import latest_report, stored
from app.checks.tables import FindingReportRow
from app.storage.rows import table_of


def report_of_version(connection: Connection, version_id: str) -> StoredReport | None:
    """The newest report on a version, or None when it was never checked."""
    return latest_report(connection, version_id)


def reports_of_version(connection: Connection, version_id: str) -> Sequence[StoredReport]:
    """Every report on a version, the newest first."""
    table = table_of(FindingReportRow)
    query = select(table).where(table.c.version_id == version_id).order_by(table.c.created_at.desc(), table.c.id.desc())
    return [stored(row) for row in connection.execute(query)]
