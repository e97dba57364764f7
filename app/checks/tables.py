"""Rows of finding reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Digest, Id, append_only


@append_only
class FindingReportRow(Base):
    """What the rules said about one version; ``digest`` is that of the canonical report."""

    __tablename__ = "finding_reports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "closure_root"],
            ["content_versions.id", "content_versions.closure_root"],
            name="fk_finding_reports_version",
        ),
        UniqueConstraint("id", "version_id", "digest", "pack_digest", "blocks", name="uq_finding_reports_facts"),
        UniqueConstraint("version_id", "digest", name="uq_finding_reports_once"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    pack_digest: Mapped[str] = mapped_column(Digest)
    report: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(Digest)
    blocks: Mapped[int]
    warns: Mapped[int]
    created_at: Mapped[datetime]
