"""From a Markdown file to a recalled publication, and the refusals on the way, by commands alone."""

from pathlib import Path

from tests.cli.desk import Desk, open_accounts

CONTENT = Path(__file__).resolve().parents[2] / "content"
SIGNERS = {"medical": "mara", "legal": "lev", "compliance": "cora"}
SEQUENCE = """key: visit
title: Visit
lead_type: patient
steps:
  - item: mri-prep-1
    channel: email
    pin: latest
    delay: "0 hours"
    window: {from: "00:00", to: "24:00", days: [mon, tue, wed, thu, fri, sat, sun]}
    useful_for: "2 days"
"""


def done(desk: Desk, who: str, *words: str) -> str:
    result = desk.run(*words, who=who)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(desk: Desk, who: str, *words: str) -> str:
    result = desk.run(*words, who=who)
    assert result.exit_code == 1, result.output
    return result.stderr


def test_content_goes_from_a_file_to_a_recall(desk: Desk, tmp_path: Path) -> None:
    open_accounts(desk, "ada", "mara", "cora", "max", "cleo")
    done(desk, "nora", "import", str(CONTENT / "senders.yml"))
    done(desk, "ada", "import", str(CONTENT / "disclosures"), str(CONTENT / "imaging" / "mri-prep-1.md"))
    assert "unchanged" in done(desk, "ada", "import", str(CONTENT / "imaging" / "mri-prep-1.md"))
    plan = tmp_path / "visit.yml"
    plan.write_text(SEQUENCE, encoding="utf-8")
    done(desk, "max", "sequence", "import", str(plan))
    assert "step_not_approved" in refused(desk, "max", "sequence", "activate", "visit")

    done(desk, "ada", "submit", "mri-prep-1", "--note", "First version.")
    assert "not_permitted" in refused(desk, "ada", "sign", "mri-prep-1", "--role", "medical")
    assert "round_not_approved" in refused(desk, "max", "publish", "mri-prep-1")
    for role in next(row["missing"] for row in desk.ask("review", "list")):
        signed = desk.run("sign", "mri-prep-1", "--role", role, who=SIGNERS[role])
        assert signed.exit_code == 0, signed.output
        assert "You are about to sign" in signed.stderr
    assert "window_order" in refused(
        desk, "max", "publish", "mri-prep-1", "--from", "2030-02-01", "--until", "2030-01-01"
    )
    done(desk, "max", "publish", "mri-prep-1")

    done(desk, "max", "sequence", "activate", "visit")
    done(desk, "cleo", "leads", "add", "--type", "patient", "--email", "rita@home.example", "--region", "US-OH")
    done(desk, "max", "enroll", "visit", "rita@home.example")
    assert "already_enrolled" in refused(desk, "max", "enroll", "visit", "rita@home.example")
    assert "No message was planned" in desk.run("why", "--lead", "rita@home.example", "--item", "mri-prep-1").stdout

    done(desk, "cora", "recall", "mri-prep-1", "--reason", "The door has moved.")
    assert desk.ask("content", "list")[-2]["status"] == "recalled"
    assert desk.ask("audit", "verify")["ok"] is True


def test_what_was_imported_comes_back_byte_for_byte(sqlite_desk: Desk, tmp_path: Path) -> None:
    open_accounts(sqlite_desk, "ada", "max")
    done(sqlite_desk, "nora", "import", str(CONTENT / "senders.yml"))
    paths = [CONTENT / "disclosures" / "not-medical-advice.md", CONTENT / "imaging" / "mri-prep-1.md"]
    done(sqlite_desk, "ada", "import", *map(str, paths))
    target = tmp_path / "back.md"
    for path in paths:
        assert sqlite_desk.run("export", path.stem).stdout_bytes == path.read_bytes()
        done(sqlite_desk, "", "export", path.stem, "-o", str(target))
        assert target.read_bytes() == path.read_bytes()


def test_a_file_that_cannot_be_used_is_named_with_its_place_and_stops_no_other(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    open_accounts(sqlite_desk, "ada", "max")
    good = CONTENT / "disclosures" / "not-medical-advice.md"
    bad = tmp_path / "bad.md"
    bad.write_text(
        good.read_text(encoding="utf-8").replace("audience: patients", "audience: everybody"), encoding="utf-8"
    )
    result = sqlite_desk.run("import", str(bad), str(good), who="ada")
    assert result.exit_code == 2
    assert f"{bad}:5:" in result.stderr
    assert "audience" in result.stderr
    assert "created" in result.stdout


def test_a_new_version_ends_the_open_review(sqlite_desk: Desk, tmp_path: Path) -> None:
    open_accounts(sqlite_desk, "ada", "max")
    file = tmp_path / "not-medical-advice.md"
    file.write_bytes((CONTENT / "disclosures" / "not-medical-advice.md").read_bytes())
    done(sqlite_desk, "ada", "import", str(file))
    done(sqlite_desk, "ada", "submit", "not-medical-advice")
    file.write_bytes(file.read_bytes() + b"\nCall us when you are not sure.\n")
    done(sqlite_desk, "ada", "import", str(file))
    assert sqlite_desk.ask("review", "list") == []
    assert "voided" in done(sqlite_desk, "", "review", "show", "not-medical-advice")
