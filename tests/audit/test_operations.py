import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.audit import offline_verifier, proof, queries
from app.audit.checkpoints import LogIdentity, opened
from app.audit.operations import export_log, open_units, sign_checkpoint
from app.kernel.errors import NotFound, Untrustworthy
from app.kernel.finding import Refusal
from app.storage.keys import SigningKey
from app.storage.unit_of_work import AuditNote, Units
from tests.audit.conftest import KEY, LOG, ORIGIN, audit, drop_all_guards

HEX = KEY.verify_key.raw.hex()
VERIFIER = Path(offline_verifier.__file__)


def happens(units: Units, now: datetime) -> None:
    with units() as uow:
        uow.note(AuditNote("note.left", "note", "1", "ada", now))
        uow.commit()


def test_a_checkpoint_covers_what_came_before_it_and_waits_for_news(units: Units, now: datetime) -> None:
    assert sign_checkpoint(units, KEY, ORIGIN, now=now) is None
    happens(units, now)
    first = sign_checkpoint(units, KEY, ORIGIN, now=now)
    assert first is not None
    assert first.size == 1
    assert sign_checkpoint(units, KEY, ORIGIN, now=now) is None
    happens(units, now)
    second = sign_checkpoint(units, KEY, ORIGIN, now=now)
    assert second is not None
    assert second.size == 3
    with units.reading() as connection:
        assert queries.checkpoints(connection) == (second, first)
    assert audit(units.engine).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET leaf = REPLACE(leaf, 'people', 'person') WHERE \"index\" = 13",
        'DELETE FROM audit_events WHERE "index" = 13',
        'DELETE FROM audit_events WHERE "index" = 12',
        "UPDATE audit_events SET leaf = REPLACE(leaf, 'checkpoint.signed', 'checkpoint.other') WHERE \"index\" = 12",
        'UPDATE audit_events SET leaf = REPLACE(leaf, \'"frontier":["\', \'"frontier":["00","\') WHERE "index" = 12',
        "UPDATE checkpoints SET note = REPLACE(note, 'placet', 'plazet') WHERE size = 12",
        "UPDATE audit_head SET frontier = '[]'",
        "UPDATE audit_head SET size = 15",
    ],
)
def test_nothing_is_signed_that_does_not_contain_what_was_signed(
    lived_in: Units, statement: str, now: datetime
) -> None:
    drop_all_guards(lived_in.engine)
    with lived_in.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    with pytest.raises(Untrustworthy):
        sign_checkpoint(lived_in, KEY, ORIGIN, now=now)


def test_a_new_key_takes_over_and_three_generations_verify(units: Units, now: datetime) -> None:
    keys = [SigningKey(bytes([n]) * 32) for n in (11, 12, 13)]
    for generation, key in enumerate(keys):
        happens(units, now)
        old = [earlier.verify_key for earlier in keys[:generation]]
        assert sign_checkpoint(units, key, ORIGIN, now=now, old_keys=old, co_signers=keys[:generation][-1:])
    log = LogIdentity(ORIGIN, tuple(key.verify_key for key in keys))
    with units.reading() as connection:
        notes = [checkpoint.note for checkpoint in queries.checkpoints(connection)]
        assert not any(isinstance(opened(note, log), Refusal) for note in notes)
        path = queries.proof_of(connection, 0)
    assert isinstance(path, proof.Proof)
    assert proof.verify(path, log) is None
    assert proof.verify(path, LogIdentity(ORIGIN, (keys[1].verify_key,))) is None, "the one before co-signed"
    happens(units, now)
    with pytest.raises(Untrustworthy):
        sign_checkpoint(units, SigningKey(b"\x63" * 32), ORIGIN, now=now)


def test_each_covered_event_has_a_proof_and_the_newest_must_wait(lived_in: Units) -> None:
    with lived_in.reading() as connection:
        for index in range(12):
            found = queries.proof_of(connection, index)
            assert isinstance(found, proof.Proof)
            assert proof.verify(found, LOG) is None
        assert queries.proof_of(connection, 12) == Refusal("not_checkpointed", {"index": 12, "covered": 12})
        with pytest.raises(NotFound):
            queries.proof_of(connection, 14)


