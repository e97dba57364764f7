"""Rows of consent. Addresses stand here only sealed or as keyed digests."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Blob, Code, Digest, Id, append_only, protected


@protected
class LeadRow(Base):
    """``sealed`` is personal data under the lead's own key; erasing destroys the key and empties the digests."""

    __tablename__ = "leads"
    __table_args__ = (
        Index("ix_leads_phone", "phone_digest"),
        Index(
            "uq_leads_email",
            "email_digest",
            unique=True,
            sqlite_where=text("email_digest <> ''"),
            postgresql_where=text("email_digest <> ''"),
        ),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_type: Mapped[str] = mapped_column(Code)
    timezone: Mapped[str] = mapped_column(Code)
    region: Mapped[str] = mapped_column(Code)
    locale: Mapped[str] = mapped_column(Code)
    source: Mapped[str] = mapped_column(String(120))
    email_digest: Mapped[str] = mapped_column(String(64))
    phone_digest: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(Blob)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Code)
    erased_at: Mapped[datetime | None]


class LeadKeyRow(Base):
    """The key of one lead's sealed data; gone once she was erased."""

    __tablename__ = "lead_keys"
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(Blob)


@append_only
class ConsentEventRow(Base):
    __tablename__ = "consent_events"
    __table_args__ = (
        Index("ix_consent_events_ledger", "lead_id", "channel", "purpose", "recorded_at"),
        CheckConstraint("act IN ('agreed', 'withdrew')", name="act"),
        CheckConstraint("proof IN ('asserted', 'single', 'double', 'signed')", name="proof"),
        CheckConstraint("act <> 'agreed' OR proof = 'asserted' OR wording_version_id IS NOT NULL", name="wording"),
        CheckConstraint("act <> 'agreed' OR (channel <> '*' AND purpose <> '*')", name="named_scope"),
        CheckConstraint("act <> 'agreed' OR proof = 'asserted' OR source NOT LIKE 'import:%'", name="import_lowers"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"))
    channel: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)
    seller: Mapped[str] = mapped_column(Code)
    act: Mapped[str] = mapped_column(Code)
    proof: Mapped[str] = mapped_column(Code)
    wording_version_id: Mapped[str | None] = mapped_column(ForeignKey("content_versions.id"))
    source: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Code)
    jurisdiction: Mapped[str] = mapped_column(Code)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


@append_only
class SuppressionRow(Base):
    """Survives the lead. ``channel`` and ``purpose`` may be ``*``."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("ix_suppressions_address", "address_digest", "channel", "purpose"),
        CheckConstraint("address_digest <> ''", name="address"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    address_digest: Mapped[str] = mapped_column(Digest)
    channel: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str] = mapped_column(Code)
    reason: Mapped[str] = mapped_column(Code)
    since: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Code)


@append_only
class SuppressionLiftRow(Base):
    """A suppression by opt-out, ended by a later agreement of the person herself that is proven double or signed.

    It ends for the channel and purpose of that agreement only; whatever else the suppression covers stays covered.
    """

    __tablename__ = "suppression_lifts"
    __table_args__ = (UniqueConstraint("suppression_id", "consent_event_id", name="uq_suppression_lifts_once"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    suppression_id: Mapped[str] = mapped_column(ForeignKey("suppressions.id"))
    consent_event_id: Mapped[str] = mapped_column(ForeignKey("consent_events.id"))
    at: Mapped[datetime]
