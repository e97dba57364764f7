"""Commands about sequences."""

import json
from pathlib import Path

from tests.builders.sending import plan_source
from tests.cli.clinic import Clinic


def test_max_imports_pauses_resumes_and_retires(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_bytes(plan_source(1))
    assert clinic.desk.ask("sequence", "import", str(file), who="max")[0]["new"] is True
    assert clinic.desk.ask("sequence", "import", str(file), who="max")[0]["new"] is False
    states = [
        clinic.desk.ask("sequence", act, "imaging", "--version", "1", who="max")["state"]
        for act in ("pause", "resume", "retire")
    ]
    assert states == ["paused", "active", "retired"]
    again = clinic.desk.run("sequence", "resume", "imaging", "--version", "1", "--json", who="max")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["refused"]
    assert clinic.desk.ask("sequence", "list")[0]["sequence"] == "imaging"


def test_a_sequence_shows_its_steps(clinic: Clinic) -> None:
    assert clinic.desk.ask("sequence", "show", "imaging")["shown"] == 1
    assert "imaging-prep" in clinic.desk.run("sequence", "show", "imaging").stdout
    assert clinic.desk.run("sequence", "pause", "imaging", "--version", "9", who="max").exit_code == 2


def test_a_file_that_cannot_be_used_is_named_with_its_place(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_bytes(plan_source(1).replace(b"pin: latest", b"pin: newest"))
    result = clinic.desk.run("sequence", "import", str(file), who="max")
    assert result.exit_code == 2
    assert f"{file}:7:" in result.stderr


def test_leads_enter_one_by_one_and_those_who_cannot_are_named(clinic: Clinic) -> None:
    lead = clinic.desk.ask("leads", "add", "--type", "patient", "--email", "new@home.example", who="cleo")["id"]
    result = clinic.desk.run("enroll", "imaging", "rita0@home.example", lead, "--json", who="max")
    assert result.exit_code == 1
    assert [row["outcome"] for row in json.loads(result.stdout)] == ["already_enrolled", "enrolled"]
    assert clinic.desk.run("enroll", "imaging", lead, who="ada").exit_code == 1
    assert clinic.desk.run("enroll", "imaging", "nobody", who="max").exit_code == 2
