"""Commands about review: look, comment, sign, send back."""

import json

import pytest

from tests.cli.clinic import Clinic


def test_a_comment_is_opened_answered_settled_and_keeps_the_review_unsigned(clinic: Clinic) -> None:
    words = ("review", "comment", "waiting", "--kind", "must", "--quote", "ten minutes", "--body", "Too few.")
    thread = clinic.desk.ask(*words, who="mara")["id"]
    refused = clinic.desk.run("sign", "waiting", "--role", "medical", who="mara")
    assert (refused.exit_code, "open_must_thread" in refused.stderr) == (1, True)
    assert clinic.desk.run("review", "answer", thread, "--body", "Now twenty.", who="ada").exit_code == 0
    assert clinic.desk.ask("review", "thread", thread, "done", who="ada")["state"] == "done"
    assert clinic.desk.ask("review", "thread", thread, "settle", who="mara")["state"] == "settled"
    assert len(clinic.desk.ask("sign", "waiting", "--role", "medical", who="mara")["signatures"]) == 1
    assert "Signed:   Mara Medical" in clinic.desk.run("review", "show", "waiting").stdout


def test_only_what_somebody_can_sign_is_hers(clinic: Clinic) -> None:
    mine = {who: len(clinic.desk.ask("review", "list", "--mine", who=who)) for who in ("mara", "lev")}
    assert mine == {"mara": 1, "lev": 0}
    assert clinic.desk.ask("review", "list")[0]["missing"] == ["compliance", "medical"]


@pytest.mark.parametrize(
    ("who", "words", "code"),
    [
        ("lev", ("sign", "waiting", "--role", "legal"), "role_not_required"),
        ("mara", ("sign", "waiting", "--role", "compliance"), "role_not_held"),
        ("otto", ("decline", "waiting", "--reason", "No."), "not_permitted"),
        ("mara", ("request-changes", "waiting"), "reason_missing"),
        ("cora", ("review", "withdraw", "waiting", "--reason", "No."), ""),
    ],
)
def test_a_refusal_names_its_code(who: str, words: tuple[str, ...], code: str, clinic: Clinic) -> None:
    result = clinic.desk.run(*words, "--json", who=who)
    assert result.exit_code == 1, result.output
    assert code in json.loads(result.stdout)["refused"]


def test_words_that_do_not_stand_there_or_another_digest_sign_nothing(clinic: Clinic) -> None:
    quote = clinic.desk.run("review", "comment", "waiting", "--quote", "eleven", "--body", "x", who="mara")
    assert (quote.exit_code, "--quote" in quote.stderr) == (2, True)
    other = clinic.desk.run("sign", "waiting", "--role", "medical", "--expect", "ffff0000", who="mara")
    assert (other.exit_code, "Nothing was signed" in other.stderr) == (2, True)
    assert clinic.desk.ask("review", "show", "waiting")["round"]["signatures"] == []
    assert clinic.desk.run("review", "show", "nothing").exit_code == 2


@pytest.mark.parametrize(("act", "state"), [("request-changes", "changes_requested"), ("decline", "declined")])
def test_mara_ends_a_review_with_a_reason(act: str, state: str, clinic: Clinic) -> None:
    assert clinic.desk.ask(act, "waiting", "--reason", "The door has moved.", who="mara")["state"] == state
    assert clinic.desk.ask("review", "list") == []
