"""Addresses in one spelling, digests, and sealed data."""

import pytest

from app.consent.addresses import normalise
from app.consent.model import PersonalData
from app.consent.vault import Vault
from app.kernel.errors import BadInput, Untrustworthy
from tests.fakes import CountingTokens

RITA = PersonalData("rita@example.org", "", "Rita", "", {"location_name": "Northgate Harbor"})
KEY = b"k" * 32


@pytest.mark.parametrize(
    ("typed", "spelling"),
    [
        (" Rita@Example.ORG ", "rita@example.org"),
        ("rita@bücher.example", "rita@xn--bcher-kva.example"),
        ("(614) 555-0123", "+16145550123"),
        ("+1 614 555 0123", "+16145550123"),
    ],
)
def test_an_address_has_one_spelling(typed: str, spelling: str) -> None:
    assert normalise(typed) == spelling


@pytest.mark.parametrize(
    "typed", ["rita@", "@rita.example", "rita@localhost", "rita@x.org\nBcc: a@b.org", "77", "rita", "a b@x.org"]
)
def test_what_is_no_address_is_not_repeated_in_the_message(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        normalise(typed)
    assert typed not in refusal.value.message


def test_digests_are_keyed() -> None:
    one, other = Vault(b"1" * 32), Vault(b"2" * 32)
    assert one.digest("Rita@example.org") == one.digest("rita@example.org") != other.digest("rita@example.org")
    assert one.digest("") == ""


def test_sealed_data_opens_for_its_lead_and_key_only() -> None:
    vault = Vault(b"1" * 32)
    sealed = vault.seal(RITA, KEY, "rita", CountingTokens())
    assert vault.open(sealed, KEY, "rita") == RITA
    assert b"Rita" not in sealed
    for opener, key, lead in ((vault, KEY, "other"), (vault, b"x" * 32, "rita"), (Vault(b"2" * 32), KEY, "rita")):
        with pytest.raises(Untrustworthy):
            opener.open(sealed, key, lead)
