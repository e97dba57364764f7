"""Where sentences end."""

import pytest

from app.checks.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith saw J. M. Lee, M.D. at 9 a.m. on Elm St. in Austin. Take 2.5 mg. daily. Call us!", 3),
        ("No. We do not.", 2),
        ('Is it safe? Yes. "Stop!" she said. End', 4),
        ("1. Do this\n2. Do that", 2),
        ("The end etc. We go.", 2),
        ("Version 2.0 costs $3.50.", 1),
        ("", 0),
        ("...", 1),
    ],
)
def test_sentences_are_counted_as_people_count_them(text: str, sentences: int) -> None:
    assert len(sentence_spans(text)) == sentences


def test_spans_hold_no_blanks_at_their_ends() -> None:
    text = "  One.   Two. \n\n Three "
    assert [text[start:end] for start, end in sentence_spans(text)] == ["One.", "Two.", "Three"]
