"""Commands about evidence, and that what they write verifies without Placet."""

import json
import sqlite3
from pathlib import Path

from app.audit import offline_verifier
from tests.cli.clinic import Clinic


def test_an_untouched_installation_verifies_and_a_touched_one_does_not(clinic: Clinic) -> None:
    found = clinic.desk.ask("audit", "verify")
    assert (found["ok"], found["problems"], found["first"]) == (True, [], None)
    with sqlite3.connect(clinic.desk.data / "placet.sqlite3") as raw:
        raw.execute("UPDATE people SET name = 'Somebody else' WHERE id = 'ada'")
    result = clinic.desk.run("audit", "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["first"]["table"] == "people"


def test_a_checkpoint_that_was_kept_is_held_against_the_log(clinic: Clinic, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text(clinic.desk.ask("audit", "checkpoint")["note"], encoding="utf-8")
    assert clinic.desk.run("audit", "verify", "--witness", str(note)).exit_code == 0
    note.write_text(note.read_text(encoding="utf-8").replace("\n", "\n1", 1), encoding="utf-8")
    assert clinic.desk.run("audit", "verify", "--witness", str(note)).exit_code in {1, 2}


def test_events_narrow_by_action_actor_and_subject(clinic: Clinic) -> None:
    everything = clinic.desk.ask("audit", "events", "--limit", "1000")
    opened = clinic.desk.ask("audit", "events", "--action", "review.round.opened")
    assert 0 < len(opened) < len(everything)
    assert {event["action"] for event in opened} == {"review.round.opened"}
    subject = opened[0]["subject"]
    assert {e["subject"] for e in clinic.desk.ask("audit", "events", "--subject", subject)} == {subject}
    assert clinic.desk.run("audit", "events", "--actor", "nobody").stdout == "No event matches.\n"
    assert clinic.desk.run("audit", "events", "--limit", "0").exit_code == 2


def test_an_export_and_a_proof_verify_offline(clinic: Clinic, tmp_path: Path) -> None:
    early = clinic.desk.run("audit", "proof", "3", "--json")
    assert early.exit_code == 1
    assert json.loads(early.stdout)["refused"] == "not_checkpointed"
    clinic.desk.run("audit", "checkpoint")
    key = clinic.desk.ask("audit", "keys")["log"]
    log, proof = tmp_path / "log.jsonl", tmp_path / "proof.json"
    assert clinic.desk.ask("audit", "export", "-o", str(log))["lines"] == len(log.read_text().splitlines())
    clinic.desk.run("audit", "proof", "3", "-o", str(proof))
    for file in (log, proof):
        assert offline_verifier.main([str(file), "--key", key]) == 0
        assert offline_verifier.main([str(file), "--key", clinic.desk.ask("audit", "keys")["approvals"]]) == 1
    assert clinic.desk.run("audit", "export").stdout == log.read_text()


def test_an_event_that_is_not_there_has_no_proof(clinic: Clinic) -> None:
    clinic.desk.run("audit", "checkpoint")
    assert clinic.desk.run("audit", "proof", "99999").exit_code in {1, 2}
    assert clinic.desk.run("audit", "proof", "first").exit_code == 2
