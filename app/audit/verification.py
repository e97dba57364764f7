"""Recompute everything the log claims, and everything it says about other tables.

Nothing stored is believed: leaves are hashed again, the head is grown again, checkpoints are opened with keys that come
from outside the database, and every protected row is digested again from its raw columns.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit import merkle, queries
from app.audit.checkpoints import Checkpoint, LogIdentity, opened
from app.audit.findings import Problems
from app.audit.model import LEAF_FORMAT, Problem, VerifyReport
from app.audit.queries import RawLeaf
from app.audit.raw_rows import raw_digest
from app.kernel.digest import canonical, leaf_hash
from app.kernel.errors import AppError
from app.kernel.finding import Refusal
from app.storage.engine import is_postgresql
from app.storage.guards import present_guards
from app.storage.rows import row_key

Verifier = Callable[[Connection], Iterable[Problem]]
"""What a later stage adds: "every signature verifies", "every decision replays to its verdict"."""

_EVENTS = "audit_events"
_HEAD = "audit_head"
_CHECKPOINTS = "checkpoints"
_REPEATED = ("index", "at", "actor", "action")


def verify_all(
    connection: Connection,
    tables: Sequence[Table],
    log: LogIdentity,
    *,
    verifiers: Sequence[Verifier] = (),
    witnessed: Sequence[str] = (),
    guards: Collection[str] = (),
) -> VerifyReport:
    """Recompute everything, in one snapshot: ``connection`` must not have been used in its transaction yet.

    ``tables`` are all tables of the program; ``log`` has the log's name and keys, known from outside the database;
    ``witnessed`` are checkpoint notes that others kept, which a log cut short cannot satisfy; ``guards`` are the names
    of the triggers that must be there.
    """
    if is_postgresql(connection):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    return _Verification(connection, log).run(tables, verifiers, witnessed, guards)


class _Verification:
    """One run. The newest digest that a leaf names for each row is the only thing it keeps per row."""

    def __init__(self, connection: Connection, log: LogIdentity) -> None:
        self._connection = connection
        self._log = log
        self._problems = Problems()
        self._named: dict[str, dict[str, tuple[bytes | None, int]]] = {}
        self._frontier: list[bytes] = []
        self._size = 0
        self._last_at: str | None = None
        self._rows = 0

    def run(
        self, tables: Sequence[Table], verifiers: Sequence[Verifier], witnessed: Sequence[str], guards: Collection[str]
    ) -> VerifyReport:
        signed, stored = self._signed_sizes(witnessed)
        self._leaves(signed)
        self._head()
        self._tables([table for table in tables if table.info.get("protected")])
        for name in sorted(set(guards) - present_guards(self._connection)):
            self._problem(
                "", name, None, "guard_missing", f"The database has no trigger {name}. Run the migrations again."
            )
        for verifier in verifiers:
            self._extend(verifier)
        root = merkle.frontier_root(self._frontier).hex()
        found, kept = self._problems.found, self._problems.first_ones()
        return VerifyReport(self._size, self._rows, stored, root, found, kept)

    def _problem(self, table: str, key: str, index: int | None, code: str, detail: str) -> None:
        self._problems.add(Problem(table, key, index, code, detail))

    def _signed_sizes(self, witnessed: Sequence[str]) -> tuple[dict[int, list[bytes]], int]:
        """Roots that were signed, by size. What a key of the log did not sign is a problem and proves nothing."""
        signed: dict[int, list[bytes]] = {}
        stored = queries.raw_checkpoints(self._connection)
        for row in stored:
            checkpoint = self._opened(str(row.note), str(row.size))
            if checkpoint is None:
                continue
            if (checkpoint.size, checkpoint.root.hex()) != (row.size, row.root):
                detail = f"The row of checkpoint {row.size} and its signed text differ in size or root."
                self._problem(_CHECKPOINTS, str(row.size), checkpoint.size, "checkpoint_row_differs", detail)
            signed.setdefault(checkpoint.size, []).append(checkpoint.root)
        for position, note in enumerate(witnessed):
            checkpoint = self._opened(note, f"witness {position + 1}")
            if checkpoint is not None:
                signed.setdefault(checkpoint.size, []).append(checkpoint.root)
        return signed, len(stored)

    def _opened(self, note: str, key: str) -> Checkpoint | None:
        checkpoint = opened(note, self._log)
        if not isinstance(checkpoint, Refusal):
            return checkpoint
        detail = f"Checkpoint {key} does not verify with the keys of {self._log.origin} ({checkpoint.code})."
        self._problem(_CHECKPOINTS, key, int(key) if key.isdigit() else None, checkpoint.code, detail)
        return None

    def _leaves(self, signed: dict[int, list[bytes]]) -> None:
        expected = 0
        trusted = 0
        waiting = sorted(signed, reverse=True)
        for row in queries.raw_leaves(self._connection):
            if row.index != expected:
                detail = f"Event {expected} is missing: the next one stored is {row.index}."
                self._problem(_EVENTS, str(expected), expected, "leaf_missing", detail)
            expected = int(row.index) + 1
            self._leaf(row)
            while waiting and waiting[-1] <= self._size:
                trusted = self._compare_root(waiting.pop(), signed, trusted)
        for size in reversed(waiting):
            if size:
                detail = (
                    f"A signed checkpoint covers {size} events; {self._size} are stored. The end of the log is gone."
                )
                self._problem(_EVENTS, str(self._size), self._size, "log_truncated", detail)

    def _compare_root(self, size: int, signed: dict[int, list[bytes]], trusted: int) -> int:
        """Compare the signed roots of ``size`` with the one grown; returns the size up to which the log is attested."""
        if size != self._size:
            return trusted
        root = merkle.frontier_root(self._frontier)
        if all(attested == root for attested in signed[size]):
            return size
        detail = f"Events {trusted} to {size - 1} are not those that checkpoint {size} was signed over."
        self._problem(_CHECKPOINTS, str(size), trusted, "checkpoint_root_differs", detail)
        return trusted

    def _leaf(self, row: RawLeaf) -> None:
        index = int(row.index)
        stored = row.leaf if isinstance(row.leaf, str) else str(row.leaf)
        hashed = leaf_hash(stored.encode("utf-8", "surrogatepass"))
        if hashed.hex() != row.leaf_hash:
            detail = f"Event {index}: the text of the leaf and its stored hash differ."
            self._problem(_EVENTS, str(index), index, "leaf_hash_differs", detail)
        try:
            self._leaf_content(row, json.loads(stored), index)
        except (ValueError, KeyError, TypeError):
            self._problem(_EVENTS, str(index), index, "leaf_unreadable", f"Event {index}: the leaf is not an event.")
        self._frontier = merkle.grow(self._frontier, self._size, hashed)
        self._size += 1

    def _leaf_content(self, row: RawLeaf, raw: dict[str, Any], index: int) -> None:
        if raw["v"] != LEAF_FORMAT:
            raise ValueError(raw["v"])
        kind, subject = raw["subject"]
        stated = {**{name: raw[name] for name in _REPEATED}, "subject_kind": kind, "subject_id": subject}
        differing = [name for name, value in stated.items() if getattr(row, name) != value]
        if differing:
            detail = f"Event {index}: {', '.join(differing)} beside the leaf differ from what the leaf says."
            self._problem(_EVENTS, str(index), index, "leaf_columns_differ", detail)
        at = str(raw["at"])
        self._last_at = at if self._last_at is None else max(self._last_at, at)
        for table, key, digest in raw["rows"]:
            self._named.setdefault(table, {})[key] = (None if digest is None else bytes.fromhex(digest), index)

    def _head(self) -> None:
        heads = queries.raw_heads(self._connection)
        if len(heads) != 1:
            self._problem(_HEAD, "", None, "head_count", f"The log has {len(heads)} heads, not one.")
            return
        frontier = canonical([step.hex() for step in self._frontier]).decode()
        truth = {"id": 1, "size": self._size, "frontier": frontier, "last_at": self._last_at}
        differing = [name for name, value in truth.items() if getattr(heads[0], name) != value]
        if differing:
            detail = f"The head of the log differs from its {self._size} events in {', '.join(differing)}."
            self._problem(_HEAD, "1", self._size, "head_differs", detail)

    def _tables(self, tables: Sequence[Table]) -> None:
        for table in tables:
            named = self._named.pop(table.name, {})
            try:
                for row in queries.raw_rows(self._connection, table):
                    self._row(table, row._asdict(), named)
            except (SQLAlchemyError, UnicodeError) as problem:
                detail = f"Table {table.name} cannot be read to its end: {type(problem).__name__}."
                self._problem(table.name, "", None, "table_unreadable", detail)
            for key, (digest, index) in named.items():
                if digest is not None:
                    detail = f"{table.name} {key}: the row that event {index} wrote is gone."
                    self._problem(table.name, key, index, "row_missing", detail)
        for name, rows in self._named.items():
            index = min(at for _, at in rows.values())
            detail = f"Events speak of a protected table {name} that this program does not know."
            self._problem(name, "", index, "table_unknown", detail)

    def _row(self, table: Table, row: dict[str, Any], named: dict[str, tuple[bytes | None, int]]) -> None:
        self._rows += 1
        key = row_key(table, row)
        if key not in named:
            detail = f"{table.name} {key}: no event accounts for this row."
            self._problem(table.name, key, None, "row_unaccounted", detail)
            return
        expected, index = named.pop(key)
        digest = raw_digest(table, row)
        if expected is None:
            detail = f"{table.name} {key}: event {index} removed this row, and it is back."
            self._problem(table.name, key, index, "row_returned", detail)
        elif digest is None or bytes.fromhex(digest) != expected:
            detail = f"{table.name} {key}: the row is not as event {index} left it."
            self._problem(table.name, key, index, "row_differs", detail)

    def _extend(self, verifier: Verifier) -> None:
        try:
            self._problems.extend(verifier(self._connection))
        except (AppError, SQLAlchemyError, ValueError, LookupError, TypeError) as problem:
            name = getattr(verifier, "__name__", type(verifier).__name__)
            detail = f"{name} could not finish: {type(problem).__name__}: {problem}"
            self._problem("", name, None, "verifier_failed", detail)
