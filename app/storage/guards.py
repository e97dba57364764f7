"""What the database itself refuses, beyond keys and checks: triggers, written once for both dialects.

A guard is a SQL condition over ``NEW`` and ``OLD``; when it holds, the statement fails with the guard's message.
SQLite's batch alter rebuilds a table and silently drops its triggers, so a migration that uses it must call
:func:`create_guards` again for that table; a test compares the triggers of a migrated database with the declared ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, text


@dataclass(frozen=True, slots=True)
class Guard:
    """``name`` is the trigger; ``on`` is INSERT, UPDATE or DELETE; ``refuse_when`` is SQL both dialects understand."""

    name: str
    table: str
    on: str
    refuse_when: str
    message: str


def append_only_guards(metadata: MetaData) -> list[Guard]:
    """The two guards of every table marked append-only."""
    guards = []
    for table in metadata.sorted_tables:
        if table.info.get("append_only"):
            for on in ("UPDATE", "DELETE"):
                name = f"{table.name}_no_{on.lower()}"
                guards.append(Guard(name, table.name, on, "1 = 1", f"{table.name} is append-only"))
    return guards


def create_guards(connection: Connection, guards: Iterable[Guard]) -> None:
    """Create the triggers, replacing those of the same name."""
    for guard in guards:
        for statement in _create(guard, connection.dialect.name):
            connection.execute(text(statement))


def drop_guards(connection: Connection, guards: Iterable[Guard]) -> None:
    """Drop the triggers that exist."""
    for guard in guards:
        for statement in _drop(guard, connection.dialect.name):
            connection.execute(text(statement))


def _create(guard: Guard, dialect: str) -> list[str]:
    message = guard.message.replace("'", "''")
    if dialect == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {guard.name}",
            f"CREATE TRIGGER {guard.name} BEFORE {guard.on} ON {guard.table} FOR EACH ROW WHEN {guard.refuse_when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    kept = "OLD" if guard.on == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {guard.refuse_when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {kept}; END $$",
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.on} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]


def _drop(guard: Guard, dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {guard.name}"]
    return [f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}", f"DROP FUNCTION IF EXISTS {guard.name}()"]


def present_guards(connection: Connection) -> set[str]:
    """Names of the triggers that a database really has."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return {row[0] for row in connection.execute(text(query))}


def transition_guard(name: str, table: str, column: str, moves: Iterable[tuple[str, str]]) -> Guard:
    """Refuse any change of ``column`` that is not one of ``moves`` (from, to): the printed table, held by the database."""
    allowed = " OR ".join(f"(OLD.{column} = '{a}' AND NEW.{column} = '{b}')" for a, b in sorted(set(moves))) or "1 = 0"
    condition = f"OLD.{column} <> NEW.{column} AND NOT ({allowed})"
    return Guard(name, table, "UPDATE", condition, f"{table}: this change of {column} is not in the transition table")
