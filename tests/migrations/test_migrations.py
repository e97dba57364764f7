"""Migrations: they make what the models say, on both databases, forwards and backwards, with their triggers."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.audit.store import tree_head
from app.insights.schema import STAGES, guards, metadata
from app.storage import migrate
from app.storage.engine import open_engine, sqlite_url
from app.storage.guards import create_guards, present_guards
from app.storage.unit_of_work import Units
from tests.servers import postgres

VERSIONS = migrate.MIGRATIONS / "versions"
NEXT = "; write the next migration with `make migration` (or, before the first release, `make spine`)"


@pytest.fixture
def empty(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An engine on a database without any table."""
    if dialect == "sqlite":
        engine = open_engine(sqlite_url(tmp_path / "empty.sqlite3"))
        yield engine
        engine.dispose()
        return
    server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create()
    engine = open_engine(server.url(name))
    yield engine
    engine.dispose()
    server.drop(name)


def shape(connection: Connection) -> dict[str, Any]:
    """Everything the database itself says about every table but Alembic's own."""
    seen = inspect(connection)
    tables = [name for name in seen.get_table_names() if name != "alembic_version"]
    return {
        name: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c.get("default")) for c in seen.get_columns(name)},
            "key": seen.get_pk_constraint(name),
            "foreign": _sorted(seen.get_foreign_keys(name)),
            "unique": _sorted(seen.get_unique_constraints(name)),
            "checks": _sorted(seen.get_check_constraints(name)),
            "indexes": _sorted(seen.get_indexes(name)),
        }
        for name in tables
    }


def _sorted(described: Any) -> list[str]:
    return sorted(str(_plain(one)) for one in described)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _plain(item)) for key, item in value.items())
    return [_plain(item) for item in value] if isinstance(value, list) else str(value)


def triggers(connection: Connection) -> dict[str, str]:
    """Every trigger with the text that makes it, the function's on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname AS name, pg_get_triggerdef(t.oid) || p.prosrc AS sql "
            "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
    return {row.name: row.sql for row in connection.execute(text(query))}


def test_a_migrated_database_is_what_the_models_say(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata()) == [], NEXT
        migrated = shape(connection)
    migrate.downgrade(empty, "base")
    with empty.begin() as connection:
        metadata().create_all(connection)
        assert shape(connection) == migrated, NEXT


def test_a_migrated_database_has_exactly_the_declared_triggers(engine: Engine) -> None:
    with engine.begin() as connection:
        assert present_guards(connection) == {guard.name for guard in guards()}, NEXT
        migrated = triggers(connection)
        create_guards(connection, guards())
        assert triggers(connection) == migrated, NEXT


def test_every_guard_has_a_name_of_its_own_and_stands_on_a_table_that_exists() -> None:
    names = [guard.name for guard in guards()]
    assert len(names) == len(set(names))
    assert {guard.table for guard in guards()} <= set(metadata().tables)
    assert max(len(name) for name in names) <= 63


def test_up_down_and_up_again_leaves_the_same_database(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.current(empty) == heads()[0]
    with empty.connect() as connection:
        first, first_triggers = shape(connection), triggers(connection)
    migrate.downgrade(empty, "base")
    assert migrate.current(empty) is None
    with empty.connect() as connection:
        assert shape(connection) == {}
        assert triggers(connection) == {}
        assert functions(connection) == set()
    migrate.upgrade(empty)
    with empty.connect() as connection:
        assert (shape(connection), triggers(connection)) == (first, first_triggers)


def functions(connection: Connection) -> set[str]:
    """What PostgreSQL would keep of our triggers after their tables are gone."""
    if connection.dialect.name == "sqlite":
        return set()
    query = "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"
    return {row.proname for row in connection.execute(text(query))}


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    before = migrate.current(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == before


def test_a_fresh_database_starts_with_an_empty_log(engine: Engine, units: Units) -> None:
    with units.reading() as connection:
        head = tree_head(connection)
    assert (head.size, head.last_at) == (0, None)


def test_an_append_only_row_can_be_neither_changed_nor_removed(engine: Engine, ada: object) -> None:
    for statement in ("UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events"):
        with pytest.raises(DBAPIError, match="audit_events is append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE messages (in_the_way INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        migrate.upgrade(empty)
    with empty.connect() as connection:
        assert set(shape(connection)) == {"messages"}
        assert triggers(connection) == {}
    assert migrate.current(empty) is None


@pytest.mark.slow
def test_processes_that_migrate_at_the_same_time_take_turns(empty: Engine) -> None:
    url = empty.url.render_as_string(hide_password=False)
    program = f"from app.storage import engine, migrate; migrate.upgrade(engine.open_engine({url!r}))"
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    complaints = [process.communicate(timeout=60)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], complaints
    assert migrate.current(empty) == heads()[0]


def heads() -> list[str]:
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        found = ScriptDirectory.from_config(migrate.configuration(connection)).get_heads()
    engine.dispose()
    return list(found)


def test_there_is_one_head() -> None:
    assert len(heads()) == 1


def test_migrations_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert names, "there is no migration"
    for number, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.py", name), name
    assert heads() == [f"{len(names):04d}"]


@pytest.mark.parametrize("kind", ["tables", "guards"])
def test_every_stage_with_tables_or_guards_is_part_of_the_schema(kind: str) -> None:
    app = migrate.MIGRATIONS.parent / "app"
    present = {path.parent.name for path in app.glob(f"*/{kind}.py")} - {"storage"}
    assert present <= set(STAGES)
