"""Unsubscribe tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.tokens import KeyRing, TokenFacts, make, read

RING = KeyRing("k2", {"k1": b"1" * 32, "k2": b"2" * 32})
TOKEN = make(RING, "rita", "email", "education", "m1")


def test_a_token_says_what_it_was_made_for() -> None:
    assert read(RING, TOKEN) == TokenFacts("rita", "email", "education", "m1")


def test_the_same_message_has_the_same_token() -> None:
    assert make(RING, "rita", "email", "education", "m1") == TOKEN
    assert make(RING, "rita", "email", "education", "m2") != TOKEN


def test_a_token_of_an_older_key_is_still_read() -> None:
    older = make(KeyRing("k1", RING.keys), "rita", "email", "education", "m1")
    assert read(RING, older) == read(RING, TOKEN)


def test_a_token_of_a_key_nobody_has_is_not() -> None:
    assert read(KeyRing("k1", {"k1": b"1" * 32}), TOKEN) is None


@pytest.mark.parametrize("text", ["", ".", "...", "v1.k2.", "v1.k2..", "v1.k9.AAAA.AAAA", "☃", "v1.k2.☃.☃", "x" * 5000])
def test_what_is_not_a_token_says_nothing(text: str) -> None:
    assert read(RING, text) is None


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("abcXYZ019-_."))
def test_one_changed_character_makes_it_void(position: int, char: str) -> None:
    changed = TOKEN[:position] + char + TOKEN[position + 1 :]
    facts = read(RING, changed)
    # The last character of base64 carries unused bits; a spelling of the same bytes is the same token.
    assert facts is None or facts == read(RING, TOKEN)


def test_a_token_shows_neither_lead_nor_purpose_and_carries_a_long_mac() -> None:
    assert "education" not in TOKEN
    assert "rita" not in TOKEN
    assert len(TOKEN.rpartition(".")[2]) >= 22


def test_the_keys_do_not_print() -> None:
    assert "1111" not in repr(RING)
