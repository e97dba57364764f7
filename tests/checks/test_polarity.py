"""When words that look like a claim are none (regulation D2 to D7)."""

import pytest

from app.checks.polarity import Polarity, quiet_because


def why(sentence: str, words: str, following: str = "", polarity: Polarity = Polarity.CLAIM) -> str | None:
    start = sentence.index(words)
    return quiet_because(sentence, start, start + len(words), following, polarity)


@pytest.mark.parametrize(
    ("sentence", "words", "reason"),
    [
        ("there is no cure for psoriasis", "cure for psoriasis", "negated"),
        ("there is no cure for psoriasis, but our laser cures psoriasis", "cures psoriasis", None),
        ("it not only treats but cures acne", "cures acne", None),
        ("no doubt it cures acne", "cures acne", None),
        ("it has never been easier to cure acne", "cure acne", None),
        ("why not cure acne", "cure acne", None),
        ("results are not guaranteed", "results", "negated"),
        ("beware of clinics that cure diabetes", "cure diabetes", "warned"),
        ("avoid surgery: our cream cures arthritis", "cures arthritis", None),
        ("it may help cure acne", "cure acne", None),
        ("patients say it cures acne", "cures acne", None),
        ("'cures acne' is a myth", "cures acne", "warned"),
    ],
)
def test_a_claim_is_taken_back_only_inside_its_clause(sentence: str, words: str, reason: str | None) -> None:
    assert why(sentence, words) == reason


def test_a_question_answered_no_claims_nothing() -> None:
    assert why("does it cure acne?", "cure acne", "no. it helps.") == "answered_no"
    assert why("could this be your cure?", "cure") is None
    assert why("does it cure acne?", "cure acne", "yes, it does.") is None


def test_a_negated_risk_is_a_claim_and_only_a_second_negation_takes_it_back() -> None:
    assert why("there are no side effects", "no side effects", polarity=Polarity.NEGATED_RISK) is None
    assert why("no treatment is without risk", "without risk", polarity=Polarity.NEGATED_RISK) == "negated"
    assert why("it is not painless", "painless", polarity=Polarity.NEGATED_RISK) == "negated"


def test_some_rules_count_words_however_they_are_meant() -> None:
    assert why("it is not your diabetes", "your diabetes", polarity=Polarity.ANY) is None
