"""Rows of people, their roles, their sessions and their confirmations."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.base import Base, Code, Digest, Id, append_only, protected


@protected
class PersonRow(Base):
    __tablename__ = "people"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime]


@protected
class PersonRoleRow(Base):
    __tablename__ = "person_roles"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Code, primary_key=True)
    granted_by: Mapped[str] = mapped_column(Code)
    granted_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in browser or terminal. ``id`` is the SHA-256 of the token that only its holder knows."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(Digest, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@protected
class StepUpRow(Base):
    """A fresh confirmation of identity, good for one act on one digest with one meaning, once."""

    __tablename__ = "step_ups"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    session_id: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(Code)
    digest: Mapped[str] = mapped_column(Digest)
    meaning: Mapped[str] = mapped_column(Code)
    method: Mapped[str] = mapped_column(Code)
    granted_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


@append_only
class FailedSignInRow(Base):
    """One wrong secret; counted for the back-off, never with the secret or the plain address."""

    __tablename__ = "failed_sign_ins"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login_digest: Mapped[str] = mapped_column(Digest, index=True)
    at: Mapped[datetime]
