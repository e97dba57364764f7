"""0 done, 1 refused with reasons, 2 wrong usage; never a traceback for what can be expected."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli.main import main
from tests.cli.desk import Desk, open_accounts


def commands() -> dict[str, click.Command]:
    """Every command with its path."""
    found: dict[str, click.Command] = {}

    def walk(group: click.Group, path: str) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            found[f"{path} {name}".strip()] = command
            if isinstance(command, click.Group):
                walk(command, f"{path} {name}")

    walk(main, "")
    return found


def test_the_promised_commands_exist_and_say_what_they_do() -> None:
    promised = (
        "init demo serve worker up inbox import export check submit sign request-changes decline publish recall why audit "
        "status migrate enroll stop resume people leads consent sequence sends review content bench"
    ).split()
    assert set(promised) <= set(commands())
    assert {path for path, command in commands().items() if not command.help} == set()


def test_every_command_takes_json_and_no_password() -> None:
    for path, command in commands().items():
        options = {name for param in command.params for name in param.opts}
        assert {"--json", "--data", "--as", "--password-file"} <= options, path
        secret = {name for name in options if re.search(r"password|secret|token", name)}
        assert secret <= {"--password-file", "--new-password-file"}, path


def test_a_directory_without_a_database_is_said_in_words(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--data", str(tmp_path), "status"])
    assert result.exit_code == 2
    assert "placet init" in result.stderr


def test_who_changes_something_must_be_somebody(sqlite_desk: Desk) -> None:
    assert sqlite_desk.run("stop", "--reason", "fire drill").exit_code == 2


def test_a_wrong_password_is_refused_and_counted(sqlite_desk: Desk) -> None:
    open_accounts(sqlite_desk)
    sqlite_desk.password_file.write_text("not the one at all\n", encoding="utf-8")
    result = sqlite_desk.run("stop", "--reason", "fire drill", who="nora")
    assert result.exit_code == 1
    assert "sign_in_failed" in result.stderr
    assert sqlite_desk.ask("audit", "events", "--action", "accounts.sign_in.failed")


def test_a_refusal_in_json_names_its_code(sqlite_desk: Desk) -> None:
    open_accounts(sqlite_desk)
    result = sqlite_desk.run("resume", "--json", who="nora")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "not_stopped"


def test_options_stand_before_the_command_or_after_it(sqlite_desk: Desk) -> None:
    before = CliRunner(env=sqlite_desk.env).invoke(main, ["--json", "--data", str(sqlite_desk.data), "status"])
    after = sqlite_desk.run("status", "--json")
    assert before.exit_code == after.exit_code == 0
    assert json.loads(before.stdout).keys() == json.loads(after.stdout).keys()


def test_a_command_leaves_no_session_behind(sqlite_desk: Desk) -> None:
    open_accounts(sqlite_desk)
    sqlite_desk.run("stop", "--reason", "fire drill", who="nora")
    actions = [event["action"] for event in sqlite_desk.ask("audit", "events", "--action", "accounts.session")]
    assert actions.count("accounts.session.started") == actions.count("accounts.session.ended") == 1


@pytest.mark.parametrize("words", [("content", "show", "nothing"), ("why", "nobody"), ("sequence", "show", "none")])
def test_what_does_not_exist_is_wrong_usage(sqlite_desk: Desk, words: tuple[str, ...]) -> None:
    result = sqlite_desk.run(*words)
    assert result.exit_code == 2
    assert "There is no" in result.stderr


def test_a_row_changed_behind_the_program_is_named(sqlite_desk: Desk) -> None:
    import sqlite3

    open_accounts(sqlite_desk, "ada")
    with sqlite3.connect(sqlite_desk.data / "placet.sqlite3") as database:
        database.execute("UPDATE people SET name = 'Somebody else' WHERE email LIKE 'ada@%'")
    result = sqlite_desk.run("audit", "verify")
    assert result.exit_code == 1
    assert "people" in result.stdout
    assert "row_differs" in result.stdout
