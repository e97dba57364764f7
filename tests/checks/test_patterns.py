"""The phrase language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks.patterns import BadPhrase, beginnings_of, compiled, forms_of, together


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("cure~", "it cured them", "cured"),
        ("stop~", "we are stopping", "stopping"),
        ("carry~", "she carries", "carries"),
        ("(one|two three) four", "two three four", "two three four"),
        ("[very] safe", "very safe", "very safe"),
        ("[very] safe", "safe", "safe"),
        ("safe [for all]", "safe for all", "safe for all"),
        ("safe ...2 you", "safe for all of you", None),
        ("safe ...3 you", "safe for all of you", "safe for all of you"),
        ("safe ... you", "safe. for you", None),
        ("only <number> left", "only 1,200 left", "only 1,200 left"),
        ("side-effects", "side effects", "side effects"),
        ("fda approved", "fda-approved", "fda-approved"),
        ("cure", "procure curefest", None),
    ],
)
def test_phrases_find_what_they_name(phrase: str, text: str, found: str | None) -> None:
    spans = list(compiled((phrase,)).spans(text))
    assert (text[slice(*spans[0])] if spans else None) == found


@pytest.mark.parametrize("phrase", ["", "(a", "a)", "[a", "a|b", "((a|b)|c)", "x" * 4_001])
def test_what_the_language_does_not_have_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        compiled((phrase,))


@given(
    st.lists(
        st.sampled_from(["cure~", "(a|reverse~) it", "[very] safe", "pain-free", "your ... diabetes", "no risk"]),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.lists(
        st.sampled_from("cured a reversing it very safe pain free painfree your own diabetes no risk at".split()),
        max_size=8,
    ).map(" ".join),
)
def test_the_quick_look_never_misses_a_match(phrases: list[str], text: str) -> None:
    pattern = compiled(tuple(phrases))
    if pattern.expression.search(text):
        assert pattern.may_match(beginnings_of(text))


def test_a_frame_stays_in_one_clause() -> None:
    frame = together(("cure~",), ("acne",), 3, either_order=True).expression
    assert frame.search("cures your bad acne")
    assert frame.search("acne is cured")
    assert not frame.search("cures. acne")
    assert not frame.search("cures one two three four acne")


def test_forms_of_verbs() -> None:
    assert set(forms_of("cure")) == {"cure", "cures", "cured", "curing"}
    assert {"beat", "beats", "beaten", "beating"} == set(forms_of("beat"))
