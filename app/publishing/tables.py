"""Rows of publication: what was published for ever, and the head that recall and release both lock."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, append_only, protected


@append_only
class PublicationRow(Base):
    __tablename__ = "publications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "outcome"], ["review_rounds.id", "review_rounds.state"], name="fk_publications_round"
        ),
        ForeignKeyConstraint(
            ["round_id", "version_id", "closure_root"],
            ["review_rounds.id", "review_rounds.version_id", "review_rounds.closure_root"],
            name="fk_publications_bytes",
        ),
        ForeignKeyConstraint(
            ["version_id", "item_id"], ["content_versions.id", "content_versions.item_id"], name="fk_publications_item"
        ),
        CheckConstraint("outcome = 'approved'", name="approved"),
        CheckConstraint("valid_from < valid_until", name="window"),
        UniqueConstraint("round_id", name="uq_publications_round"),
        UniqueConstraint("id", "closure_root", name="uq_publications_bytes"),
        UniqueConstraint("id", "item_id", "channel", name="uq_publications_item"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id, index=True)
    version_id: Mapped[str] = mapped_column(Id)
    closure_root: Mapped[str] = mapped_column(Digest)
    round_id: Mapped[str] = mapped_column(Id)
    outcome: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(Code)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    review_by: Mapped[datetime]
    owner_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    published_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime]


@protected
class PublicationHeadRow(Base):
    """The state of a publication. Recall takes this row's lock before it looks, and so does release."""

    __tablename__ = "publication_heads"
    __table_args__ = (
        ForeignKeyConstraint(
            ["publication_id", "item_id", "channel"],
            ["publications.id", "publications.item_id", "publications.channel"],
            name="fk_publication_heads_publication",
        ),
        Index(
            "uq_publication_heads_one_live",
            "item_id",
            "channel",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )
    publication_id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(Code)
    state: Mapped[str] = mapped_column(Code)
    since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Code)
