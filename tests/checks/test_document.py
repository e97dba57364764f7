"""Reading a source: what a reader sees, and where each character stands."""

import contextlib
import html
import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.checks.blocks import BlockKind
from app.checks.document import Document, read_rendered, read_source
from app.kernel.errors import BadInput

FILE = """---
id: ct-prep
subject: "It's \\"your\\" visit"
preheader: >-
  folded words
  over lines
cta:
  label: Book now
  url: https://northgate.example/book
fallbacks:
  first_name: there
---

# Title *of* it #

Hello {{ first_name }}, we gu<!-- x -->ar**ant**ee &amp; `code x` results\\*.
Second line [Book &amp; go]({{ appointment_link }} "the title") ![alt *x*](pic.png)

> - quoted item
>   more

| a \\| b | one |
|---|---|
| one **two** | one |

<div title="Hi">Some <i>ht</i>ml &lt; text</div>
"""


def texts(document: Document, kind: BlockKind) -> list[str]:
    return [block.text for block in document.of(kind)]


def test_a_content_file_is_read_as_its_reader_sees_it() -> None:
    document = read_source(FILE)
    assert texts(document, BlockKind.SUBJECT) == ['It\'s "your" visit']
    assert texts(document, BlockKind.ENVELOPE) == ['It\'s "your" visit folded words over lines']
    assert texts(document, BlockKind.CTA) == ["Book now"]
    assert texts(document, BlockKind.FALLBACK) == ["there"]
    assert texts(document, BlockKind.HEADING) == ["Title of it"]
    paragraph = texts(document, BlockKind.PARAGRAPH)[0]
    assert paragraph.startswith("Hello {{ first_name }}, we guarantee & code x results*. Second line Book & go")
    assert texts(document, BlockKind.LINK_TARGET) == [
        "https://northgate.example/book",
        "{{ appointment_link }}",
        "pic.png",
    ]
    assert texts(document, BlockKind.LINK_TITLE) == ["the title"]
    assert texts(document, BlockKind.ALT) == ["alt x", "Hi"]
    assert texts(document, BlockKind.LIST_ITEM) == ["quoted item more"]
    assert texts(document, BlockKind.TABLE_CELL) == ["a | b", "one", "one two", "one"]
    assert texts(document, BlockKind.PARAGRAPH)[1] == "Some html < text"


def test_equal_table_cells_keep_their_own_places() -> None:
    document = read_source(FILE)
    starts = [block.mapped.span(0, 3)[0] for block in document.of(BlockKind.TABLE_CELL) if block.text.startswith("one")]
    assert len(set(starts)) == 3
    assert all(FILE.startswith("one", start) for start in starts)


@pytest.mark.parametrize(
    ("block_text", "written"),
    [
        ("guarantee", "gu<!-- x -->ar**ant**ee"),
        ("& code", "&amp; `code"),
        ("results*.", "results\\*."),
        ("Book & go", "Book &amp; go"),
    ],
)
def test_words_broken_by_markup_lead_back_to_all_of_it(block_text: str, written: str) -> None:
    block = next(block for block in read_source(FILE).of(BlockKind.PARAGRAPH) if block_text in block.text)
    at = block.text.index(block_text)
    start, end = block.mapped.span(at, at + len(block_text))
    assert FILE[start:end] == written


def test_line_and_column_count_from_one() -> None:
    document = read_source("first\n\nsecond third")
    start = document.source.index("third")
    place = document.span(start, start + 5)
    assert (place.line, place.column) == (3, 8)


def test_crlf_does_not_shift_places() -> None:
    text = "one\r\ntwo *three*\r\n\r\nfour"
    block = read_source(text).blocks[0]
    start, end = block.mapped.span(block.text.index("three"), block.text.index("three") + 5)
    assert text[start:end] == "three"


def test_comments_are_not_read_and_tags_are_known() -> None:
    document = read_source("Hello <!-- secret -->there <b>you</b>")
    assert document.blocks[0].text == "Hello there you"
    assert [document.source[start:end] for start, end in document.markup] == ["<b>", "</b>"]


def test_a_rendered_message_is_subject_then_text() -> None:
    document = read_rendered("Your visit", "One.\n\nTwo.")
    assert [block.text for block in document.blocks] == ["Your visit", "One.", "Two."]
    assert document.source == "Your visit\nOne.\n\nTwo."


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 200_001, "- " * 60 + "a", "[" * 5_000, "---\nid: [\n---\n"])
def test_what_cannot_be_read_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadInput, match=r"\w"):
        read_source(text)


@pytest.mark.parametrize(
    "piece", ["[", "*a ", ">", "[a](", "`", "<", "&", "![", "a_", "{{", "|a", "~~", "\\", "<!--", "&#", "1. "]
)
def test_evil_repetitions_end_in_bounded_time(piece: str) -> None:
    started = time.process_time()
    with contextlib.suppress(BadInput):
        read_source(piece * (60_000 // len(piece)))
    assert time.process_time() - started < 4


MARKS = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "`",
        "[",
        "](x)",
        "![",
        "](https://a.example 't')",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "# ",
        "| ",
        "\\*",
        "&amp;",
        "&#65;",
        "  \n",
        "\\\n",
        "<b>",
        "</b>",
        "<!--c-->",
        "{{ first_name }}",
        "~~",
        "\t",
        "é",
        "e\u0301",
        "\u200b",
        "😀",
        "word ",
        "a",
        ".",
        "|---|\n",
        "\r\n",
        "<div>\n",
        "```\n",
    ]
)


@given(st.lists(MARKS, max_size=40).map("".join))
def test_every_word_of_every_block_stands_where_the_map_says(text: str) -> None:
    """Each word taken from a block is found, in order, in the source it maps to once entities are read."""
    try:
        document = read_source(text)
    except BadInput:
        return
    for block in document.blocks:
        for word in regex.finditer(r"\w+", block.text):
            start, end = block.mapped.span(*word.span())
            written = iter(html.unescape(text[start:end]))
            assert 0 <= start < end <= len(text)
            assert all(character in written for character in word.group()), (block.text, word.group(), text[start:end])


@given(
    st.sampled_from(["subject", "preheader"]),
    st.sampled_from(["'", '"', ""]),
    st.lists(st.sampled_from(["alpha", "beta", "gamma", "it's", "é"]), min_size=1, max_size=6),
)
def test_front_matter_values_stand_where_the_map_says(key: str, quote: str, words: list[str]) -> None:
    written = " ".join(words)
    shown = written.replace("'", "''") if quote == "'" else written
    text = f"---\nid: x\n{key}: {quote}{shown}{quote}\n---\nBody\n"
    block = next(block for block in read_source(text).blocks if block.kind is BlockKind.ENVELOPE)
    assert block.text == written
    for word in words:
        start, end = block.mapped.span(block.text.index(word), block.text.index(word) + len(word))
        assert text[start:end].replace("''", "'") == word
