"""The choice of light or dark."""

import pytest
from flask import Flask

from app.web.frame import THEME_COOKIE, THEMES
from tests.web.conftest import token_of


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_theme_is_remembered_by_a_cookie_that_says_nothing_else(theme: str, web: Flask) -> None:
    client = web.test_client()
    form = {"csrf_token": token_of(client.get("/sign-in").text), "theme": theme, "back": "/content"}
    answer = client.post("/appearance", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/content")
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(THEME_COOKIE)]
    assert cookie.startswith(f"{THEME_COOKIE}={theme};")
    assert "HttpOnly" in cookie


@pytest.mark.parametrize(("theme", "back", "status"), [("neon", "/", 400), ("dark", "https://evil.example/", 302)])
def test_no_other_theme_and_no_other_place(theme: str, back: str, status: int, web: Flask) -> None:
    client = web.test_client()
    form = {"csrf_token": token_of(client.get("/sign-in").text), "theme": theme, "back": back}
    answer = client.post("/appearance", data=form)
    assert answer.status_code == status
    assert "evil" not in answer.headers.get("Location", "")
