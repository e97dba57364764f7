"""Commands about publications."""

import json

import pytest

from tests.cli.clinic import Clinic


def test_a_recall_holds_what_waits_and_happens_once(clinic: Clinic) -> None:
    words = ("recall", "imaging-prep", "--reason", "The door has moved.")
    done = clinic.desk.ask(*words, who="cora")
    assert (done["held_messages"], done["released_before"]) == (2, 0)
    again = clinic.desk.run(*words, "--json", who="cora")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["refused"]


def test_a_recall_wants_three_words_and_somebody_who_may(clinic: Clinic) -> None:
    short = clinic.desk.run("recall", "imaging-prep", "--reason", "Wrong.", who="cora")
    assert (short.exit_code, "--reason" in short.stderr) == (2, True)
    assert clinic.desk.run("recall", "imaging-prep", "--reason", "The door has moved.", who="ada").exit_code == 1
    assert clinic.desk.run("recall", "nothing", "--reason", "The door has moved.", who="cora").exit_code == 2


def test_what_is_not_approved_is_not_published(clinic: Clinic) -> None:
    result = clinic.desk.run("publish", "waiting", "--json", who="max")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "round_not_approved"


@pytest.mark.parametrize("day", ["2027-02-30", "tomorrow", "2027-03-14T09:00", ""])
def test_a_day_that_cannot_be_is_wrong_usage(day: str, clinic: Clinic) -> None:
    result = clinic.desk.run("publish", "waiting", "--until", day, who="max")
    assert result.exit_code == 2
    assert "--until" in result.stderr
