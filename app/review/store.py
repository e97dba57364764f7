"""Load and save rounds, signatures and threads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, or_, select

from app.accounts.model import Role
from app.review import authors
from app.review.model import (
    Decision,
    FiledSignature,
    Round,
    RoundFacts,
    RoundState,
    Signature,
    Thread,
    ThreadKind,
    ThreadState,
)
from app.review.signing import read_statement
from app.review.tables import CommentRow, ReviewDecisionRow, ReviewRoundRow, RoundRoleRow, SignatureRow, ThreadRow
from app.storage.rows import change_one, insert_row, insert_rows, table_of
from app.storage.unit_of_work import UnitOfWork

_ROUNDS = table_of(ReviewRoundRow)
_ROLES = table_of(RoundRoleRow)
_SIGNATURES = table_of(SignatureRow)
_DECISIONS = table_of(ReviewDecisionRow)
_THREADS = table_of(ThreadRow)
_COMMENTS = table_of(CommentRow)
_Grouped = Mapping[str, list[RowMapping]]


def round_(connection: Connection, round_id: str) -> Round | None:
    """One round with all that belongs to it, or None."""
    return next(iter(_load(connection, _ROUNDS.c.id == round_id)), None)


def rounds(connection: Connection, *, item_id: str = "", state: RoundState | None = None) -> tuple[Round, ...]:
    """Rounds, oldest first; of one item, in one state, or all."""
    where: list[ColumnElement[bool]] = []
    if item_id:
        where.append(_ROUNDS.c.item_id == item_id)
    if state is not None:
        where.append(_ROUNDS.c.state == state.value)
    return _load(connection, *where)


def lock_round(uow: UnitOfWork, round_id: str) -> Round | None:
    """The round as it stands, and nobody else moves it before this unit ends."""
    uow.connection.execute(select(_ROUNDS.c.id).where(_ROUNDS.c.id == round_id).with_for_update())
    return round_(uow.connection, round_id)


def filed_signatures(connection: Connection) -> tuple[FiledSignature, ...]:
    """Every signature row as it stands, in the order of signing; for verification."""
    names = FiledSignature.__slots__
    query = select(*(_SIGNATURES.c[name] for name in names)).order_by(_SIGNATURES.c.signed_at, _SIGNATURES.c.id)
    return tuple(FiledSignature(**row) for row in connection.execute(query).mappings())


def round_facts(connection: Connection) -> tuple[RoundFacts, ...]:
    """What every round stands on, without reading its signatures; for verification."""
    names = "id version_id closure_root report_digest pack_digest policy_digest max_valid_days".split()
    asked: defaultdict[str, set[Role]] = defaultdict(set)
    for role in connection.execute(select(_ROLES)):
        asked[role.round_id].add(Role(role.role))
    rows = connection.execute(select(_ROUNDS).order_by(_ROUNDS.c.submitted_at, _ROUNDS.c.id)).mappings()
    return tuple(
        RoundFacts(**{n: row[n] for n in names}, state=RoundState(row["state"]), required=frozenset(asked[row["id"]]))
        for row in rows
    )


def add_round(uow: UnitOfWork, new: Round) -> None:
    """Insert an open round and the roles it asks for."""
    same = (
        "id item_id version_id closure_root report_id report_digest pack_digest policy policy_digest max_valid_days "
        "state_since submitted_by submitted_at due_at note"
    ).split()
    values: dict[str, Any] = {name: getattr(new, name) for name in same}
    insert_row(uow, ReviewRoundRow, {**values, "state": new.state.value, "report_blocks": 0})
    insert_rows(uow, RoundRoleRow, [{"round_id": new.id, "role": role.value} for role in sorted(new.required)])


def move_round(uow: UnitOfWork, round_: Round, state: RoundState, now: datetime) -> None:
    """Change the state of a round from the one that was decided on; raises ``StaleState`` when somebody was first."""
    where = [_ROUNDS.c.id == round_.id, _ROUNDS.c.state == round_.state.value]
    change_one(uow, ReviewRoundRow, where, {"state": state.value, "state_since": now})


def add_signature(uow: UnitOfWork, signature: Signature, step_up_id: str, now: datetime) -> None:
    """File a signature under its round; the row repeats what constraints and guards look at."""
    statement = signature.statement
    values = {
        "id": signature.id,
        "round_id": statement.round_id,
        "version_id": statement.version_id,
        "closure_root": statement.closure_root,
        "signer_id": statement.signer_id,
        "signer_name": statement.signer_name,
        "role": statement.role.value,
        "meaning": statement.meaning.value,
        "step_up_id": step_up_id,
        "statement": signature.text,
        "signature": signature.signature,
        "key_id": signature.key_id,
        "signed_at": now,
    }
    insert_row(uow, SignatureRow, values)


def add_decision(uow: UnitOfWork, decision_id: str, round_id: str, decision: Decision) -> None:
    """File how a person ended a round; the round stands in that state already."""
    values = {"id": decision_id, "round_id": round_id, "person_id": decision.person_id, "kind": decision.kind.value}
    insert_row(uow, ReviewDecisionRow, {**values, "reason": decision.reason, "at": decision.at})


def add_thread(uow: UnitOfWork, new: Thread) -> None:
    """Insert a thread; its comments are added one by one."""
    same = "id round_id quote prefix suffix opened_by opened_at".split()
    values: dict[str, Any] = {name: getattr(new, name) for name in same}
    insert_row(uow, ThreadRow, {**values, "kind": new.kind.value, "state": new.state.value})


def add_comment(uow: UnitOfWork, comment_id: str, thread_id: str, person_id: str, body: str, now: datetime) -> None:
    """Append a comment."""
    insert_row(
        uow, CommentRow, {"id": comment_id, "thread_id": thread_id, "person_id": person_id, "body": body, "at": now}
    )


def thread(connection: Connection, thread_id: str) -> Thread | None:
    """One thread with its comments, or None."""
    return next(iter(_threads(connection, _THREADS.c.id == thread_id)), None)


def move_thread(uow: UnitOfWork, thread_: Thread, state: ThreadState) -> None:
    """Change the state of a thread; raises ``StaleState`` when somebody was first."""
    where = [_THREADS.c.id == thread_.id, _THREADS.c.state == thread_.state.value]
    change_one(uow, ThreadRow, where, {"state": state.value})


def _load(connection: Connection, *where: ColumnElement[bool]) -> tuple[Round, ...]:
    query = select(_ROUNDS).where(*where).order_by(_ROUNDS.c.submitted_at, _ROUNDS.c.id)
    rows = connection.execute(query).mappings().all()
    ids = [row["id"] for row in rows]
    roles = _grouped(connection, _ROLES, "round_id", ids)
    signatures = _grouped(connection, _SIGNATURES, "round_id", ids, "signed_at", "id")
    decisions = _grouped(connection, _DECISIONS, "round_id", ids)
    wrote = authors.of_versions(connection, {row["version_id"] for row in rows})
    # A comment that was never settled goes on counting in every later round of the item.
    items = {row["item_id"] for row in rows}
    of_item = _ROUNDS.c.item_id.in_(items)
    unsettled = and_(of_item, _THREADS.c.state != ThreadState.SETTLED.value)
    threads = _threads(connection, or_(_THREADS.c.round_id.in_(ids), unsettled)) if ids else ()
    item_of = _item_of(connection, items)
    return tuple(
        _round(row, roles, signatures, decisions, _threads_for(row, threads, item_of), wrote[row["version_id"]])
        for row in rows
    )


def _item_of(connection: Connection, items: Iterable[str]) -> dict[str, str]:
    query = select(_ROUNDS.c.id, _ROUNDS.c.item_id).where(_ROUNDS.c.item_id.in_(list(items)))
    return {row.id: row.item_id for row in connection.execute(query)}


def _threads_for(row: RowMapping, threads: Sequence[Thread], item_of: Mapping[str, str]) -> tuple[Thread, ...]:
    return tuple(
        t
        for t in threads
        if t.round_id == row["id"]
        or (
            t.state is not ThreadState.SETTLED
            and item_of[t.round_id] == row["item_id"]
            and t.opened_at <= row["submitted_at"]
        )
    )


def _round(
    row: RowMapping,
    roles: _Grouped,
    signatures: _Grouped,
    decisions: _Grouped,
    threads: tuple[Thread, ...],
    wrote: frozenset[str],
) -> Round:
    same = (
        "id item_id version_id closure_root report_id report_digest pack_digest policy policy_digest max_valid_days "
        "state_since submitted_by submitted_at due_at note"
    ).split()
    values: dict[str, Any] = {name: row[name] for name in same}
    return Round(
        **values,
        state=RoundState(row["state"]),
        required=frozenset(Role(r["role"]) for r in roles[row["id"]]),
        signatures=tuple(_signature(s) for s in signatures[row["id"]]),
        threads=threads,
        leaf_authors=wrote,
        decision=next((_decision(d) for d in decisions[row["id"]]), None),
    )


def _signature(row: RowMapping) -> Signature:
    return Signature(row["id"], read_statement(row["statement"]), row["statement"], row["signature"], row["key_id"])


def _decision(row: RowMapping) -> Decision:
    return Decision(row["person_id"], RoundState(row["kind"]), row["reason"], row["at"])


def _threads(connection: Connection, where: ColumnElement[bool]) -> tuple[Thread, ...]:
    query = select(_THREADS).join(_ROUNDS, _ROUNDS.c.id == _THREADS.c.round_id).where(where)
    rows = connection.execute(query.order_by(_THREADS.c.opened_at, _THREADS.c.id)).mappings().all()
    comments = _grouped(connection, _COMMENTS, "thread_id", [row["id"] for row in rows], "at", "id")
    return tuple(
        Thread(
            id=row["id"],
            round_id=row["round_id"],
            kind=ThreadKind(row["kind"]),
            quote=row["quote"],
            prefix=row["prefix"],
            suffix=row["suffix"],
            state=ThreadState(row["state"]),
            opened_by=row["opened_by"],
            opened_at=row["opened_at"],
            comments=tuple((c["person_id"], c["body"], c["at"]) for c in comments[row["id"]]),
        )
        for row in rows
    )


def _grouped(connection: Connection, table: Table, key: str, ids: Sequence[str], *order: str) -> _Grouped:
    found: defaultdict[str, list[RowMapping]] = defaultdict(list)
    if ids:
        query = select(table).where(table.c[key].in_(ids)).order_by(*(table.c[name] for name in order))
        for row in connection.execute(query).mappings():
            found[row[key]].append(row)
    return found
