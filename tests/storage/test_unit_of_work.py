from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.orm import Session

from app.accounts.tables import FailedSignInRow, SessionRow
from app.audit.tables import AuditEventRow
from app.kernel.errors import UnauditedWrite
from app.storage.rows import insert_row
from app.storage.unit_of_work import AuditNote, RowNote, UnitOfWork, Units

AT = "2026-03-02T15:00:00.000000Z"
Write = Callable[[UnitOfWork, datetime], None]
PLAIN = f"INSERT INTO failed_sign_ins (id, login_digest, at) VALUES ('x', 'd', '{AT}')"


def kept(units: Units) -> int:
    with units.reading() as connection:
        return connection.execute(select(func.count()).select_from(FailedSignInRow.__table__)).scalar_one()


def by_orm(uow: UnitOfWork, now: datetime) -> None:
    with Session(bind=uow.connection, join_transaction_mode="create_savepoint") as session:
        session.add(FailedSignInRow(id="x", login_digest="d", at=now))
        session.commit()


def by_core(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(insert(FailedSignInRow).values(id="x", login_digest="d", at=now))


def by_many(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(insert(FailedSignInRow), [{"id": n, "login_digest": "d", "at": now} for n in "abc"])


def by_rows(uow: UnitOfWork, now: datetime) -> None:
    insert_row(uow, FailedSignInRow, {"id": "x", "login_digest": "d", "at": now})


def by_text(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(text(PLAIN))


def by_driver(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.exec_driver_sql(f"\n   {PLAIN.replace('INSERT', 'insert')}")


def by_cte(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(
        text(
            f"WITH made AS (SELECT 'x' AS id) INSERT INTO failed_sign_ins (id, login_digest, at) SELECT id, 'd', '{AT}' FROM made"
        )
    )


def by_commented_text(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(text(f"-- only looking\n{PLAIN}"))


def by_block_commented_text(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(text(f"/* only\nlooking */ {PLAIN}"))


def by_second_statement(uow: UnitOfWork, now: datetime) -> None:
    if uow.connection.dialect.name == "sqlite":
        by_text(uow, now)  # the driver itself refuses two statements at once
        return
    uow.connection.exec_driver_sql(f"SELECT 1; {PLAIN}")


def by_update(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(text("UPDATE people SET name = name"))


def by_schema(uow: UnitOfWork, now: datetime) -> None:
    uow.connection.execute(text("CREATE TABLE scribble (id INTEGER)"))


WRITES = [
    by_orm,
    by_core,
    by_many,
    by_rows,
    by_text,
    by_driver,
    by_cte,
    by_commented_text,
    by_block_commented_text,
    by_second_statement,
    by_update,
    by_schema,
]


@pytest.mark.parametrize("write", WRITES)
def test_no_write_is_committed_without_an_event(units: Units, write: Write, now: datetime) -> None:
    with units() as uow:
        write(uow, now)
        with pytest.raises(UnauditedWrite):
            uow.commit()
    assert kept(units) == 0


@pytest.mark.parametrize("write", WRITES)
def test_a_write_with_its_event_is_committed(units: Units, write: Write, now: datetime) -> None:
    with units() as uow:
        write(uow, now)
        uow.note(AuditNote("x.done", "x", "x", "ada", now))
        uow.commit()
    with units.reading() as connection:
        assert connection.execute(select(func.count()).select_from(AuditEventRow.__table__)).scalar_one() == 1


@pytest.mark.parametrize(
    "question",
    ["SELECT 1", "WITH t AS (SELECT 1 AS updated) SELECT updated FROM t", "SELECT size FROM audit_head -- delete"],
)
def test_questions_need_no_event(units: Units, question: str) -> None:
    with units() as uow:
        uow.connection.execute(text(question))
        uow.commit()
    with units.reading() as connection:
        assert connection.execute(select(func.count()).select_from(AuditEventRow.__table__)).scalar_one() == 0


def test_a_noted_row_without_an_event_is_refused_even_when_no_statement_ran(units: Units) -> None:
    with units() as uow:
        uow.note_row(RowNote("people", "ada", "d"))
        with pytest.raises(UnauditedWrite):
            uow.commit()


def test_leaving_without_commit_keeps_nothing(units: Units, now: datetime) -> None:
    with units() as uow:
        by_rows(uow, now)
        uow.note(AuditNote("x.done", "x", "x", "ada", now))
    assert kept(units) == 0


def test_a_raised_error_keeps_nothing(units: Units, now: datetime) -> None:
    def breaks() -> None:
        with units() as uow:
            by_rows(uow, now)
            uow.note(AuditNote("x.done", "x", "x", "ada", now))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        breaks()
    assert kept(units) == 0


def test_a_unit_commits_once(units: Units, now: datetime) -> None:
    with units() as uow:
        uow.note(AuditNote("x.done", "x", "x", "ada", now))
        uow.commit()
        with pytest.raises(RuntimeError):
            uow.commit()


def test_an_event_that_cannot_be_recorded_takes_the_write_with_it(units: Units, now: datetime) -> None:
    with units() as uow:
        by_rows(uow, now)
        uow.note(AuditNote("x.done", "x", "x", "ada", now, {"weight": 1.5}))  # type: ignore[dict-item]
        with pytest.raises(ValueError, match="canonical"):
            uow.commit()
    assert kept(units) == 0


def test_reading_never_keeps_anything(units: Units) -> None:
    with units.reading() as connection:
        connection.execute(text(PLAIN))
    assert kept(units) == 0


def test_two_units_at_once_do_not_watch_each_other(units: Units, now: datetime) -> None:
    """The listener belongs to one connection: a neighbour's write does not make this unit a writer."""
    with units.reading() as watching, units() as uow:
        watching.execute(text("SELECT 1"))
        by_rows(uow, now)
        uow.note(AuditNote("x.done", "x", "x", "ada", now))
        uow.commit()
    assert kept(units) == 1


def test_a_row_that_is_no_evidence_still_needs_an_event(units: Units, people: dict[str, object], now: datetime) -> None:
    values = {"id": "s", "person_id": "ada", "kind": "web", "created_at": now, "seen_at": now, "ended_at": None}
    with units() as uow:
        insert_row(uow, SessionRow, values)
        with pytest.raises(UnauditedWrite):
            uow.commit()


def test_the_connection_of_a_finished_unit_is_given_back(units: Units, now: datetime) -> None:
    for _ in range(30):
        with units() as uow:
            uow.connection.execute(text("SELECT 1"))
        assert isinstance(uow.connection, Connection)
        with pytest.raises(ResourceClosedError):
            uow.connection.execute(text("SELECT 1"))
