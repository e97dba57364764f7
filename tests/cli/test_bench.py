"""The measurement runs a real worker on a ground of its own, and counts to the unit."""

import json

import pytest
from click.testing import CliRunner

from app.cli.main import main


@pytest.mark.slow
def test_the_gate_is_measured_on_every_message_and_prints_json() -> None:
    result = CliRunner().invoke(main, ["bench", "gate", "--messages", "10"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["bench"], found["database"], found["messages"]) == ("gate", "sqlite", 10)
    assert found["outcomes"]["accepted"] == sum(found["outcomes"].values()) == 10


def test_too_few_messages_are_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["bench", "gate", "--messages", "9"]).exit_code == 2
