import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring import markdown_html
from app.authoring.markdown_html import protect
from app.authoring.model import Literal, Slot
from app.kernel.errors import BadInput


def html(markdown: str) -> str:
    return markdown_html.to_html(markdown_html.parse(protect(markdown)))


def text(markdown: str) -> str:
    return markdown_html.to_text(markdown_html.parse(protect(markdown)))


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div onclick='x'>y</div>",
        "<style>p{color:red}</style>".replace("{", "(").replace("}", ")"),
        "`<script>`",
        "    <script>",
        "&lt;script&gt;",
    ],
)
def test_html_in_the_source_is_shown_not_run(markdown: str) -> None:
    assert not re.search(r"<(script|img|div|style)", html(markdown))
    assert "&lt;" in html(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](http://northgate.example.org)",
        "[x](/relative)",
        "[x](data:text/html,x)",
        "[x](//evil.example)",
        "<ftp://x.example>",
        "[x][y]\n\n[y]: javascript:x",
        "[x](https://x.example/{{ first_name }})",
        "[x](<{{ first_name }}>)",
        "![x](https://x.example/a.png)",
    ],
)
def test_a_link_or_image_that_may_not_be_sent_is_refused_with_its_line(markdown: str) -> None:
    with pytest.raises(BadInput) as caught:
        markdown_html.parse(protect("First\n\n" + markdown), "visit.md", first_line=10)
    assert caught.value.line == 12


def test_a_merge_field_may_be_a_whole_link() -> None:
    protected = protect("[Book](<{{ appointment_link }}>)")
    tokens = markdown_html.parse(protected)
    assert protected.cut(markdown_html.to_html(tokens)) == (
        Literal('<p><a href="'),
        Slot("appointment_link"),
        Literal('">Book</a></p>'),
    )
    assert markdown_html.links_of(tokens, protected) == ("{{ appointment_link }}",)


def test_tables_and_lists_survive_cleaning() -> None:
    rendered = html("| a | b |\n|---|--:|\n| 1 | 2 |\n\n3. x\n4. y\n")
    assert '<td align="right">2</td>' in rendered
    assert '<ol start="3">' in rendered


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Head\n\nPara *one*\nsame.", "Head\n\nPara one same."),
        ("a  \nb", "a\nb"),
        ("- one\n- two\n  - deep\n", "- one\n- two\n  - deep"),
        ("9. nine\n10. ten\n", "9. nine\n10. ten"),
        ("- one\n\n  more\n", "- one\n\n  more"),
        ("> quoted\n> twice", "> quoted twice"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("[Go](https://x.example/a)", "Go (https://x.example/a)"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("[care@x.example](mailto:care@x.example)", "care@x.example"),
        ("[217-555-0110](tel:+12175550110)", "217-555-0110 (+12175550110)"),
        ("[+1 217 555 0110](tel:+1-217-555-0110)", "+1 217 555 0110"),
        ("a\n\n---\n\nb", "a\n\n----\n\nb"),
        ("`code` and &amp;", "code and &"),
    ],
)
def test_the_text_part_reads_like_the_page(markdown: str, plain: str) -> None:
    assert text(markdown) == plain


def test_a_flood_of_brackets_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(BadInput, match="opening brackets"):
        html("[" * 5_000)
    assert time.process_time() - started < 2


@given(st.text(alphabet="ab<>&\"'[](){}*_`#|\\ \n-!:/", max_size=120))
def test_no_markdown_makes_a_tag_that_is_not_ours(markdown: str) -> None:
    try:
        rendered = html(markdown)
    except BadInput:
        return
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", rendered))
    assert tags <= {"p", "em", "strong", "a", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"} | {
        "code", "pre", "hr", "br", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
