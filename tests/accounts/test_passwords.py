from argon2 import PasswordHasher

from app.accounts.passwords import NOBODYS_HASH, hash_password, verify_password


def test_a_password_matches_its_own_hash_only() -> None:
    hashed = hash_password("correct horse battery")
    assert verify_password(hashed, "correct horse battery")
    assert not verify_password(hashed, "correct horse batterz")
    assert "correct" not in hashed


def test_the_same_password_typed_on_another_keyboard_matches() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait please"), "cafe\u0301 au lait please")


def test_what_is_no_hash_matches_nothing() -> None:
    assert not verify_password("x", "x")
    assert not verify_password("", "")


def test_nobodys_hash_costs_what_a_real_one_costs() -> None:
    assert not verify_password(NOBODYS_HASH, "anything at all")
    assert not PasswordHasher().check_needs_rehash(NOBODYS_HASH)
