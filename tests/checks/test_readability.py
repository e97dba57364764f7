"""Counts and grades of honest and messy texts."""

import pytest

from app.checks.document import read_source
from app.checks.readability import lexicon_digest, readability_of, sentences_of, syllables_of

PLAIN = (
    "Come ten minutes early. Bring your card and a list of the pills you take. You can eat and drink as you like. "
    "The scan takes half an hour. You lie still on a flat bed. You can talk to us at any time."
)
MEDIUM = (
    "Your doctor will explain the examination before you decide, and afterwards a member of our team will call you about the results. "
    * 2
)


@pytest.mark.parametrize(
    ("text", "sentences", "words"),
    [
        ("Dr. Smith is here at 9 a.m. today.", 1, 8),
        ("- One thing\n- Two things", 2, 4),
        ("Take 2.5 mg. daily.", 1, 4),
        ("See https://northgate.example/a.b.c now.", 1, 2),
        ("Hello {{ first_name }}, come in.", 1, 3),
        ("# Heading left out\n\nOne two.", 1, 2),
        ("Read <!-- not this --> that.", 1, 2),
        ("`code` counts – dashes do not", 1, 5),
    ],
)
def test_sentences_and_words_are_counted_as_the_policy_says(text: str, sentences: int, words: int) -> None:
    found = sentences_of(read_source(text))
    assert (len(found), sum(len(sentence.words) for sentence in found)) == (sentences, words)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("fire", 1),
        ("business", 2),
        ("follow-up", 3),
        ("Doctor.", 2),
        ("levodopa", 4),
        ("glucagon", 3),
        ("every", 2),
        ("25", 1),
    ],
)
def test_syllables_follow_the_lexicon_and_then_the_rules(word: str, syllables: int) -> None:
    assert syllables_of(word) == syllables


def test_the_grade_is_that_of_the_formula_on_our_counts() -> None:
    found = readability_of(read_source(PLAIN))
    grade = 0.39 * found.words / found.sentences + 11.8 * found.syllables / found.words - 15.59
    assert found.scored
    assert abs(found.grades["flesch_kincaid_grade_tenths"] - grade * 10) <= 0.5001
    assert "smog_grade_tenths" not in found.grades


def test_short_sentences_count_though_textstat_leaves_them_out() -> None:
    """textstat ignores sentences of one or two words; ours are in the grade."""
    found = readability_of(read_source(PLAIN + " Call us. Ask first. Stay calm."))
    assert found.sentences == 9
    grade = 0.39 * found.words / found.sentences + 11.8 * found.syllables / found.words - 15.59
    assert abs(found.grades["flesch_kincaid_grade_tenths"] - grade * 10) <= 0.5001


def test_under_thirty_words_nothing_is_scored() -> None:
    found = readability_of(read_source("Come early. Bring a card."), (60, 80))
    assert (found.scored, found.band, dict(found.grades)) == (False, "not_scored", {})


def test_smog_needs_thirty_sentences() -> None:
    assert "smog_grade_tenths" in readability_of(read_source(" ".join(["You can come in early."] * 30))).grades


@pytest.mark.parametrize(
    ("target", "band"), [((200, 250), "below"), ((0, 50), "above"), ((0, 190), "within"), (None, "no_target")]
)
def test_the_band_is_against_the_target(target: tuple[int, int] | None, band: str) -> None:
    assert readability_of(read_source(MEDIUM), target).band == band


def test_the_costly_sentence_is_shown_where_it_stands() -> None:
    hard = "Administration of intravenous contrast media necessitates comprehensive evaluation of renal functionality."
    text = f"{PLAIN} {hard}"
    costly = readability_of(read_source(text)).costly[0]
    assert text[costly.span.start : costly.span.end] == hard
    assert costly.cost_tenths > 0


def test_the_pronunciations_are_the_ones_that_grades_were_stored_with() -> None:
    assert lexicon_digest() == "d802f59d435b7b3901b2f083d2702f936e91774e213b3472fa2fd9bae48c859a"
