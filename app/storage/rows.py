"""Writing rows so that the log can account for them: insert, and change by conditional update."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, Table, and_, delete, insert, update

from app.kernel.clock import iso
from app.kernel.digest import Json, digest_of
from app.kernel.errors import StaleState
from app.storage.base import Base
from app.storage.unit_of_work import RowNote, UnitOfWork

Values = Mapping[str, Any]
RowLike = Mapping[str, Any] | RowMapping


def table_of(row_class: type[Base]) -> Table:
    """The Core table behind a row class."""
    table = row_class.__table__
    assert isinstance(table, Table)
    return table


def row_key(table: Table, row: RowLike) -> str:
    """The primary key of a row as text, parts joined by ``|`` in column order."""
    return "|".join(str(row[column.name]) for column in table.primary_key.columns)


def row_digest(table: Table, row: RowLike) -> str:
    """SHA-256 of the canonical JSON of a row: instants as text, bytes as hexadecimal."""
    return digest_of({column.name: _plain(row[column.name]) for column in table.columns})


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value  # type: ignore[no-any-return]


def insert_row(uow: UnitOfWork, row_class: type[Base], values: Values) -> None:
    """Insert one row. The database's own constraints may raise ``IntegrityError``."""
    insert_rows(uow, row_class, [values])


def insert_rows(uow: UnitOfWork, row_class: type[Base], rows: Sequence[Values]) -> None:
    """Insert rows of one table; all must name the same columns."""
    if not rows:
        return
    table = table_of(row_class)
    uow.connection.execute(insert(table), [dict(row) for row in rows])
    if table.info.get("protected"):
        for row in rows:
            whole = {column.name: row.get(column.name) for column in table.columns}
            uow.note_row(RowNote(table.name, row_key(table, whole), row_digest(table, whole)))


def change_rows(
    uow: UnitOfWork, row_class: type[Base], where: Sequence[ColumnElement[bool]], values: Values
) -> Sequence[Row[Any]]:
    """Update the rows that match ``where`` and return them as they now are; none is an answer."""
    table = table_of(row_class)
    changed = uow.connection.execute(update(table).where(and_(*where)).values(**values).returning(*table.columns)).all()
    if table.info.get("protected"):
        for row in changed:
            mapping = row._mapping
            uow.note_row(RowNote(table.name, row_key(table, mapping), row_digest(table, mapping)))
    return changed


def change_one(
    uow: UnitOfWork, row_class: type[Base], where: Sequence[ColumnElement[bool]], values: Values
) -> Row[Any]:
    """Update exactly one row, naming the state it must stand in; raises ``StaleState`` when somebody was first."""
    changed = change_rows(uow, row_class, where, values)
    if len(changed) != 1:
        raise StaleState(f"{table_of(row_class).name}: {len(changed)} rows stood as expected, not one")
    return changed[0]


def remove_rows(uow: UnitOfWork, row_class: type[Base], where: Sequence[ColumnElement[bool]]) -> int:
    """Delete rows that may be deleted, noting that they are gone; returns how many."""
    table = table_of(row_class)
    removed = uow.connection.execute(delete(table).where(and_(*where)).returning(*table.columns)).all()
    if table.info.get("protected"):
        for row in removed:
            uow.note_row(RowNote(table.name, row_key(table, row._mapping), None))
    return len(removed)
