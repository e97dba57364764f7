"""Rows of review. Pairing by composite keys: what a row depends on is copied into it and held there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, append_only, protected


@protected
class ReviewRoundRow(Base):
    __tablename__ = "review_rounds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "closure_root"],
            ["content_versions.id", "content_versions.closure_root"],
            name="fk_review_rounds_version",
        ),
        ForeignKeyConstraint(
            ["version_id", "item_id"], ["content_versions.id", "content_versions.item_id"], name="fk_review_rounds_item"
        ),
        ForeignKeyConstraint(
            ["report_id", "version_id", "report_digest", "pack_digest", "report_blocks"],
            [
                "finding_reports.id",
                "finding_reports.version_id",
                "finding_reports.digest",
                "finding_reports.pack_digest",
                "finding_reports.blocks",
            ],
            name="fk_review_rounds_report",
        ),
        CheckConstraint("report_blocks = 0", name="no_block_findings"),
        UniqueConstraint("id", "state", name="uq_review_rounds_outcome"),
        UniqueConstraint("id", "version_id", "closure_root", name="uq_review_rounds_bytes"),
        Index(
            "uq_review_rounds_one_open",
            "item_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id)
    version_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    report_id: Mapped[str] = mapped_column(Id)
    report_digest: Mapped[str] = mapped_column(Digest)
    report_blocks: Mapped[int]
    pack_digest: Mapped[str] = mapped_column(Digest)
    policy: Mapped[str] = mapped_column(Code)
    policy_digest: Mapped[str] = mapped_column(Digest)
    max_valid_days: Mapped[int]
    state: Mapped[str] = mapped_column(Code)
    state_since: Mapped[datetime]
    submitted_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)


@append_only
class RoundRoleRow(Base):
    """A role that must sign the round."""

    __tablename__ = "round_roles"
    round_id: Mapped[str] = mapped_column(ForeignKey("review_rounds.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Code, primary_key=True)


@append_only
class SignatureRow(Base):
    __tablename__ = "signatures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "version_id", "closure_root"],
            ["review_rounds.id", "review_rounds.version_id", "review_rounds.closure_root"],
            name="fk_signatures_bytes",
        ),
        ForeignKeyConstraint(
            ["round_id", "role"], ["round_roles.round_id", "round_roles.role"], name="fk_signatures_role"
        ),
        UniqueConstraint("round_id", "signer_id", name="uq_signatures_signer"),
        UniqueConstraint("round_id", "role", name="uq_signatures_role"),
        UniqueConstraint("step_up_id", name="uq_signatures_step_up"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(Id)
    version_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    signer_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    signer_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(Code)
    meaning: Mapped[str] = mapped_column(Code)
    step_up_id: Mapped[str] = mapped_column(ForeignKey("step_ups.id"))
    statement: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    key_id: Mapped[str] = mapped_column(Code)
    signed_at: Mapped[datetime]


@append_only
class ReviewDecisionRow(Base):
    """A round ended by a person without approval: changes requested, declined, or withdrawn by its submitter."""

    __tablename__ = "review_decisions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("review_rounds.id"), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


@protected
class ThreadRow(Base):
    __tablename__ = "review_threads"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("review_rounds.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(64))
    suffix: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(Code)
    opened_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]


@append_only
class CommentRow(Base):
    __tablename__ = "review_comments"
    __table_args__ = (CheckConstraint("length(body) > 0", name="body"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("review_threads.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
