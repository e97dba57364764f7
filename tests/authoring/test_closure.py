from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.model import Sender
from app.kernel.digest import closure_root
from app.kernel.errors import BadInput
from tests.authoring.samples import CARE, MAIL, closure, with_key

BODY_START = MAIL.index("# Hello")


def test_the_same_file_and_sender_give_the_same_root() -> None:
    assert closure(MAIL) == closure(MAIL)
    assert closure(MAIL).root == closure_root(closure(MAIL).leaves)


@pytest.mark.parametrize(
    ("line", "leaf"),
    [
        ("title: Another", "title"),
        ("audience: carers", "audience"),
        ("lead_type: stakeholder", "lead_type"),
        ("purpose: newsletter", "purpose"),
        ("stage: information", "stage"),
        ("locale: en-GB", "locale"),
        ("subject: Other", "subject"),
        ("preheader: Other", "preheader"),
        ("jurisdictions: [US, CA]", "jurisdictions"),
        ("service_line: general", "service_line"),
        ("claims: [c1]", "claims/c1"),
        ("images: {a.png: A door}", "images/a.png"),
        ("valid_until: 2027-01-01", "window"),
    ],
)
def test_what_a_recipient_can_meet_is_a_leaf(line: str, leaf: str) -> None:
    before, after = closure(MAIL), closure(with_key(line))
    assert before.leaves.get(leaf) != after.leaves[leaf]
    assert before.root != after.root


@pytest.mark.parametrize("name", ["display_name", "from_address", "reply_to", "organisation", "postal_address"])
def test_the_sender_is_signed_with_the_words(name: str) -> None:
    changed = Sender(**{**{n: getattr(CARE, n) for n in Sender.__slots__}, name: "other@northgate.example.org"})
    assert closure(MAIL, changed).leaves["sender"] != closure(MAIL).leaves["sender"]


def test_the_number_of_a_sender_edition_reaches_no_recipient() -> None:
    assert closure(MAIL, replace(CARE, number=7)) == closure(MAIL)


@pytest.mark.parametrize("line", ["owner: ben@clinic.example", "review_every_days: 30"])
def test_who_looks_after_it_reaches_no_recipient(line: str) -> None:
    assert closure(with_key(line)) == closure(MAIL)


@given(st.integers(BODY_START, len(MAIL) - 1), st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")))
def test_any_one_character_of_the_body_changes_the_root(index: int, char: str) -> None:
    changed = MAIL[:index] + char + MAIL[index + 1 :]
    try:
        after = closure(changed)
    except BadInput:
        return
    assert (after.root == closure(MAIL).root) == (changed == MAIL)
    assert (after.leaves["body"] == closure(MAIL).leaves["body"]) == (changed == MAIL)


def test_a_fallback_and_a_button_are_leaves_too() -> None:
    assert closure(MAIL.replace("first_name: there", "first_name: friend")).root != closure(MAIL).root
    assert closure(MAIL.replace("Book a time", "Book a visit")).leaves["cta"] != closure(MAIL).leaves["cta"]
