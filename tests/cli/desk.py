"""A place where commands are typed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app.cli.main import main
from app.insights.demo_stage import PEOPLE

PASSWORD = "correct horse battery"
DOMAIN = "northgate.example.org"


@dataclass
class Desk:
    """``run`` gives the result of a command, typed by somebody or nobody; ``ask`` the JSON answer of one that succeeds."""

    data: Path
    password_file: Path
    env: dict[str, str]

    def run(self, *words: str, who: str = "", stdin: str | None = None) -> Result:
        in_demo = (self.data / "demo.json").exists()
        signed = ["--as", f"{who}@{DOMAIN}"] if who else []
        signed += ["--password-file", str(self.password_file)] if who and not in_demo else []
        return CliRunner(env=self.env).invoke(main, [*words, "--data", str(self.data), *signed], input=stdin)

    def ask(self, *words: str, who: str = "") -> Any:
        result = self.run(*words, "--json", who=who)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


def open_accounts(desk: Desk, *keys: str) -> None:
    """The administrator, and those who are named."""
    words = ["init", "--email", f"nora@{DOMAIN}", "--name", "Nora", "--new-password-file", str(desk.password_file)]
    first = desk.run(*words)
    assert first.exit_code == 0, first.output
    for person in PEOPLE:
        if person.key in keys:
            words = ["people", "add", person.email, "--name", person.name, "--role", person.role.value]
            added = desk.run(*words, "--new-password-file", str(desk.password_file), who="nora")
            assert added.exit_code == 0, added.output
