"""Bring a database to a revision, and say where it stands.

Migrations live in ``migrations/`` beside the package: Placet runs from its checkout (``./run`` makes it so), and a wheel of
the package alone does not carry them. All of a run is one transaction on both engines; two processes that start at the
same time take turns, and the second finds nothing left to do.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from app.kernel.errors import Untrustworthy
from app.storage.base import CanonicalJson, Instant
from app.storage.engine import is_postgresql

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_LOCK_KEY = 0x706C6163
"""``plac``: the advisory lock that migrations of one PostgreSQL database share."""
_TURN_MS = 120_000
_TABLE_LOCK_MS = 5_000
"""A migration that cannot get its table locks soon gives up rather than stall every writer behind it."""


def configuration(connection: Connection, folder: Path = MIGRATIONS) -> Config:
    """Alembic's configuration for one open transaction and one folder of migrations."""
    if not (folder / "env.py").is_file():
        raise FileNotFoundError(f"{folder} is missing. Run Placet from its checkout.")
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply every migration up to ``revision``; does nothing when they are applied already."""
    _migrate(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Undo migrations down to ``revision``; ``base`` undoes all and loses all data."""
    _migrate(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    """The revision a database stands at; None when no migration ever ran."""
    with engine.connect().execution_options(read_only=True) as connection, connection.begin():
        return MigrationContext.configure(connection).get_current_revision()


def _migrate(engine: Engine, act: Callable[[Config], None]) -> None:
    with _exclusive(engine) as connection:
        act(configuration(connection))


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other migration runs beside; committed at the end."""
    with engine.connect() as connection:
        if is_postgresql(connection):
            with connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = {_TURN_MS}"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                connection.execute(text(f"SET LOCAL lock_timeout = {_TABLE_LOCK_MS}"))
                yield connection
        else:
            with _foreign_keys_checked_at_the_end(connection), connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise Untrustworthy(f"After migrating, {len(broken)} rows point nowhere; nothing was changed.")


@contextmanager
def _foreign_keys_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by rebuilding it, which live foreign keys would refuse or cascade.

    The order is SQLite's own (``lang_altertable.html`` section 7): off outside the transaction, rebuild, check, commit, on.
    """
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def render_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """How a generated migration writes our own column types; False leaves a type to Alembic."""
    if kind == "type" and isinstance(item, Instant | CanonicalJson):
        return f"base.{type(item).__name__}()"
    return False
