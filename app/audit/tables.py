"""Rows of the log. The head is the one row that changes; its truth is recomputed from the leaves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, BigCount, CanonicalJson, Code, Digest, append_only


class AuditEventRow(Base):
    """One leaf. ``leaf`` is the hashed text; the other columns repeat parts of it for searching."""

    __tablename__ = "audit_events"
    __table_args__ = ({"info": {"append_only": True}},)
    index: Mapped[int] = mapped_column(BigCount, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Code, index=True)
    action: Mapped[str] = mapped_column(Code, index=True)
    subject_kind: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[str] = mapped_column(Code, index=True)
    leaf: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[str] = mapped_column(Digest)


class AuditHeadRow(Base):
    """The frontier of the tree; one row, locked by whoever appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigCount)
    frontier: Mapped[list[str]] = mapped_column(CanonicalJson)
    last_at: Mapped[datetime | None]


@append_only
class CheckpointRow(Base):
    """A signed statement of size and root, itself accounted for by the leaf that its signing left."""

    __tablename__ = "checkpoints"
    size: Mapped[int] = mapped_column(BigCount, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(Digest)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
