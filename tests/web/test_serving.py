"""From a data directory to an application: its own keys, its name, and a demonstration only where one lives."""

import shutil
from datetime import timedelta
from pathlib import Path

from app.settings import WebSettings
from app.storage.demo_clock import DemoClockFile
from app.storage.engine import sqlite_url
from app.web.application import create_app
from app.web.context import WebContext
from app.web.serving import build_context


def settings(template: Path, folder: Path, *, demo: bool) -> WebSettings:
    shutil.copyfile(template, folder / "placet.sqlite3")
    if demo:
        (folder / "demo.json").write_text("{}")
        (folder / "demo").mkdir()
        (folder / "demo" / "password").write_text("the word of the day\n")
    return WebSettings.from_mapping({"PLACET_DATABASE_URL": sqlite_url(folder / "placet.sqlite3")}, data_dir=folder)


def built(template: Path, folder: Path, *, demo: bool = False) -> WebContext:
    context = build_context(settings(template, folder, demo=demo))
    assert (folder / "keys").is_dir()
    return context


def test_an_empty_installation_is_called_placet_and_has_no_demonstration(sqlite_template: Path, tmp_path: Path) -> None:
    context = built(sqlite_template, tmp_path)
    assert (context.organisation, context.demo) == ("Placet", None)
    assert context.clock is not None
    assert create_app(context).test_client().get("/health/live").status_code == 200


def test_a_second_start_finds_the_same_keys(sqlite_template: Path, tmp_path: Path) -> None:
    first = built(sqlite_template, tmp_path)
    second = build_context(first.settings)
    assert second.keys.cookies == first.keys.cookies
    assert second.keys.organisation.verify_key == first.keys.organisation.verify_key
    assert second.log_keys == first.log_keys


def test_a_demonstration_moves_its_clock_and_knows_its_password(sqlite_template: Path, tmp_path: Path) -> None:
    context = built(sqlite_template, tmp_path, demo=True)
    assert context.demo is not None
    assert context.demo.password("anybody") == "the word of the day"
    assert context.demo.inbox_count() == 0
    ahead = DemoClockFile(tmp_path)
    for word, total in (
        ("hour", timedelta(hours=1)),
        ("day", timedelta(days=1, hours=1)),
        ("expiry", timedelta(days=2, hours=1)),
    ):
        context.demo.move_clock(word)
        assert ahead() == total
    assert context.clock.now() - context.wall.now() > timedelta(days=2)
