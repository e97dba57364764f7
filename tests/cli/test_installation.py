"""Commands about the installation itself."""

from app.cli.context import first_line
from tests.cli.clinic import Clinic
from tests.cli.desk import Desk


def test_a_second_init_changes_nothing(clinic: Clinic) -> None:
    words = ("init", "--email", "eve@x.example", "--name", "Eve", "--new-password-file", str(clinic.desk.password_file))
    result = clinic.desk.run(*words)
    assert result.exit_code == 1
    assert "eve@x.example" not in {row["email"] for row in clinic.desk.ask("people", "list")}


def test_a_first_password_that_is_too_short_is_refused(sqlite_desk: Desk) -> None:
    sqlite_desk.password_file.write_text("short\n", encoding="utf-8")
    words = ("init", "--email", "eve@x.example", "--name", "Eve", "--new-password-file", str(sqlite_desk.password_file))
    assert sqlite_desk.run(*words).exit_code in {1, 2}
    assert sqlite_desk.ask("people", "list") == []
    assert first_line(sqlite_desk.password_file) == "short"


def test_a_migration_twice_stands_where_it_stood(clinic: Clinic) -> None:
    assert clinic.desk.ask("migrate") == clinic.desk.ask("migrate")


def test_the_figures_are_the_same_in_words_and_as_json(clinic: Clinic) -> None:
    found = clinic.desk.ask("status")["status"]
    text = clinic.desk.run("status").stdout
    assert found["sends"]["planned"] == 2
    assert "Sends: 2 planned = 0 accepted + 0 rejected + 0 refused + 0 held + 0 unknown + 2 pending" in text
    assert f"People {found['people']}, leads 2" in text
