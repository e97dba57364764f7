from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, Integer, MetaData, String, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import Column

from app.accounts.guards import GUARDS
from app.insights.schema import guards, metadata
from app.storage.guards import Guard, append_only_guards, create_guards, drop_guards, present_guards, transition_guard

MOVES = [("draft", "open"), ("open", "shut")]


@pytest.fixture
def shelf(engine: Engine) -> Iterator[Engine]:
    """A table with both kinds of guard."""
    own = MetaData()
    Table("notes", own, Column("id", Integer, primary_key=True), info={"append_only": True})
    Table(
        "doors", own, Column("id", Integer, primary_key=True), Column("state", String(8)), Column("colour", String(8))
    )
    own.create_all(engine)
    with engine.begin() as connection:
        create_guards(connection, [*append_only_guards(own), transition_guard("doors_moves", "doors", "state", MOVES)])
        connection.execute(text("INSERT INTO notes VALUES (1)"))
        connection.execute(text("INSERT INTO doors VALUES (1, 'draft', 'red')"))
    yield engine
    own.drop_all(engine)


@pytest.mark.parametrize("statement", ["UPDATE notes SET id = 2", "DELETE FROM notes", "UPDATE notes SET id = id"])
def test_what_is_append_only_is_only_appended_to(shelf: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="notes is append-only"), shelf.begin() as connection:
        connection.execute(text(statement))
    with shelf.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES (2)"))


@pytest.mark.parametrize("before", ["draft", "open", "shut"])
@pytest.mark.parametrize("after", ["draft", "open", "shut", "ghost"])
def test_only_printed_moves_are_made(shelf: Engine, before: str, after: str) -> None:
    with shelf.begin() as connection:
        connection.execute(text("INSERT INTO doors VALUES (2, :state, 'red')"), {"state": before})
    move = text("UPDATE doors SET state = :after WHERE id = 2")
    if before == after or (before, after) in MOVES:
        with shelf.begin() as connection:
            connection.execute(move, {"after": after})
    else:
        with pytest.raises(DBAPIError, match="transition table"), shelf.begin() as connection:
            connection.execute(move, {"after": after})


def test_other_columns_change_freely(shelf: Engine) -> None:
    with shelf.begin() as connection:
        connection.execute(text("UPDATE doors SET colour = 'blue'"))
        colours = connection.execute(text("SELECT DISTINCT colour FROM doors")).scalars().all()
    assert colours == ["blue"]


def test_a_machine_without_moves_stands_still(shelf: Engine) -> None:
    with shelf.begin() as connection:
        create_guards(connection, [transition_guard("doors_moves", "doors", "state", [])])
    with pytest.raises(DBAPIError), shelf.begin() as connection:
        connection.execute(text("UPDATE doors SET state = 'open'"))


def test_guards_are_made_twice_without_harm_and_dropped_for_good(shelf: Engine) -> None:
    guard = Guard("doors_no_delete", "doors", "DELETE", "OLD.state = 'open'", "it's open")
    with shelf.begin() as connection:
        for _ in range(2):
            create_guards(connection, [guard])
        assert guard.name in present_guards(connection)
        connection.execute(text("INSERT INTO doors VALUES (3, 'open', 'red')"))
    with pytest.raises(DBAPIError, match="it's open"), shelf.begin() as connection:
        connection.execute(text("DELETE FROM doors WHERE id = 3"))
    with shelf.begin() as connection:
        connection.execute(text("DELETE FROM doors WHERE id = 1"))
        drop_guards(connection, [guard])
        drop_guards(connection, [guard])
        assert guard.name not in present_guards(connection)
        connection.execute(text("DELETE FROM doors WHERE id = 3"))


def test_every_append_only_table_refuses_update_and_delete_in_a_migrated_database(engine: Engine) -> None:
    with engine.connect() as connection:
        present = present_guards(connection)
    expected = {
        f"{t.name}_no_{on}"
        for t in metadata().sorted_tables
        if t.info.get("append_only")
        for on in ("update", "delete")
    }
    assert "audit_events_no_update" in expected
    assert expected <= present
    assert {guard.name for guard in GUARDS} <= present


def test_no_guard_name_is_cut_by_postgresql_or_used_twice() -> None:
    names = [guard.name for guard in guards()]
    assert len(names) == len(set(names))
    assert max(len(name) for name in names) < 64
