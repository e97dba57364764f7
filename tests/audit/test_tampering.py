"""Every stored value of every protected row, changed once each, on a copy of a real database."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Integer, Table, Text

from app.audit.operations import verify_all
from app.insights.schema import metadata
from app.storage.base import CanonicalJson, Instant
from app.storage.engine import open_engine, sqlite_url
from app.storage.unit_of_work import Units
from tests.audit.conftest import LOG, audit, drop_all_guards

OTHER_LOG_TABLES = ("audit_events", "audit_head")


def test_every_random_change_of_one_stored_value_is_found(lived_in: Units, tmp_path: Path) -> None:
    """Each protected table, each row, each column, and each row once removed or doubled; on a copy of the file."""
    if lived_in.engine.dialect.name != "sqlite":
        pytest.skip("the mutations are the same on PostgreSQL; copying a file makes them cheap")
    source = open_engine(sqlite_url(tmp_path / "copy.sqlite3"))
    with lived_in.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'copy.sqlite3'}'")
        connection.exec_driver_sql("BEGIN")
    drop_all_guards(source)
    assert audit(source).ok
    missed = [label for label, statement in mutations(source) if not found(source, statement)]
    assert missed == []
    assert audit(source).ok, "the loop left the copy as it was"
    source.dispose()


def found(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("BEGIN")
        try:
            assert connection.exec_driver_sql(statement).rowcount == 1, statement
            return not verify_all(connection, metadata().sorted_tables, LOG).ok
        finally:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
            connection.exec_driver_sql("BEGIN")


def mutations(engine: Engine) -> Iterator[tuple[str, str]]:
    draw = random.Random(20260302)
    tables = [t for t in metadata().sorted_tables if t.info.get("protected") or t.name in OTHER_LOG_TABLES]
    with engine.connect() as connection:
        held = {
            t.name: list(connection.exec_driver_sql(f"SELECT rowid AS place, * FROM {t.name}").mappings())
            for t in tables
        }
    for table in tables:
        for row in held[table.name]:
            where = f"WHERE rowid = {row['place']}"
            yield f"delete {table.name} {row['place']}", f"DELETE FROM {table.name} {where}"
            for column in table.columns:
                for value in other_values(table, column.name, row[column.name], draw):
                    label = f"{table.name}.{column.name} {row[column.name]!r} -> {value}"
                    yield label, f'UPDATE {table.name} SET "{column.name}" = {value} {where}'


def other_values(table: Table, column: str, value: object, draw: random.Random) -> Iterator[str]:
    kind = table.columns[column].type
    if isinstance(kind, Integer):
        yield str(int(str(value)) + draw.choice([100, 1_000, 77_777]))
        return
    shown = "" if value is None else str(value).replace("'", "''")
    yield f"'{shown} '"
    if isinstance(kind, CanonicalJson) and shown:
        yield f"'{shown[:-1]}, 1{shown[-1]}'"
    if isinstance(kind, Instant) and shown:
        yield f"'{shown[:-1]}+00:00'"
        yield f"'{shown[:2]}99{shown[4:]}'"
    if isinstance(kind, Text) and shown:
        at = draw.randrange(len(shown.replace("''", "x")))
        plain = str(value)
        yield "'" + (plain[:at] + ("0" if plain[at] != "0" else "1") + plain[at + 1 :]).replace("'", "''") + "'"
    if table.columns[column].nullable and value is not None:
        yield "NULL"
