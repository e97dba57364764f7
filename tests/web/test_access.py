"""Every route says who may use it, and the guard believes nothing else."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Permission, Role
from app.web.access import Door, declared, public, requires, roles_with, signed_in
from app.web.application import create_app
from app.web.context import WebContext


def test_every_route_declares_its_access(web: Flask) -> None:
    undeclared = [
        rule.endpoint for rule in web.url_map.iter_rules() if declared(web.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_a_route_without_a_declaration_answers_nobody(web: Flask) -> None:
    web.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    answer = web.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_view_cannot_declare_twice() -> None:
    with pytest.raises(TypeError, match="twice"):
        public(signed_in(lambda: ""))


def test_no_page_but_sign_in_and_files_is_public(web: Flask) -> None:
    doors = {rule.endpoint: declared(web.view_functions[rule.endpoint]) for rule in web.url_map.iter_rules()}
    open_to_all = {name for name, access in doors.items() if access is not None and access.door is Door.PUBLIC}
    assert open_to_all == {"static", "sign_in.ask", "sign_in.enter", "appearance.choose", "demo.become",
                           "health.live", "health.ready"}  # fmt: skip


def test_strangers_are_asked_to_sign_in_and_sent_back_where_they_were(web: Flask) -> None:
    web.add_url_rule("/guarded", view_func=requires(Permission.READ_AUDIT)(lambda: "log"), endpoint="guarded")
    answer = web.test_client().get("/guarded?word=knee")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/guarded")


def test_htmx_is_told_to_load_the_sign_in_page_whole(web: Flask) -> None:
    answer = web.test_client().get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_a_permission_opens_to_its_roles_only_and_the_refusal_explains(
    web: Flask, signed_in_as: Callable[[Role], FlaskClient]
) -> None:
    for permission in Permission:
        web.add_url_rule(f"/may/{permission.value}", view_func=_guarded(permission), endpoint=permission.value)
    for role in Role:
        client = signed_in_as(role)
        for permission in Permission:
            answer = client.get(f"/may/{permission.value}")
            assert answer.status_code == (200 if role in roles_with(permission) else 403), (role, permission)
            if answer.status_code == 403:
                assert "Your roles do not allow this" in answer.text
                assert "These roles may:" in answer.text


def _guarded(permission: Permission) -> Callable[[], str]:
    def view() -> str:
        return "open"

    return requires(permission)(view)


def test_two_applications_share_nothing(context: WebContext) -> None:
    one, other = create_app(context), create_app(context)
    one.add_url_rule("/only-here", view_func=public(lambda: "here"), endpoint="only_here")
    assert other.test_client().get("/only-here").status_code == 404
