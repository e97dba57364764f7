"""Everything is recomputed, and what was changed behind the program is named."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.checkpoints import LogIdentity
from app.audit.model import VerifyReport
from app.audit.operations import open_units, sign_checkpoint
from app.audit.queries import newest_checkpoint
from app.insights.verification import verifiers, verify
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import SigningKey
from tests.builders.review import ORGANISATION
from tests.builders.sending import Desk, Sending

LOG_KEY = SigningKey(b"l" * 32)
ORIGIN = "placet.clinic.example/log"
LOG = LogIdentity(ORIGIN, (LOG_KEY.verify_key,))


def report(sending: Sending, organisation: SigningKey = ORGANISATION, witnessed: tuple[str, ...] = ()) -> VerifyReport:
    with sending.units.reading() as connection:
        return verify(connection, organisation=organisation.verify_key, log=LOG, witnessed=witnessed)


def behind_the_program(tmp_path: Path, *statements: str) -> None:
    """By SQL, with whatever stands in the way removed first."""
    with sqlite3.connect(tmp_path / "sending.sqlite3") as raw:
        kept = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            raw.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            assert raw.execute(statement).rowcount != 0, statement
        for _, sql in kept:
            raw.execute(sql)


def test_an_installation_that_nobody_touched_agrees(sending: Sending, sender: Desk) -> None:
    sender.send()
    sign_checkpoint(sending.units, LOG_KEY, ORIGIN, now=sending.clock.now())
    found = report(sending)
    assert (found.ok, found.problems, found.first) == (True, (), None)
    assert found.rows > found.leaves > 10
    assert found.checkpoints == 1


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE publications SET valid_until = '2099-01-01 00:00:00.000000'", "publications"),
        ("UPDATE content_versions SET source = CAST('other' AS BLOB)", "content_versions"),
        ("UPDATE signatures SET signer_name = 'Somebody Else'", "signatures"),
        ("UPDATE consent_events SET proof = 'signed'", "consent_events"),
        ("UPDATE decisions SET verdict = 'refuse'", "decisions"),
        ("UPDATE receipts SET outcome = 'rejected'", "receipts"),
        ("UPDATE messages SET step_number = step_number + 7", "messages"),
        ("DELETE FROM signatures", "signatures"),
        ("UPDATE audit_events SET actor = 'ada' WHERE actor = 'max'", "audit_events"),
    ],
)
def test_a_row_changed_behind_the_program_is_named(
    statement: str, table: str, sending: Sending, sender: Desk, tmp_path: Path
) -> None:
    sender.send()
    behind_the_program(tmp_path, statement)
    found = report(sending)
    assert not found.ok
    assert table in {problem.table for problem in found.problems}


def test_signatures_need_the_key_of_this_organisation(sending: Sending) -> None:
    found = report(sending, SigningKey(b"o" * 32))
    assert "signatures" in {problem.table for problem in found.problems}


def test_a_guard_that_was_taken_away_is_noticed(sending: Sending, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "sending.sqlite3") as raw:
        (name,) = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1").fetchone()
        raw.execute(f'DROP TRIGGER "{name}"')
    assert any(name in f"{problem.key} {problem.detail}" for problem in report(sending).problems)


def test_a_log_that_lost_its_end_is_told_by_a_checkpoint_somebody_kept(
    sending: Sending, sender: Desk, tmp_path: Path
) -> None:
    older = (tmp_path / "sending.sqlite3").read_bytes()
    sender.send()
    sign_checkpoint(sending.units, LOG_KEY, ORIGIN, now=sending.clock.now())
    with sending.units.reading() as connection:
        kept = newest_checkpoint(connection)
    assert kept is not None
    assert report(sending, witnessed=(kept.note,)).ok
    (tmp_path / "older.sqlite3").write_bytes(older)
    engine = open_engine(sqlite_url(tmp_path / "older.sqlite3"))
    restored = replace(sending, units=open_units(engine))
    assert report(restored).ok
    assert not report(restored, witnessed=(kept.note,)).ok
    engine.dispose()


def test_each_stage_recomputes_its_own() -> None:
    assert len(verifiers(ORGANISATION.verify_key)) == 3
