import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.audit import queries, store
from app.audit.model import EventFilter
from app.audit.operations import open_units
from app.kernel.digest import leaf_hash, tree_root
from app.kernel.errors import Untrustworthy
from app.storage.unit_of_work import AuditNote, Units
from tests.audit.conftest import audit


def note(units: Units, *subjects: str, at: datetime, action: str = "note.left", actor: str = "ada") -> None:
    with units() as uow:
        for subject in subjects:
            uow.note(AuditNote(action, "note", subject, actor, at))
        uow.commit()


def test_the_head_is_the_root_of_all_leaves(units: Units, now: datetime) -> None:
    note(units, "a", "b", "c", at=now)
    note(units, "d", at=now + timedelta(seconds=2))
    with units.reading() as connection:
        head = store.tree_head(connection)
        texts = connection.execute(text('SELECT leaf FROM audit_events ORDER BY "index"')).scalars().all()
        assert store.last_instant(connection) == head.last_at == now + timedelta(seconds=2)
    assert (head.size, head.root) == (4, tree_root([leaf_hash(leaf.encode()) for leaf in texts]))


def test_a_unit_that_is_rolled_back_leaves_no_leaf(units: Units, now: datetime) -> None:
    with units() as uow:
        uow.note(AuditNote("note.left", "note", "a", "ada", now))
    with units.reading() as connection:
        assert store.tree_head(connection).size == 0
        assert store.last_instant(connection) is None


def test_a_log_without_a_head_takes_no_event(units: Units, now: datetime) -> None:
    with units.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    with pytest.raises(Untrustworthy):
        note(units, "a", at=now)


def test_units_that_commit_at_once_get_one_order(engine: Engine, now: datetime) -> None:
    units = open_units(engine)

    def writes(name: str) -> None:
        for n in range(5):
            note(units, f"{name}{n}", at=now)

    threads = [threading.Thread(target=writes, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = audit(engine)
    assert report.ok, report.problems
    assert report.leaves == 20


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "UPDATE checkpoints SET note = 'x'",
        "DELETE FROM checkpoints",
    ],
)
def test_the_database_refuses_to_rewrite_history(lived_in: Units, statement: str) -> None:
    with lived_in() as uow, pytest.raises(DBAPIError, match="append-only"):
        uow.connection.execute(text(statement))


@pytest.mark.parametrize(
    ("wanted", "subjects"),
    [
        (EventFilter(), ["e", "d", "c", "b", "a"]),
        (EventFilter(actor="lev"), ["d"]),
        (EventFilter(action_prefix="review."), ["c"]),
        (EventFilter(action_prefix="review%"), []),
        (EventFilter(subject_kind="note", subject_id="b"), ["b"]),
        (EventFilter(since=datetime.fromisoformat("2026-03-02T15:00:02Z")), ["e", "d", "c"]),
        (EventFilter(until=datetime.fromisoformat("2026-03-02T15:00:02Z")), ["b", "a"]),
        (EventFilter(actor="ada", action_prefix="note."), ["e", "b", "a"]),
    ],
)
def test_events_are_found_by_who_what_and_when(
    units: Units, wanted: EventFilter, subjects: list[str], now: datetime
) -> None:
    note(units, "a", at=now)
    note(units, "b", at=now + timedelta(seconds=1))
    note(units, "c", at=now + timedelta(seconds=2), action="review.signed")
    note(units, "d", at=now + timedelta(seconds=3), actor="lev")
    note(units, "e", at=now + timedelta(seconds=4))
    with units.reading() as connection:
        assert [event.leaf.subject_id for event in queries.events(connection, wanted)] == subjects
        assert queries.count_events(connection, wanted) == len(subjects)
        assert [event.leaf.index for event in queries.events(connection, EventFilter(), limit=2, offset=1)] == [3, 2]
        assert [event.leaf.index for event in queries.subject_history(connection, "note", "b")] == [1]
        assert queries.event(connection, 9) is None
