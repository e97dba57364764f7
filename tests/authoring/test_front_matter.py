import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.front_matter import MAX_FILE_BYTES, decode, split
from app.kernel.errors import BadInput


def test_values_stay_text_whatever_yaml_would_make_of_them() -> None:
    front = split("---\ntitle: no\nid: 1.10\nowner: 2026-01-01\nclaims: [on, 0x1]\n---\nx\n")
    assert front.entries["title"].value == "no"
    assert front.entries["id"].value == "1.10"
    assert front.entries["owner"].value == "2026-01-01"
    assert front.entries["claims"].value == ("on", "0x1")


def test_every_value_knows_its_place_in_the_whole_file() -> None:
    text = '---\nid: a\ntitle: "Two words"\ncta:\n  label: Go on\n---\nBody\n'
    front = split(text)
    title, label = front.entries["title"], front.entries["cta"].parts["label"]
    assert text[title.span.start : title.span.end] == '"Two words"'
    assert (title.span.line, title.span.column) == (3, 8)
    assert text[label.span.start : label.span.end] == "Go on"
    assert (label.span.line, label.span.column) == (5, 10)
    assert text[front.body_start :] == front.body == "Body\n"


def test_places_count_code_points_not_bytes() -> None:
    front = split("---\ntitle: 💯é\nid: abc\n---\n")
    assert front.text[front.entries["id"].span.start :].startswith("abc")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("Body only\n", (1, 1), "Put a line --- first"),
        ("---\nid: a\n", (1, 1), "does not end"),
        ("---\n---\nx", (2, 1), "no keys"),
        ("---\n- a\n---\n", (2, 1), "key: value"),
        ("---\nid: a\nid: b\n---\n", (3, 1), "given twice (first on line 2, again on line 3)"),
        ("---\ncta: {label: a, label: b}\n---\n", (2, 17), "given twice"),
        ("---\nid: &x a\n---\n", (2, 5), "Anchors"),
        ("---\nid: *x\n---\n", (2, 5), "aliases"),
        ("---\nid: !!python/name:os.system a\n---\n", (2, 5), "tags"),
        ("---\nsubjct: a\n---\n", (2, 1), "Did you mean 'subject'?"),
        ("---\ntitle: MRI: prep\n---\n", (2, 11), "Quote the value"),
        ("---\nsubject: {{ first_name }}\n---\n", (2, 11), "in quotes"),
        ("---\nclaims: [[[a]]]\n---\n", (2, 10), "too deep"),
        ("---\n? [a]\n: b\n---\n", (2, 3), "plain text"),
        ("---\nid: a\n---\r\nx", (3, 4), "LF line endings"),
        ("---\nid: a\n---\nx\x00y", (4, 2), "U+0000"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_to_do(text: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        split(text, "visit.md")
    assert (caught.value.line, caught.value.column) == place
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"visit.md:{place[0]}:{place[1]}: ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xef\xbb\xbf---\n", "without BOM"),
        (b"---\nid: a\xff\n---\n", "not UTF-8"),
        (b"x" * (MAX_FILE_BYTES + 1), "200,001 bytes"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        decode(data, "visit.md")


def test_a_wrong_byte_is_pointed_at() -> None:
    with pytest.raises(BadInput) as caught:
        decode("---\nid: é".encode() + b"\xff")
    assert (caught.value.line, caught.value.column) == (2, 6)


def test_deep_nesting_is_refused_before_anything_recurses() -> None:
    with pytest.raises(BadInput, match="too deep"):
        split("---\nid: " + "[" * 10_000 + "\n---\n")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_whatever_stands_between_the_fences_gives_entries_or_bad_input(head: str) -> None:
    text = f"---\n{head}\n---\nBody\n"
    try:
        front = split(text)
    except BadInput:
        return
    assert front.text == text
    for entry in front.entries.values():
        assert 0 <= entry.span.start <= entry.span.end <= front.body_start
