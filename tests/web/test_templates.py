"""Every page renders from its view model alone, escapes what people wrote, and stays within its budget."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, render_template

from app.web.assets import STATIC, STYLES
from tests.web.samples import PAGES

STYLE_BUDGET = 25_000
PAGE_BUDGET = 60_000
_TAB = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_HEALTH = re.compile(r"knee|mri|hip|surgery|laser|joint", re.IGNORECASE)


def rendered(web: Flask, name: str) -> str:
    template, page = PAGES[name]
    with web.test_request_context("/"):
        return render_template(template, page=page)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_renders_without_scripts_styles_or_health_words_in_its_tab(name: str, web: Flask) -> None:
    html = rendered(web, name)
    assert len(html) < PAGE_BUDGET
    assert "<script>" not in html
    assert not re.search(r"\sstyle=|\son\w+=", html)
    title = _TAB.search(html)
    assert title is not None
    assert not _HEALTH.search(title.group(1))


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_has_one_main_heading_and_at_most_one_filled_button(name: str, web: Flask) -> None:
    html = rendered(web, name)
    assert html.count("<h1") == 1
    if not name.startswith("item"):
        assert html.count("button-main") <= 1


def test_every_page_template_has_a_sample() -> None:
    folder = Path(__file__).parents[2] / "app" / "web" / "templates"
    pages = {path.relative_to(folder).as_posix() for name in ("pages", "public") for path in (folder / name).iterdir()}
    assert pages - {template for template, _ in PAGES.values()} <= {"pages/message_bare.html"}


def test_frames_are_sandboxed_with_nothing_allowed(web: Flask) -> None:
    for name in ("item", "review", "inbox_message"):
        frames = re.findall(r"<iframe[^>]*>", rendered(web, name))
        assert frames
        assert all('sandbox=""' in frame for frame in frames)


def test_the_styles_stay_small() -> None:
    together = b"".join((STATIC / name).read_bytes() for name in STYLES)
    assert len(gzip.compress(together)) < STYLE_BUDGET
