"""Commands about leads: who may read them, and files whose rows cannot all be used."""

import json
from pathlib import Path

from tests.cli.clinic import Clinic

HEAD = "email,lead_type,first_name\n"


def test_cleo_adds_shows_and_erases_a_lead(clinic: Clinic) -> None:
    made = clinic.desk.ask("leads", "add", "--type", "patient", "--email", "new@home.example", who="cleo")
    shown = clinic.desk.ask("leads", "show", "NEW@home.example", who="cleo")
    assert shown["lead"] == made
    assert (shown["standings"], shown["suppressions"]) == ([], [])
    assert len(clinic.desk.ask("leads", "list", who="cleo")) == 3
    assert clinic.desk.run("leads", "erase", made["id"], who="cleo").exit_code == 0
    assert clinic.desk.run("leads", "show", "new@home.example", who="cleo").exit_code == 2
    assert clinic.desk.ask("leads", "show", made["id"], who="cleo")["lead"]["email"] == ""


def test_who_may_not_read_leads_reads_none(clinic: Clinic) -> None:
    for words in (("list",), ("show", "rita0@home.example"), ("add", "--type", "patient", "--email", "x@y.example")):
        result = clinic.desk.run("leads", *words, who="otto")
        assert result.exit_code == 1, result.output
        assert "rita" not in result.stdout
    assert clinic.desk.run("leads", "list").exit_code == 2


def test_the_same_address_twice_is_refused(clinic: Clinic) -> None:
    words = ("leads", "add", "--type", "patient", "--email", "rita0@home.example", "--json")
    result = clinic.desk.run(*words, who="cleo")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"]


def test_a_file_is_tried_before_it_is_imported_and_bad_rows_are_named(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(f"{HEAD}one@home.example,patient,One\nnot an address,patient,Two\n", encoding="utf-8")
    tried = clinic.desk.run("leads", "import", str(file), "--dry-run", who="cleo")
    assert tried.exit_code == 2
    assert f"{file}:3: email" in tried.stderr
    assert "Would be: 1 new" in tried.stdout
    assert len(clinic.desk.ask("leads", "list", who="cleo")) == 2
    done = clinic.desk.run("leads", "import", str(file), "--json", who="cleo")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["added"], len(report["errors"])) == (2, 1, 1)
    assert len(clinic.desk.ask("leads", "list", who="cleo")) == 3


def test_a_whole_file_that_can_be_used_ends_well(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(f"{HEAD}one@home.example,patient,One\n", encoding="utf-8")
    assert clinic.desk.ask("leads", "import", str(file), who="cleo")["added"] == 1
    again = clinic.desk.ask("leads", "import", str(file), who="cleo")
    assert (again["added"], again["known"]) == (0, 1)
    assert clinic.desk.run("leads", "import", str(file), who="otto").exit_code == 1
