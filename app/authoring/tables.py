"""Rows of content: items, immutable versions, who wrote which leaf, sender profiles."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Blob, Code, Digest, Id, append_only, protected


@append_only
class SenderRow(Base):
    """One numbered edition of a sender profile; a change is a new edition."""

    __tablename__ = "senders"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    display_name: Mapped[str] = mapped_column(String(120))
    from_address: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str] = mapped_column(String(200))
    postal_address: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime]


@protected
class ContentItemRow(Base):
    __tablename__ = "content_items"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(Code)
    owner_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


@append_only
class ContentVersionRow(Base):
    """``source`` is the exact bytes of the content file; ``leaves`` maps leaf names to content digests."""

    __tablename__ = "content_versions"
    __table_args__ = (
        UniqueConstraint("item_id", "number", name="uq_content_versions_number"),
        UniqueConstraint("id", "closure_root", name="uq_content_versions_root"),
        UniqueConstraint("id", "item_id", name="uq_content_versions_item"),
        CheckConstraint("number >= 1", name="number"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("content_items.id"))
    number: Mapped[int]
    source: Mapped[bytes] = mapped_column(Blob)
    source_digest: Mapped[str] = mapped_column(Digest)
    metadata_json: Mapped[dict[str, Any]]
    sender_json: Mapped[dict[str, Any] | None]
    skeleton: Mapped[dict[str, Any]]
    leaves: Mapped[dict[str, Any]]
    closure_root: Mapped[str] = mapped_column(Digest)
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("content_versions.id"))


@append_only
class LeafAuthorRow(Base):
    """Someone who edited this leaf in this version or in any earlier version it was carried from."""

    __tablename__ = "leaf_authors"
    version_id: Mapped[str] = mapped_column(ForeignKey("content_versions.id"), primary_key=True)
    leaf: Mapped[str] = mapped_column(String(120), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
