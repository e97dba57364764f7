"""Rows of the outbox."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, protected


@protected
class MessageRow(Base):
    """Publications and enrollments are named by table, not by import: a key that runs against the import order."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("dedupe_key", name="uq_messages_once"),
        UniqueConstraint("id", "address_digest", name="uq_messages_address"),
        ForeignKeyConstraint(
            ["publication_id", "closure_root"],
            ["publications.id", "publications.closure_root"],
            name="fk_messages_bytes",
        ),
        ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_messages_lead"),
        ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name="fk_messages_enrollment"),
        CheckConstraint("epoch >= 0", name="epoch"),
        Index(
            "ix_messages_due",
            "due_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_messages_leases",
            "lease_until",
            sqlite_where=text("state IN ('claimed', 'released')"),
            postgresql_where=text("state IN ('claimed', 'released')"),
        ),
        Index("ix_messages_publication", "publication_id", "state"),
        Index("ix_messages_lead", "lead_id", "state_since"),
        Index("ix_messages_enrollment", "enrollment_id", "step_number"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(Code)
    topic: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(Code)
    lead_id: Mapped[str] = mapped_column(Id)
    address_digest: Mapped[str] = mapped_column(Digest)
    enrollment_id: Mapped[str] = mapped_column(Id)
    step_number: Mapped[int]
    item_id: Mapped[str] = mapped_column(ForeignKey("content_items.id"))
    pin: Mapped[str] = mapped_column(Code)
    publication_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Code)
    state_since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Code)
    epoch: Mapped[int]
    worker: Mapped[str] = mapped_column(Code)
    lease_until: Mapped[datetime | None]
    tries: Mapped[int]
    planned_at: Mapped[datetime]
