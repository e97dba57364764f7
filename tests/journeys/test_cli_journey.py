"""From an empty database to a receipt that verifies without Placet, by commands; worker and mail server are processes."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.desk import Desk
from tests.journeys.stage import RITA, ROOT, body, done, inbox, letters, placet, smtp, why

VERIFIER = ROOT / "app" / "audit" / "offline_verifier.py"


def verified(file: Path, keys: list[str]) -> subprocess.CompletedProcess[str]:
    """What the offline verifier, which knows nothing of Placet, says of a file."""
    given = [word for key in keys for word in ("--key", key)]
    command = [sys.executable, str(VERIFIER), str(file), *given]
    return subprocess.run(command, capture_output=True, text=True, cwd=file.parent, timeout=60, check=False)


def test_from_nothing_to_a_receipt_that_verifies_offline(clinic: Desk, tmp_path: Path) -> None:
    maildir = tmp_path / "inbox"
    assert "No message was planned" in done(clinic, "", "why", "--lead", RITA, "--item", "mri-prep-1")
    done(clinic, "max", "enroll", "visit", RITA)
    with inbox(maildir) as port:
        sent = placet(clinic, "worker", "--once", env=smtp(port))
    assert sent.returncode == 0, sent.stderr
    assert "accepted 1, rejected 0, deferred 0, held 0, refused 0, unknown 0" in sent.stdout
    the_letter_is_whole(maildir)

    answer = why(clinic, RITA)
    assert answer["line"]["state"] == "accepted"
    assert answer["failing"] == []
    message = answer["line"]["message_id"]
    assert "It was sent" in done(clinic, "", "why", message)
    assert [row["state"] for row in clinic.ask("sends", "list")] == ["accepted"]
    assert "accepted" in done(clinic, "", "sends", "list", "--state", "accepted")

    done(clinic, "", "audit", "checkpoint")
    report = clinic.ask("audit", "verify")
    assert report["ok"] is True
    assert report["leaves"] > 40
    keys = clinic.ask("audit", "keys")
    the_proofs_verify(clinic, message, [keys["log"], keys["approvals"]], tmp_path)


def the_letter_is_whole(maildir: Path) -> None:
    (letter,) = letters(maildir)
    assert letter["Delivered-To"] == RITA
    assert letter["From"] == "Northgate Clinics <care@northgate.example.org>"
    assert letter["Subject"] == "Your visit: how to prepare"
    link = re.fullmatch(r"<(http://127\.0\.0\.1:8000/u/[\w.-]+)>", letter["List-Unsubscribe"])
    assert link is not None
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        text = body(letter, kind)
        assert "Hello Rita," in text
        assert "400 Riverside Drive" in text
        assert link.group(1) in text
        assert "{{" not in text


def the_proofs_verify(clinic: Desk, message: str, keys: list[str], folder: Path) -> None:
    proof, record, log = folder / "send.json", folder / "record.json", folder / "log.jsonl"
    done(clinic, "", "sends", "proof", message, "-o", str(proof))
    done(clinic, "", "audit", "proof", "3", "-o", str(record))
    done(clinic, "", "audit", "export", "-o", str(log))
    for file in (proof, record, log):
        said = verified(file, keys)
        assert (said.returncode, said.stdout[:9]) == (0, "Verified:"), said.stdout + said.stderr
    assert "approved by Cora Whitfield (compliance), Dr Mara Lindqvist (medical)" in verified(proof, keys).stdout
    assert verified(proof, [keys[0], "00" * 32]).returncode == 1, "people's approvals are under a key of their own"
    no_character_can_be_another(proof, keys)


def no_character_can_be_another(proof: Path, keys: list[str]) -> None:
    """Every kind of value in the proof, changed by one character; the keys in it are for information and prove nothing."""
    from app.audit import offline_verifier

    text = proof.read_text(encoding="utf-8")
    told = json.loads(text)
    raw = [bytes.fromhex(key) for key in keys]
    head = text.index('"evidence"')
    places = range(head + 15, len(text) - 3, 61)
    accepted = []
    for place in places:
        other = "0" if text[place] != "0" else "1"
        changed = text[:place] + other + text[place + 1 :]
        try:
            offline_verifier.verify_text(changed, raw, "", [], trust_file=False)
        except offline_verifier.Unverified:
            continue
        accepted.append(text[place - 30 : place + 30])
    assert accepted == []
    assert len(places) > 300
    changed = proof.with_name("changed.json")
    changed.write_text(text.replace(told["message"], "another", 1), encoding="utf-8")
    said = verified(changed, keys)
    assert (said.returncode, said.stdout[:13]) == (1, "NOT VERIFIED:")
