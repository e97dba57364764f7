"""What every answer carries, whatever the answer is."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.settings import WebSettings
from app.web.access import public
from app.web.application import create_app
from app.web.context import WebContext
from app.web.headers import COMMON, framed


@pytest.mark.parametrize("address", ["/", "/sign-in", "/nothing-here", "/static/css/base.css"])
def test_every_answer_carries_the_headers(address: str, web: Flask) -> None:
    with web.test_client().get(address) as answer:
        headers = answer.headers
    assert {name: headers[name] for name in COMMON} == dict(COMMON)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_framed_answer_may_do_nothing_and_stays_in_our_pages(web: Flask) -> None:
    web.add_url_rule("/f", view_func=public(framed(lambda: "<script>alert(1)</script>")), endpoint="f")
    headers = web.test_client().get("/f").headers
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert "allow-" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_pages_are_not_stored_and_files_with_their_digest_are(web: Flask) -> None:
    client = web.test_client()
    page = client.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(style) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_https_is_demanded_only_where_people_come_by_https(context: WebContext, tmp_path: Path) -> None:
    assert "Strict-Transport-Security" not in create_app(context).test_client().get("/sign-in").headers
    settings = WebSettings.from_mapping({"PLACET_PUBLIC_URL": "https://placet.example"}, data_dir=tmp_path)
    answer = (
        create_app(replace(context, settings=settings)).test_client().get("/sign-in", base_url="https://placet.example")
    )
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert answer.headers["Set-Cookie"].startswith("__Host-placet=")
    assert "Secure" in answer.headers["Set-Cookie"]
