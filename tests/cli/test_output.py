"""Answers for people and for machines."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.model import Actor, Role, SignedIn
from app.cli.output import Output, aligned, moment, plain
from app.kernel.finding import Refusal
from app.outbox.model import MessageState

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (AT, "2026-03-02T15:00:00.000000Z"),
        (MessageState.HELD, "held"),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({MessageState.HELD: (1, None)}, {"held": [1, None]}),
        (timedelta(days=1), "1 day, 0:00:00"),
        (True, True),
    ],
)
def test_values_become_json(value: object, shown: object) -> None:
    assert plain(value) == shown
    assert json.loads(json.dumps(plain(value))) == shown


def test_a_token_is_never_printed() -> None:
    value = plain(SignedIn("the token", Actor("ada", "Ada", frozenset({Role.WRITER}))))
    assert value == {"actor": {"person_id": "ada", "name": "Ada", "roles": ["writer"], "session_id": ""}}


def test_columns_stand_beside_each_other() -> None:
    rows = [{"a": 1, "b": AT}, {"a": "long word", "b": None, "c": "not shown"}]
    assert aligned(rows, [("a", "A"), ("b", "WHEN")]).splitlines() == [
        "A          WHEN", "1          2026-03-02 15:00 UTC", "long word",
    ]  # fmt: skip
    assert moment(None) == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_refusal_says_who_and_ends_with_one(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        Output(as_json).refused(Refusal("reason_missing"))
    printed = capsys.readouterr()
    assert end.value.code == 1
    if as_json:
        assert json.loads(printed.out).keys() == {"refused", "facts", "sentence", "who", "fix"}
        assert printed.err == ""
    else:
        assert printed.out == ""
        assert "(reason_missing)" in printed.err


def test_an_empty_table_is_a_sentence_or_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).table([], [("a", "A")], "Nothing yet.")
    Output(as_json=True).table([], [("a", "A")], "Nothing yet.")
    assert capsys.readouterr().out == "Nothing yet.\n[]\n"
