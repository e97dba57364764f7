"""What a reviewer's eye is led to first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insights.materiality import label_of


@pytest.mark.parametrize(
    ("before", "after", "label", "material"),
    [
        ("Arrive ten minutes early", "Arrive some minutes early", "How certain it is", True),
        ("Take 5 mg", "Take 50 mg", "Number", True),
        ("at 9:30", "at 9:45", "Number", True),
        ("up to 20%", "up to 20", "Number", True),
        ("You may drink", "You may not drink", "Negation", True),
        ("It does hurt", "It doesn’t hurt", "Negation", True),
        ("It may help", "It will help", "How certain it is", True),
        ("Dear {{ first_name }}", "Dear {{ last_name }}", "Merge field", True),
        ("https://a.example/1", "https://a.example/2", "Link", True),
        ("Bring your card", "Take your card along", "Wording", False),
        ("", "Bring your card", "Added", False),
        ("Bring your card", "", "Removed", False),
        ("", "Never bring it", "Negation", True),
        ("Do not eat", "", "Negation", True),
        ("Bring  your card.", "Bring your card", "Wording", False),
    ],
)
def test_a_change_has_a_name_and_a_weight(before: str, after: str, label: str, material: bool) -> None:
    assert label_of(before, after) == (label, material)


def test_a_line_outside_the_body_is_always_looked_at() -> None:
    assert label_of("a", "b", "Valid until") == ("Valid until", True)


@given(st.text(max_size=40), st.text(max_size=40))
def test_undoing_a_change_weighs_as_much_as_making_it(before: str, after: str) -> None:
    assert label_of(before, after)[1] is label_of(after, before)[1]


@given(st.text(max_size=30), st.sampled_from(["not", "never", "must", "will", "7", "{{ x }}", "https://a.example"]))
def test_a_word_that_changes_the_meaning_is_never_overlooked(text: str, word: str) -> None:
    assert label_of(text, f"{text} {word}")[1]
