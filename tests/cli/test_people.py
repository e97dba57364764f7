"""Commands about accounts."""

import json

import pytest

from tests.cli.clinic import Clinic
from tests.cli.desk import DOMAIN


def test_nora_opens_changes_and_closes_an_account(clinic: Clinic) -> None:
    email, file = f"eve@{DOMAIN}", str(clinic.desk.password_file)
    made = clinic.desk.ask(
        "people", "add", email, "--name", "Eve", "--role", "writer", "--new-password-file", file, who="nora"
    )
    assert (made["roles"], made["state"]) == (["writer"], "active")
    assert clinic.desk.ask("people", "role", email, "auditor", who="nora")["roles"] == ["auditor"]
    assert clinic.desk.ask("people", "deactivate", email, who="nora")["state"] == "deactivated"
    assert clinic.desk.run("stop", "--reason", "x", who="eve").exit_code == 1
    assert email in {row["email"] for row in clinic.desk.ask("people", "list")}


@pytest.mark.parametrize("words", [("role", f"ada@{DOMAIN}", "administrator"), ("deactivate", f"nora@{DOMAIN}")])
def test_ada_gives_nobody_a_role(words: tuple[str, ...], clinic: Clinic) -> None:
    result = clinic.desk.run("people", *words, "--json", who="ada")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "not_permitted"


def test_a_role_or_person_that_does_not_exist_is_wrong_usage(clinic: Clinic) -> None:
    assert clinic.desk.run("people", "role", f"ada@{DOMAIN}", "king", who="nora").exit_code == 2
    assert clinic.desk.run("people", "deactivate", "nobody@x.example", who="nora").exit_code == 2


def test_no_answer_shows_a_password(clinic: Clinic) -> None:
    shown = clinic.desk.run("people", "list", "--json").output
    assert "password" not in shown
    assert "argon2" not in shown
