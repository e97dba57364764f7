"""Everything a person with the database password may try, and that `verify` names it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from app.audit.model import Problem, VerifyReport
from app.audit.operations import open_units, sign_checkpoint
from app.audit.queries import newest_checkpoint
from app.insights.schema import guards, metadata
from app.kernel.errors import NotFound
from app.storage.unit_of_work import AuditNote, Units
from tests.audit.conftest import KEY, LOG, ORIGIN, audit, drop_all_guards

OTHER_LOG_TABLES = ("audit_events", "audit_head")


def codes(report: VerifyReport) -> set[str]:
    return {problem.code for problem in report.problems}


def rewrite(engine: Engine, *statements: str) -> VerifyReport:
    drop_all_guards(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, statement
    return audit(engine)


def test_an_untouched_database_verifies(lived_in: Units) -> None:
    report = audit(lived_in.engine, guards=[guard.name for guard in guards()])
    assert report.problems == ()
    assert report.ok
    assert report.first is None
    assert (report.leaves, report.checkpoints) == (14, 2)
    assert report.rows == 4 + 4 + 2 + 1 + 2


def test_an_empty_database_verifies(engine: Engine) -> None:
    report = audit(engine)
    assert report.ok
    assert report.leaves == 0


@pytest.mark.parametrize(
    ("statement", "code", "table", "leaf"),
    [
        ("UPDATE people SET name = 'Eve' WHERE name = 'Ada'", "row_differs", "people", 1),
        ("UPDATE people SET password_hash = 'x' WHERE name = 'Nora'", "row_differs", "people", 0),
        ("UPDATE step_ups SET used_at = NULL WHERE used_at IS NOT NULL", "row_differs", "step_ups", 10),
        ("UPDATE person_roles SET granted_by = 'x' WHERE role = 'writer'", "row_differs", "person_roles", 1),
        ("DELETE FROM failed_sign_ins", "row_missing", "failed_sign_ins", 6),
        ("DELETE FROM checkpoints WHERE size = 4", "row_missing", "checkpoints", 4),
        ("UPDATE checkpoints SET at = '2026-01-01T00:00:00.000000Z' WHERE size = 4", "row_differs", "checkpoints", 4),
        ("UPDATE checkpoints SET root = 'x' WHERE size = 4", "checkpoint_row_differs", "checkpoints", 4),
        ("UPDATE audit_events SET actor = 'x' WHERE index = 3", "leaf_columns_differ", "audit_events", 3),
        ("UPDATE audit_events SET leaf_hash = 'x' WHERE index = 3", "leaf_hash_differs", "audit_events", 3),
        ("UPDATE audit_events SET leaf = '{}' WHERE index = 3", "leaf_unreadable", "audit_events", 3),
        ("DELETE FROM audit_events WHERE index = 3", "leaf_missing", "audit_events", 3),
        ("DELETE FROM audit_events WHERE index = 0", "leaf_missing", "audit_events", 0),
        ("UPDATE audit_head SET size = 3", "head_differs", "audit_head", 14),
        ("UPDATE audit_head SET last_at = NULL", "head_differs", "audit_head", 14),
        ("UPDATE audit_head SET frontier = '[]'", "head_differs", "audit_head", 14),
        ("DELETE FROM audit_head", "head_count", "audit_head", None),
    ],
)
def test_tampering_is_named(lived_in: Units, statement: str, code: str, table: str, leaf: int | None) -> None:
    statement = statement.replace("WHERE index", 'WHERE "index"')
    report = rewrite(lived_in.engine, statement)
    named = [problem for problem in report.problems if problem.code == code]
    assert named, report.problems
    assert (named[0].table, named[0].leaf_index) == (table, leaf)
    assert named[0].detail.endswith(".")


def test_a_row_put_in_behind_the_back_is_named(lived_in: Units) -> None:
    report = rewrite(
        lived_in.engine,
        "INSERT INTO person_roles (person_id, role, granted_by, granted_at)"
        " SELECT id, 'legal', 'setup', created_at FROM people WHERE name = 'Ada'",
    )
    assert codes(report) == {"row_unaccounted"}


def test_a_role_that_was_withdrawn_does_not_come_back_unseen(lived_in: Units) -> None:
    report = rewrite(
        lived_in.engine,
        "INSERT INTO person_roles (person_id, role, granted_by, granted_at)"
        " SELECT id, 'auditor', 'setup', created_at FROM people WHERE name = 'Otto'",
    )
    assert codes(report) == {"row_returned"}


def test_the_lowest_leaf_comes_first(lived_in: Units) -> None:
    report = rewrite(
        lived_in.engine,
        "UPDATE step_ups SET act = 'x' WHERE used_at IS NOT NULL",
        "UPDATE people SET name = 'Eve' WHERE name = 'Ada'",
        "UPDATE audit_events SET actor = 'x' WHERE \"index\" = 5",
    )
    assert [problem.leaf_index for problem in report.problems] == [1, 5, 10]


def test_a_history_rewritten_to_its_last_hash_breaks_on_the_signed_root(lived_in: Units) -> None:
    """Leaves, hashes, columns, rows and head agree with one another; only the signature does not (F57, F58)."""
    engine = lived_in.engine
    drop_all_guards(engine)
    with engine.begin() as connection:
        old = connection.execute(text('SELECT leaf FROM audit_events ORDER BY "index"')).scalars().all()
        replay(connection, [leaf.replace('"roles":["writer"]', '"roles":["legal"]') for leaf in old])
    report = audit(engine)
    assert codes(report) == {"checkpoint_root_differs"}
    assert report.first == Problem(
        "checkpoints",
        "4",
        0,
        "checkpoint_root_differs",
        "Events 0 to 3 are not those that checkpoint 4 was signed over.",
    )


def test_an_end_cut_off_clean_is_found_by_who_kept_a_checkpoint(lived_in: Units, now: object) -> None:
    """Cut at the last unit, which wrote one row; put the row back as it was: nothing inside can tell, a witness can."""
    engine = lived_in.engine
    with lived_in() as uow:
        uow.note(AuditNote("note.left", "note", "1", "system", now))  # type: ignore[arg-type]
        uow.commit()
    kept = sign_checkpoint(lived_in, KEY, ORIGIN, now=now)  # type: ignore[arg-type]
    assert kept
    drop_all_guards(engine)
    with engine.begin() as connection:
        old = connection.execute(text('SELECT leaf FROM audit_events ORDER BY "index"')).scalars().all()
        replay(connection, list(old)[:14])
        connection.execute(text("DELETE FROM checkpoints WHERE size = 15"))
    assert audit(engine).ok
    report = audit(engine, witnessed=[kept.note])
    assert codes(report) == {"log_truncated"}
    assert report.problems[0].leaf_index == 14


def test_a_checkpoint_of_a_stolen_name_proves_nothing(lived_in: Units) -> None:
    from app.audit.checkpoints import Checkpoint, sign
    from app.storage.keys import SigningKey

    forged = sign(Checkpoint(ORIGIN, 4, b"\x00" * 32), [SigningKey(b"\x09" * 32)])
    assert codes(audit(lived_in.engine, witnessed=[forged, "scribble"])) == {
        "checkpoint_signature",
        "checkpoint_unreadable",
    }


def test_guards_that_were_dropped_are_missed(lived_in: Units) -> None:
    drop_all_guards(lived_in.engine)
    report = audit(lived_in.engine, guards=["people_no_delete"])
    assert [(problem.code, problem.key) for problem in report.problems] == [("guard_missing", "people_no_delete")]


def test_later_stages_add_their_own_questions(lived_in: Units) -> None:
    mine = Problem("signatures", "s1", 2, "signature_wrong", "Signature s1 does not verify.")

    def finds(connection: Connection) -> Iterator[Problem]:
        assert connection.execute(text("SELECT count(*) FROM people")).scalar_one() == 4
        yield mine

    def fails(connection: Connection) -> Iterator[Problem]:
        raise NotFound("version", "v1")
        yield

    report = audit(lived_in.engine, verifiers=(fails, finds))
    assert report.problems[0] == mine
    assert report.problems[1].code == "verifier_failed"
    assert "fails could not finish" in report.problems[1].detail


def test_a_table_that_events_name_and_the_caller_forgot_is_a_problem(lived_in: Units) -> None:
    from app.audit.operations import verify_all

    tables = [table for table in metadata().sorted_tables if table.name != "step_ups"]
    with lived_in.engine.connect() as connection, connection.begin():
        report = verify_all(connection, tables, LOG)
    assert [(problem.code, problem.table) for problem in report.problems] == [("table_unknown", "step_ups")]


def test_ten_thousand_bad_rows_do_not_fill_the_memory(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = [{"id": f"f{n}", "digest": "d", "at": "2026-03-02T15:00:00.000000Z"} for n in range(3_000)]
        connection.execute(text("INSERT INTO failed_sign_ins (id, login_digest, at) VALUES (:id, :digest, :at)"), rows)
    report = audit(engine)
    assert (report.found, len(report.problems)) == (3_000, 1_000)


def replay(connection: Connection, leaves: list[str]) -> None:
    """Write this history as if it had been the only one: what somebody does who knows the code."""
    import json

    from app.audit import merkle
    from app.kernel.digest import canonical, leaf_hash

    connection.execute(text("DELETE FROM audit_events"))
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        hashed = leaf_hash(leaf.encode())
        frontier = merkle.grow(frontier, size, hashed)
        raw = json.loads(leaf)
        values = {
            "i": size,
            "at": raw["at"],
            "actor": raw["actor"],
            "action": raw["action"],
            "kind": raw["subject"][0],
            "subject": raw["subject"][1],
            "leaf": leaf,
            "hash": hashed.hex(),
        }
        statement = "INSERT INTO audit_events VALUES (:i, :at, :actor, :action, :kind, :subject, :leaf, :hash)"
        connection.execute(text(statement), values)
    head = {"size": len(leaves), "frontier": canonical([h.hex() for h in frontier]).decode()}
    last = max(json.loads(leaf)["at"] for leaf in leaves)
    connection.execute(
        text("UPDATE audit_head SET size = :size, frontier = :frontier, last_at = :last"), {**head, "last": last}
    )


def test_newest_checkpoint_is_the_larger_one(lived_in: Units) -> None:
    with open_units(lived_in.engine).reading() as connection:
        newest = newest_checkpoint(connection)
    assert newest is not None
    assert newest.size == 12
