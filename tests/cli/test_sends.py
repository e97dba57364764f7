"""Commands about messages: the log, why, proof, stop and resume."""

import json

import pytest

from tests.cli.clinic import Clinic


def first(clinic: Clinic) -> str:
    return clinic.sending.message().id


def test_the_log_lists_every_message_by_state(clinic: Clinic) -> None:
    rows = clinic.desk.ask("sends", "list")
    assert {row["message"] for row in rows} == {clinic.sending.message(n).id for n in (0, 1)}
    assert clinic.desk.ask("sends", "list", "--state", "held") == []
    assert clinic.desk.run("sends", "list", "--state", "gone").exit_code == 2


def test_why_answers_by_message_and_by_address(clinic: Clinic) -> None:
    by_message = clinic.desk.ask("why", first(clinic))
    by_address = clinic.desk.ask("why", "--lead", "rita0@home.example", "--item", "imaging-prep")
    assert by_message["answer"] == by_address["answer"]
    assert by_message["answer"].startswith("It is planned for ")
    assert clinic.desk.run("sends", "show", first(clinic)).stdout.startswith("It is planned for ")


@pytest.mark.parametrize("words", [(), ("m1", "--lead", "a@b.example"), ("--lead", "a@b.example"), ("--item", "x")])
def test_why_wants_a_message_or_address_and_piece(words: tuple[str, ...], clinic: Clinic) -> None:
    result = clinic.desk.run("why", *words)
    assert result.exit_code == 2
    assert "--lead ADDRESS and --item KEY" in result.stderr


def test_what_never_left_has_no_proof(clinic: Clinic) -> None:
    result = clinic.desk.run("sends", "proof", first(clinic), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "never_released"
    assert clinic.desk.run("sends", "proof", "nothing").exit_code == 2


def test_max_stops_and_resumes_everything(clinic: Clinic) -> None:
    assert clinic.desk.ask("stop", "--reason", "fire drill", who="max") == {"stopped": "all"}
    again = clinic.desk.run("stop", "--reason", "fire drill", who="max")
    assert (again.exit_code, "already_stopped" in again.stderr) == (1, True)
    assert "SENDING IS STOPPED" in clinic.desk.run("status").stdout
    assert clinic.desk.ask("resume", who="max") == {"resumed": "all"}
    assert "not_stopped" in clinic.desk.run("resume", who="max").stderr


def test_one_sequence_is_stopped_by_its_key(clinic: Clinic) -> None:
    assert clinic.desk.ask("stop", "--sequence", "imaging", "--reason", "wrong door", who="max") == {
        "stopped": "imaging"
    }
    assert "not_stopped" in clinic.desk.run("resume", who="max").stderr
    assert clinic.desk.run("stop", "--sequence", "nothing", "--reason", "x", who="max").exit_code == 2


@pytest.mark.parametrize(
    ("who", "reason", "code"), [("ada", "fire drill", "not_permitted"), ("max", " ", "reason_missing")]
)
def test_a_stop_is_refused_with_its_reason(who: str, reason: str, code: str, clinic: Clinic) -> None:
    result = clinic.desk.run("stop", "--reason", reason, "--json", who=who)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == code


def test_only_a_held_message_is_planned_again_and_only_by_those_who_may(clinic: Clinic) -> None:
    assert clinic.desk.run("sends", "resume", first(clinic), who="ada").exit_code == 1
    assert clinic.desk.run("sends", "resume", "nothing", who="max").exit_code == 2
    planned = clinic.desk.run("sends", "resume", first(clinic), who="max")
    assert planned.exit_code in {1, 2}
    assert "Traceback" not in planned.output
