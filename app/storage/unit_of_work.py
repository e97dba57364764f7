"""One transaction, and the only ``commit``.

The unit watches every statement its connection executes, however it was made (ORM, Core, text). When anything was
written and no audit event was noted, it refuses to commit.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine, event

from app.kernel.digest import Json
from app.kernel.errors import UnauditedWrite

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "COPY", "CREATE", "ALTER", "DROP")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AuditNote:
    """A business event on its way into the log. ``data`` holds codes, ids and digests, never personal data."""

    action: str
    subject_kind: str
    subject_id: str
    actor: str
    at: datetime
    data: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowNote:
    """The digest of a protected row as this unit leaves it; ``digest`` is None when the row was removed."""

    table: str
    key: str
    digest: str | None


class Recorder(Protocol):
    """Writes the notes of a unit into the log, inside the unit's transaction and last of all its writes."""

    def __call__(self, connection: Connection, notes: Sequence[AuditNote], rows: Sequence[RowNote]) -> None: ...


class UnitOfWork:
    """One transaction with what it means. Use as a context manager; leaving without ``commit`` rolls back."""

    def __init__(self, engine: Engine, recorder: Recorder) -> None:
        self._engine = engine
        self._recorder = recorder
        self._notes: list[AuditNote] = []
        self._rows: dict[tuple[str, str], RowNote] = {}
        self._wrote = False
        self.connection: Connection

    def __enter__(self) -> Self:
        self.connection = self._engine.connect()
        event.listen(self.connection, "before_cursor_execute", self._watch)
        self.connection.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.connection.in_transaction():
                self.connection.get_transaction().rollback()  # type: ignore[union-attr]
        finally:
            event.remove(self.connection, "before_cursor_execute", self._watch)
            self.connection.close()

    def note(self, note: AuditNote) -> None:
        """Add a business event to this unit."""
        self._notes.append(note)

    def note_row(self, row: RowNote) -> None:
        """Remember how this unit leaves a protected row; the last note of a row counts."""
        self._rows[(row.table, row.key)] = row

    def commit(self) -> None:
        """Write the log entries and commit; raises ``UnauditedWrite`` and commits nothing when events are missing."""
        transaction = self.connection.get_transaction()
        if transaction is None:
            raise RuntimeError("this unit of work is over")
        if (self._wrote or self._rows) and not self._notes:
            transaction.rollback()
            raise UnauditedWrite("A write was to be committed without an audit event.")
        if self._notes:
            self._recorder(self.connection, tuple(self._notes), tuple(self._rows.values()))
        transaction.commit()
        self._notes, self._rows, self._wrote = [], {}, False

    def _watch(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if _writes(statement) or _writes(_COMMENT.sub(" ", statement)):
            self._wrote = True


def _writes(sql: str) -> bool:
    """Whether any statement in ``sql`` may write; in doubt, yes."""
    heads = [part.lstrip().upper() for part in sql.split(";")]
    return any(
        head.startswith(_WRITES) or (head.startswith("WITH") and any(f" {word} " in f" {head} " for word in _WRITES))
        for head in heads
    )


class Units:
    """Opens units of work, and read-only views, on one engine."""

    def __init__(self, engine: Engine, recorder: Recorder) -> None:
        self.engine = engine
        self._recorder = recorder

    def __call__(self) -> UnitOfWork:
        """A new unit, to be used as a context manager."""
        return UnitOfWork(self.engine, self._recorder)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions only: its transaction is always rolled back."""
        with self.engine.connect().execution_options(read_only=True) as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()


UnitsFactory = Callable[[], UnitOfWork]
