"""Rows of delivery: an attempt needs a committed permit for that message, that address and those bytes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, append_only


@append_only
class AttemptRow(Base):
    """Written in the release transaction. At most one attempt of a message may ever stand without a definite "did not leave"."""

    __tablename__ = "attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            [
                "decision_id",
                "message_id",
                "epoch",
                "phase",
                "verdict",
                "address_digest",
                "closure_root",
                "rendered_digest",
            ],
            [
                "decisions.id",
                "decisions.message_id",
                "decisions.epoch",
                "decisions.phase",
                "decisions.verdict",
                "decisions.address_digest",
                "decisions.closure_root",
                "decisions.rendered_digest",
            ],
            name="fk_attempts_permit",
        ),
        CheckConstraint("verdict = 'permit' AND phase = 'release'", name="permit"),
        UniqueConstraint("decision_id", name="uq_attempts_decision"),
        UniqueConstraint("message_id", "epoch", name="uq_attempts_epoch"),
        Index("ix_attempts_released", "released_at"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    decision_id: Mapped[str] = mapped_column(Id)
    message_id: Mapped[str] = mapped_column(Id)
    epoch: Mapped[int]
    phase: Mapped[str] = mapped_column(Code)
    verdict: Mapped[str] = mapped_column(Code)
    address_digest: Mapped[str] = mapped_column(Digest)
    closure_root: Mapped[str] = mapped_column(Digest)
    rendered_digest: Mapped[str] = mapped_column(Digest)
    message_id_header: Mapped[str] = mapped_column(Text)
    worker: Mapped[str] = mapped_column(Code)
    released_at: Mapped[datetime]


@append_only
class ReceiptRow(Base):
    """How an attempt ended. ``source`` says who knew: the wire, the journal, or recovery after a lost worker."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('accepted', 'rejected', 'deferred', 'aborted_before_dot', 'unknown')", name="outcome"
        ),
        UniqueConstraint("attempt_id", name="uq_receipts_attempt"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"))
    outcome: Mapped[str] = mapped_column(Code)
    phase: Mapped[str] = mapped_column(Code)
    code: Mapped[int | None]
    reply: Mapped[str] = mapped_column(Text)
    queue_id: Mapped[str] = mapped_column(Code)
    source: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime]
