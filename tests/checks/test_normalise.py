"""Matching text: disguises come off, meaning stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks.normalise import matching_text


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Gu\u200barantee", "guarantee"),
        ("gua\u00adrantee", "guarantee"),
        ("c.u.r.e", "cure"),
        ("c u r e acne", "cure acne"),
        ("p4inless", "painless"),
        ("re$ults", "results"),
        ("F.D.A. certified", "fda certified"),
        ("\u0441ure", "cure"),
        ("\uff43\uff55\uff52\uff45", "cure"),
        ("\U0001d41c\U0001d42e\U0001d42b\U0001d41e", "cure"),
        ("can\u2019t", "can't"),
        ("cu\U000e0072re", "cure"),
    ],
)
def test_a_disguised_word_is_compared_as_the_word(written: str, compared: str) -> None:
    assert matching_text(written).text == compared


@pytest.mark.parametrize(
    "text",
    [
        "café",
        "naïve",
        "co-operate",
        "u.s. law",
        "e.g. a.m.",
        "b12 covid19 5mg 10am",
        "care@clinic.org",
        "code ab12cd34",
        "123-456",
        "привет мир",
    ],
)
def test_honest_text_keeps_its_words(text: str) -> None:
    assert matching_text(text).text == text


def test_a_decomposed_accent_is_the_same_letter() -> None:
    assert matching_text("cafe\u0301").text == "café"


@given(st.text(max_size=60))
def test_every_character_leads_back_into_the_text(text: str) -> None:
    mapped = matching_text(text)
    for index in range(len(mapped.text)):
        start, end = mapped.span(index, index + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(alphabet="abc 1é\u200bс.", max_size=40))
def test_places_never_run_backwards(text: str) -> None:
    mapped = matching_text(text)
    starts = [mapped.span(index, index + 1)[0] for index in range(len(mapped.text))]
    assert starts == sorted(starts)