def test_no_proof_is_made_from_changed_hashes(lived_in: Units) -> None:
    drop_all_guards(lived_in.engine)
    with lived_in.engine.begin() as connection:
        connection.execute(text('UPDATE audit_events SET leaf_hash = :h WHERE "index" = 2'), {"h": "0" * 64})
    with open_units(lived_in.engine).reading() as connection, pytest.raises(Untrustworthy):
        queries.proof_of(connection, 1)


@pytest.fixture
def exported(lived_in: Units, tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    with lived_in.reading() as connection:
        path.write_bytes("".join(f"{line}\n" for line in export_log(connection, LOG)).encode())
    return path


def test_an_export_verifies_with_one_file_and_nothing_of_placet(exported: Path, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "verify.py"
    alone.parent.mkdir()
    alone.write_bytes(VERIFIER.read_bytes())
    command = [sys.executable, "-I", str(alone), str(exported), "--key", HEX, "--origin", ORIGIN]
    done = subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verified: 14 events, 2 signed sizes; 2 events came after the newest signature." in done.stdout
    assert "import app" not in alone.read_text(encoding="utf-8")
    assert "from app" not in alone.read_text(encoding="utf-8")


def test_trusting_the_file_says_so(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline_verifier.main([str(exported)]) == 2
    assert offline_verifier.main([str(exported), "--trust-file-keys"]) == 0
    assert "it agrees with itself, no more" in capsys.readouterr().out


def test_every_damaged_line_of_an_export_is_found(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = exported.read_bytes().decode().split("\n")[:-1]
    for at in range(1, len(lines)):
        for changed in (
            [*lines[:at], *lines[at + 1 :]],
            [*lines[:at], lines[at], *lines[at:]] if at > 2 else [*lines[:at], "{}", *lines[at + 1 :]],
            [*lines[:at], lines[at].replace("0", "1", 1), *lines[at + 1 :]],
        ):
            if changed == lines or _only_a_checkpoint_less(lines, changed):
                continue
            exported.write_bytes("".join(f"{line}\n" for line in changed).encode())
            status = offline_verifier.main([str(exported), "--key", HEX])
            assert status == 1, (at, capsys.readouterr().out)


def _only_a_checkpoint_less(lines: list[str], changed: list[str]) -> bool:
    """An export without one of its checkpoints is a smaller claim, and still a true one."""
    missing = [line for line in lines if line not in changed]
    return len(changed) < len(lines) and all(line.startswith('{"checkpoint"') for line in missing)


def test_a_kept_checkpoint_shows_that_the_end_is_gone(
    exported: Path, lived_in: Units, tmp_path: Path, capsys: pytest.CaptureFixture[str], now: datetime
) -> None:
    kept = sign_checkpoint(lived_in, KEY, ORIGIN, now=now)
    assert kept is not None
    note = tmp_path / "kept.txt"
    note.write_bytes(kept.note.encode())
    assert offline_verifier.main([str(note), "--key", HEX]) == 0
    with lived_in.reading() as connection:
        exported.with_name("new").write_bytes("".join(f"{line}\n" for line in export_log(connection, LOG)).encode())
    assert offline_verifier.main([str(exported.with_name("new")), "--key", HEX, "--checkpoint", str(note)]) == 0
    cut = exported.read_bytes().decode().split("\n")
    end = '{"end":{"leaves":13,"root":"x"}}'
    exported.write_bytes("\n".join([*cut[:-3], end, ""]).encode())
    assert offline_verifier.main([str(exported), "--key", HEX, "--checkpoint", str(note)]) == 1


@pytest.mark.parametrize(
    "arguments",
    [["/nowhere"], ["{file}", "--key", "zz"], ["{file}", "--key", "00"], ["{file}", "--checkpoint", "/nowhere"]],
)
def test_a_call_that_cannot_be_used_exits_2(exported: Path, arguments: list[str]) -> None:
    assert offline_verifier.main([part.replace("{file}", str(exported)) for part in arguments]) == 2
