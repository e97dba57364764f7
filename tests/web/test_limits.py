"""One address may not try for ever."""

from dataclasses import replace

from app.web.application import create_app
from app.web.context import WebContext
from tests.web.conftest import token_of


def test_the_sign_in_page_stops_answering_an_address_that_keeps_trying(context: WebContext) -> None:
    client = create_app(replace(context, rate_limits=True)).test_client()
    form = {"email": "nobody@clinic.example", "password": "x", "csrf_token": token_of(client.get("/sign-in").text)}
    answers = [client.post("/sign-in", data=form).status_code for _ in range(21)]
    assert answers[0] == 401
    assert answers[-1] == 429
