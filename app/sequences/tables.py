"""Rows of sequences and enrollments."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, BigCount, Blob, Code, Digest, Id, append_only, protected


@protected
class SequenceRow(Base):
    __tablename__ = "sequences"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


@protected
class SequenceVersionRow(Base):
    """``source`` is the exact bytes of the sequence file; only ``state`` ever changes."""

    __tablename__ = "sequence_versions"
    __table_args__ = (
        UniqueConstraint("sequence_id", "number", name="uq_sequence_versions_number"),
        UniqueConstraint("id", "sequence_id", name="uq_sequence_versions_sequence"),
        Index(
            "uq_sequence_versions_one_active",
            "sequence_id",
            unique=True,
            sqlite_where=text("state IN ('active', 'paused')"),
            postgresql_where=text("state IN ('active', 'paused')"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sequence_id: Mapped[str] = mapped_column(ForeignKey("sequences.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Code)
    state_since: Mapped[datetime]
    source: Mapped[bytes] = mapped_column(Blob)
    digest: Mapped[str] = mapped_column(Digest)
    lead_type: Mapped[str] = mapped_column(Code)
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


@append_only
class SequenceStepRow(Base):
    __tablename__ = "sequence_steps"
    __table_args__ = (
        CheckConstraint("(pin = 'exact') = (publication_id IS NOT NULL)", name="pin"),
        CheckConstraint("delay_seconds >= 0 AND useful_seconds > 0", name="times"),
    )
    sequence_version_id: Mapped[str] = mapped_column(ForeignKey("sequence_versions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[str] = mapped_column(ForeignKey("content_items.id"))
    channel: Mapped[str] = mapped_column(Code)
    pin: Mapped[str] = mapped_column(Code)
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("publications.id"))
    delay_seconds: Mapped[int] = mapped_column(BigCount)
    useful_seconds: Mapped[int] = mapped_column(BigCount)
    window: Mapped[dict[str, Any]]


@protected
class EnrollmentRow(Base):
    __tablename__ = "enrollments"
    __table_args__ = (
        Index(
            "uq_enrollments_one_active",
            "sequence_id",
            "lead_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "ix_enrollments_due",
            "next_due",
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sequence_id: Mapped[str] = mapped_column(ForeignKey("sequences.id"))
    sequence_version_id: Mapped[str] = mapped_column(ForeignKey("sequence_versions.id"))
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    state: Mapped[str] = mapped_column(Code)
    state_since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Code)
    next_step: Mapped[int | None]
    next_due: Mapped[datetime | None]
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[str] = mapped_column(Code)
