import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import DateTime, select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.model import Actor
from app.accounts.tables import PersonRoleRow, PersonRow, SessionRow
from app.audit.raw_rows import raw_digest
from app.insights.schema import metadata
from app.kernel.errors import StaleState
from app.storage.base import Instant
from app.storage.rows import change_one, change_rows, insert_rows, remove_rows, row_digest, row_key, table_of
from app.storage.unit_of_work import AuditNote, UnitOfWork, Units

PEOPLE = table_of(PersonRow)
ROLES = table_of(PersonRoleRow)


def commit(uow: UnitOfWork, now: datetime) -> None:
    uow.note(AuditNote("x.done", "x", "x", "ada", now))
    uow.commit()


def named(units: Units) -> list[list[str | None]]:
    """The rows that the newest leaf names."""
    with units.reading() as connection:
        query = text('SELECT leaf FROM audit_events ORDER BY "index" DESC LIMIT 1')
        rows: list[list[str | None]] = json.loads(connection.execute(query).scalar_one())["rows"]
    return rows


def stored(units: Units, person_id: str) -> str:
    with units.reading() as connection:
        row = connection.execute(select(PEOPLE).where(PEOPLE.c.id == person_id)).mappings().one()
        return row_digest(PEOPLE, row)


def test_a_changed_row_is_named_as_the_database_has_it(units: Units, ada: Actor, now: datetime) -> None:
    with units() as uow:
        change_one(uow, PersonRow, [PEOPLE.c.id == "ada"], {"name": "Ada Ann"})
        commit(uow, now)
    assert named(units) == [["people", "ada", stored(units, "ada")]]


def test_a_row_changed_twice_is_named_once_as_it_ends(units: Units, ada: Actor, now: datetime) -> None:
    with units() as uow:
        change_one(uow, PersonRow, [PEOPLE.c.id == "ada"], {"name": "Eve"})
        change_one(uow, PersonRow, [PEOPLE.c.id == "ada"], {"name": "Ada Ann"})
        commit(uow, now)
    assert named(units) == [["people", "ada", stored(units, "ada")]]


def test_a_removed_row_is_named_as_gone(units: Units, ada: Actor, now: datetime) -> None:
    with units() as uow:
        assert remove_rows(uow, PersonRoleRow, [ROLES.c.person_id == "ada"]) == 1
        commit(uow, now)
    assert named(units) == [["person_roles", "ada|writer", None]]


def test_what_is_not_evidence_is_not_named(units: Units, ada: Actor, now: datetime) -> None:
    values = {"id": "s", "person_id": "ada", "kind": "web", "created_at": now, "seen_at": now, "ended_at": None}
    sessions = table_of(SessionRow)
    with units() as uow:
        insert_rows(uow, SessionRow, [values])
        change_rows(uow, SessionRow, [sessions.c.id == "s"], {"seen_at": now + timedelta(seconds=1)})
        commit(uow, now)
    assert named(units) == []


def test_nothing_to_insert_writes_nothing(units: Units) -> None:
    with units() as uow:
        insert_rows(uow, PersonRow, [])
        uow.commit()
    with units.reading() as connection:
        assert connection.execute(select(PEOPLE)).all() == []


def test_changing_one_means_one(units: Units, people: dict[str, Actor]) -> None:
    with units() as uow:
        with pytest.raises(StaleState):
            change_one(uow, PersonRow, [PEOPLE.c.id == "nobody"], {"name": "x"})
        with pytest.raises(StaleState):
            change_one(uow, PersonRow, [PEOPLE.c.id.in_(["ada", "mara"])], {"name": "x"})
        assert change_rows(uow, PersonRow, [PEOPLE.c.id == "nobody"], {"name": "x"}) == []


def test_one_address_has_one_account(units: Units, ada: Actor, now: datetime) -> None:
    values = {"id": "eve", "email": "ada@clinic.example", "name": "Eve", "password_hash": "x", "state": "active"}
    with units() as uow, pytest.raises(IntegrityError):
        insert_rows(uow, PersonRow, [{**values, "created_at": now}])


def test_the_digest_covers_every_column(units: Units, ada: Actor) -> None:
    with units.reading() as connection:
        row = dict(connection.execute(select(PEOPLE).where(PEOPLE.c.id == "ada")).mappings().one())
    digest = row_digest(PEOPLE, row)
    for name in row:
        assert row_digest(PEOPLE, {**row, name: None}) != digest
    assert row_key(ROLES, {"person_id": "ada", "role": "writer"}) == "ada|writer"


def test_the_digest_of_what_is_stored_needs_no_type_conversion() -> None:
    table = PEOPLE
    row = {column.name: "x" for column in table.columns}
    assert raw_digest(table, row) == row_digest(table, row)
    assert raw_digest(table, {**row, "name": 1.5}) is None


def test_keys_and_instants_are_text_so_that_both_engines_digest_alike() -> None:
    for table in metadata().sorted_tables:
        for column in table.columns:
            assert not isinstance(column.type, DateTime), f"{table.name}.{column.name}"
            assert not (column.primary_key and isinstance(column.type, Instant)), f"{table.name}.{column.name}"
