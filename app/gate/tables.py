"""Rows of the gate: every decision with every reason and input; kill switches."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, append_only, protected


@append_only
class DecisionRow(Base):
    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["message_id", "address_digest"], ["messages.id", "messages.address_digest"], name="fk_decisions_message"
        ),
        ForeignKeyConstraint(
            ["publication_id", "closure_root"],
            ["publications.id", "publications.closure_root"],
            name="fk_decisions_bytes",
        ),
        UniqueConstraint("message_id", "epoch", "phase", name="uq_decisions_once"),
        UniqueConstraint(
            "id",
            "message_id",
            "epoch",
            "phase",
            "verdict",
            "address_digest",
            "closure_root",
            "rendered_digest",
            name="uq_decisions_permit",
        ),
        CheckConstraint("verdict IN ('permit', 'hold', 'refuse')", name="verdict"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(Id, index=True)
    epoch: Mapped[int]
    phase: Mapped[str] = mapped_column(Code)
    verdict: Mapped[str] = mapped_column(Code)
    address_digest: Mapped[str] = mapped_column(Digest)
    publication_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    rendered_digest: Mapped[str] = mapped_column(Digest)
    reasons: Mapped[list[Any]]
    results: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    facts_digest: Mapped[str] = mapped_column(Digest)
    effective_at: Mapped[datetime]


@protected
class KillSwitchRow(Base):
    """Stops everything (scope ``all``) or one sequence (scope its id) until a person lets go of it."""

    __tablename__ = "kill_switches"
    __table_args__ = (
        Index(
            "uq_kill_switches_engaged",
            "scope",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text)
    engaged_by: Mapped[str] = mapped_column(Code)
    engaged_at: Mapped[datetime]
    released_by: Mapped[str | None] = mapped_column(Code)
    released_at: Mapped[datetime | None]
