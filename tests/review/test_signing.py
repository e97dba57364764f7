"""A signature verifies for what it was made for, and for nothing else (reliability I18, T22)."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.model import Role
from app.review import signing
from app.review.model import Meaning, Round, Signature, SignedStatement
from app.storage.keys import SigningKey
from tests.builders.review import ORGANISATION, SIGNERS, a_person, a_round
from tests.fakes import MONDAY

KEY = ORGANISATION.verify_key


def statement(round_: Round | None = None, role: Role = Role.MEDICAL, nonce: str = "n1") -> SignedStatement:
    person = a_person(SIGNERS[role])
    return signing.statement_of(round_ or a_round(), role, person, auth_method="password", at=MONDAY, nonce=nonce)


def made(round_: Round | None = None, role: Role = Role.MEDICAL) -> Signature:
    return signing.make("s1", statement(round_, role, f"n-{role.value}"), ORGANISATION)


def test_a_signature_says_who_when_and_what_it_means() -> None:
    said = json.loads(made().text)
    assert said["signer_name"] == "Mara Medical"
    assert said["signed_at"] == "2026-03-02T15:00:00.000000Z"
    assert said["meaning"] == "medical_approval"
    assert said["auth_method"] == "password"


def test_a_fresh_signature_verifies_and_belongs() -> None:
    assert signing.verify(made(), KEY)
    assert signing.belongs(made(), a_round()) == ()


def test_the_bytes_under_the_key_are_prefixed_canonical_json() -> None:
    text = made().text
    assert signing.signed_bytes(text) == b"placet.signature.v1\x00" + text.encode()
    assert KEY.verifies(bytes.fromhex(made().signature), signing.signed_bytes(text))
    assert not KEY.verifies(bytes.fromhex(made().signature), text.encode())


OTHER = {
    "round_id": "r2",
    "version_id": "v2",
    "closure_root": "0" * 64,
    "report_digest": "0" * 64,
    "pack_digest": "0" * 64,
    "policy_digest": "0" * 64,
    "max_valid_days": 366,
    "signer_id": "lev",
    "signer_name": "Lev Legal",
    "role": Role.LEGAL,
    "meaning": Meaning.LEGAL_APPROVAL,
    "auth_method": "none",
    "signed_at": "2026-03-02T15:00:00.000001Z",
    "nonce": "n2",
}


def test_every_field_of_the_statement_is_tried() -> None:
    assert set(OTHER) == set(SignedStatement.__slots__)


@pytest.mark.parametrize("field", sorted(OTHER))
def test_a_statement_that_says_something_else_does_not_verify(field: str) -> None:
    genuine = made()
    changed = replace(genuine.statement, **{field: OTHER[field]})  # type: ignore[arg-type]
    assert not signing.verify(replace(genuine, statement=changed), KEY)
    assert not signing.verify(replace(genuine, statement=changed, text=signing.statement_text(changed)), KEY)


@pytest.mark.parametrize("field", ["id", "version_id", "closure_root", "report_digest", "pack_digest", "policy_digest"])
def test_a_signature_copied_to_another_round_does_not_belong(field: str) -> None:
    said = "round_id" if field == "id" else field
    assert signing.belongs(made(), a_round(**{field: "0" * 64})) == (said,)


def test_a_window_widened_after_signing_shows() -> None:
    assert signing.belongs(made(), a_round(max_valid_days=400)) == ("max_valid_days",)


@given(st.integers(0, 63), st.integers(1, 255))
def test_no_flipped_byte_of_the_signature_verifies(at: int, by: int) -> None:
    genuine = made()
    raw = bytearray(bytes.fromhex(genuine.signature))
    raw[at] ^= by
    assert not signing.verify(replace(genuine, signature=raw.hex()), KEY)


@given(st.data())
def test_no_flipped_character_of_the_text_verifies(data: st.DataObject) -> None:
    genuine = made()
    at = data.draw(st.integers(0, len(genuine.text) - 1))
    char = data.draw(st.characters(codec="ascii", exclude_characters=genuine.text[at]))
    text = genuine.text[:at] + char + genuine.text[at + 1 :]
    assert not signing.verify(replace(genuine, text=text), KEY)


def test_another_key_does_not_verify() -> None:
    assert not signing.verify(made(), SigningKey(bytes(32)).verify_key)


def test_what_is_no_hexadecimal_does_not_verify() -> None:
    assert not signing.verify(replace(made(), signature="not hexadecimal"), KEY)


def test_a_stored_statement_reads_back() -> None:
    assert signing.read_statement(made().text) == made().statement


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"role":"medical"}', "7"])
def test_a_text_that_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"statement|Expecting"):
        signing.read_statement(text)


def test_a_statement_in_another_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="canonical"):
        signing.read_statement(made().text.replace(",", ", ", 1))


def test_a_round_holds_with_every_role_and_not_with_fewer() -> None:
    medical, compliance = made(), made(role=Role.COMPLIANCE)
    assert signing.round_holds(a_round(signatures=(medical, compliance)), KEY)
    assert not signing.round_holds(a_round(signatures=(medical,)), KEY)
    assert not signing.round_holds(a_round(signatures=(medical, medical)), KEY)
    assert not signing.round_holds(a_round(signatures=(), required=frozenset()), KEY)


def test_a_round_does_not_hold_with_a_signature_by_an_author() -> None:
    signatures = (made(), made(role=Role.COMPLIANCE))
    assert not signing.round_holds(a_round(signatures=signatures, leaf_authors=frozenset({"mara"})), KEY)
