"""Pages for what went wrong say what happened and what to do."""

import pytest
from flask import Flask

from app.kernel.errors import BadInput, NotFound, NotPermitted, StaleState
from app.kernel.finding import Refusal
from app.web.access import public
from app.web.errors import refused


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound("lead", "8f3k2"), 404, "This page does not exist"),
        (NotPermitted("read_audit"), 403, "Auditor"),
        (StaleState("rows"), 409, "Somebody was first"),
        (BadInput("Line 3 has no title."), 400, "Line 3 has no title."),
    ],
)
def test_each_error_has_a_page_in_words(error: Exception, status: int, words: str, web: Flask) -> None:
    def broken() -> str:
        raise error

    web.add_url_rule("/broken", view_func=public(broken), endpoint="broken")
    answer = web.test_client().get("/broken")
    assert answer.status_code == status
    assert words in answer.text


def test_a_fault_shows_a_reference_and_nothing_of_itself(web: Flask) -> None:
    def broken() -> str:
        raise ValueError("ida.berg@example.org")

    web.add_url_rule("/broken", view_func=public(broken), endpoint="broken")
    answer = web.test_client().get("/broken")
    assert answer.status_code == 500
    assert "id000001" in answer.text
    assert "ida.berg" not in answer.text


def test_a_missing_page_does_not_say_whether_the_thing_exists(web: Flask) -> None:
    answer = web.test_client().get("/content/8f3k2/<script>")
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace("<script src", "")


def test_too_large_a_request_is_refused(web: Flask) -> None:
    answer = web.test_client().post("/sign-in", data={"email": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "2 MB" in answer.text


def test_a_refusal_says_who_can_change_it(web: Flask) -> None:
    refusal = Refusal("own_words", {"round": "r1"})
    web.add_url_rule("/no", view_func=public(lambda: refused(refusal)), endpoint="no")
    answer = web.test_client().get("/no")
    assert answer.status_code == 409
    assert "You wrote words of this version" in answer.text
    assert "A colleague with the same role" in answer.text
