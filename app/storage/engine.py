"""An engine per dialect, set up so that a write transaction locks early and commits durably."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 5_000
PG_LOCK_TIMEOUT_MS = 10_000


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for ``sqlite:///PATH`` or ``postgresql://…``; raises ``ValueError`` for anything else."""
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url)
    if backend == "postgresql":
        return _open_postgresql(url, pool_size)
    raise ValueError(f"Placet stores its data in SQLite or PostgreSQL, not in {backend}.")


def sqlite_url(path: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{path}"


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes is refused without waiting; so writers lock at once.
        mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _open_postgresql(url: str, pool_size: int) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={PG_LOCK_TIMEOUT_MS} -c timezone=UTC"},
    )


def is_postgresql(connection: Connection) -> bool:
    """Whether row locks exist; on SQLite the whole write transaction is the lock."""
    return connection.dialect.name == "postgresql"


def take_advisory_lock(connection: Connection, key: int) -> None:
    """Serialise on ``key`` until the transaction ends; nothing to do on SQLite, where writers are one at a time."""
    if is_postgresql(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
