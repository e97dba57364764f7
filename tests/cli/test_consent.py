"""Commands about consent."""

import json

import pytest

from tests.cli.clinic import Clinic

RITA = "rita0@home.example"


def test_a_withdrawal_shows_in_the_ledger_and_stops_the_channel(clinic: Clinic) -> None:
    before = clinic.desk.ask("consent", "show", RITA, who="cleo")
    assert clinic.desk.ask("consent", "withdraw", RITA, "--channel", "email", who="cleo")["new"] is True
    after = clinic.desk.ask("consent", "show", RITA, who="cleo")
    assert [row["act"] for row in after] == [*(row["act"] for row in before), "withdrew"]
    standings = clinic.desk.ask("leads", "show", RITA, who="cleo")["standings"]
    assert {row["sendable"] for row in standings} == {False}


def test_an_address_is_suppressed_whoever_uses_it(clinic: Clinic) -> None:
    assert clinic.desk.ask("consent", "suppress", RITA, who="cleo")["reason"] == "manual"
    assert len(clinic.desk.ask("leads", "show", RITA, who="cleo")["suppressions"]) == 1


@pytest.mark.parametrize("words", [("withdraw", RITA), ("suppress", RITA), ("show", RITA)])
def test_otto_changes_and_reads_no_consent(words: tuple[str, ...], clinic: Clinic) -> None:
    result = clinic.desk.run("consent", *words, who="otto")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_an_agreement_needs_a_published_wording(clinic: Clinic) -> None:
    words = ("consent", "agree", RITA, "--channel", "email", "--purpose", "education", "--wording")
    result = clinic.desk.run(*words, "imaging-prep", who="cleo")
    assert result.exit_code == 2
    assert "consent wording" in result.stderr
    assert clinic.desk.run(*words, "x", "--at", "2026-03-02T09:00", who="cleo").exit_code == 2
    assert clinic.desk.run(*words[:-3], "--wording", "x", who="cleo").exit_code == 2


def test_somebody_who_is_not_there_is_wrong_usage(clinic: Clinic) -> None:
    result = clinic.desk.run("consent", "withdraw", "nobody@home.example", "--json", who="cleo")
    assert result.exit_code == 2
    assert "There is no lead" in result.stderr
    assert result.stdout == "" or json.loads(result.stdout)
