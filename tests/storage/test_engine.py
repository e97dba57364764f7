import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.storage.engine import is_postgresql, open_engine, sqlite_url, take_advisory_lock


def test_another_database_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL, not in mysql"):
        open_engine("mysql://x/y")


def test_sqlite_keeps_what_it_says(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "a.sqlite3"))
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}


def test_a_writer_on_sqlite_locks_when_it_begins_and_a_reader_does_not(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "a.sqlite3"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER)"))
    entered = threading.Event()

    def second_writer() -> None:
        with engine.begin() as connection:
            entered.set()
            connection.execute(text("INSERT INTO t VALUES (2)"))

    with engine.begin() as first:
        thread = threading.Thread(target=second_writer)
        thread.start()
        assert not entered.wait(0.2), "the second writer waits at its BEGIN"
        with engine.connect().execution_options(read_only=True) as reader, reader.begin():
            assert reader.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
        first.execute(text("INSERT INTO t VALUES (1)"))
    thread.join(5)
    assert entered.is_set()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 2
    engine.dispose()


def test_an_advisory_lock_lets_one_in_at_a_time(engine: Engine) -> None:
    order: list[str] = []

    def waits() -> None:
        with engine.begin() as connection:
            take_advisory_lock(connection, 77)
            order.append("second")

    with engine.begin() as connection:
        take_advisory_lock(connection, 77)
        thread = threading.Thread(target=waits)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_the_dialect_is_known(engine: Engine, dialect: str) -> None:
    with engine.connect() as connection:
        assert is_postgresql(connection) == (dialect == "postgresql")
