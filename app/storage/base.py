"""Metadata, constraint names, and column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from app.kernel.clock import iso, parse_iso
from app.kernel.digest import Json, canonical

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""PostgreSQL cuts names at 63 characters: give long constraints short explicit names."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as fixed-width ISO 8601 text with microseconds, so that text order is time order.

    Text on both engines, because SQLite has no time type and because the bytes of a row must not depend on the engine
    when their digest goes into the log.
    """

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else iso(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else parse_iso(value)


class CanonicalJson(TypeDecorator[Json]):
    """A JSON value stored as its canonical text: same value, same bytes, on every engine."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        return None if value is None else json.loads(value)


Digest = String(64)
"""Lower-case hexadecimal SHA-256."""
Id = String(16)
"""An identifier made by :class:`app.kernel.ids.IdSource`."""
Code = String(64)
"""A member of a closed list."""
Blob = LargeBinary
BigCount = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every table of the program. Row classes end in ``Row`` and stay inside tables, store and queries."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: CanonicalJson, list[Any]: CanonicalJson}


R = TypeVar("R", bound=type[Base])


def protected(cls: R) -> R:
    """Mark a table whose every row the audit log must account for."""
    _table(cls).info["protected"] = True
    return cls


def append_only(cls: R) -> R:
    """Mark a protected table whose rows the database refuses to change or delete."""
    _table(cls).info.update(protected=True, append_only=True)
    return cls


def _table(cls: type[Base]) -> Table:
    table = cls.__table__
    assert isinstance(table, Table)
    return table
