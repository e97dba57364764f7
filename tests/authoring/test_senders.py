import pytest

from app.authoring.senders import parse_senders
from app.kernel.errors import BadInput
from tests.authoring.samples import CARE, SENDERS


def test_a_profile_is_read_and_its_address_becomes_one_line() -> None:
    (sender,) = parse_senders(SENDERS.encode())
    assert (sender.display_name, sender.postal_address) == (CARE.display_name, CARE.postal_address)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  reply_to: care@northgate.example.org\n", "", "'reply_to' is missing"),
        ("from_address: care@", "from_address: care at ", "neither an e-mail address"),
        ("display_name: Northgate Clinics", 'display_name: "N\\r\\nBcc: x"', "not allowed here"),
        ("display_name: Northgate Clinics", 'display_name: "N <a@b.example>"', "plain words"),
        ("display_name: Northgate Clinics", "display_name: '{{ first_name }}'", "braces"),
        ("organisation", "organization", "Did you mean 'organisation'?"),
        ("  display_name", "  reply_to: x\n  display_name", "given twice"),
        ("care:\n", "care: x\nother:\n", "give a map"),
        ("care:\n", "Our Care:\n", "not a name for a profile"),
        ("care:\n", "c" * 65 + ":\n", "not a name for a profile"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_senders(SENDERS.replace(old, new, 1).encode(), "senders.yml")
    assert words in caught.value.message
    assert caught.value.line is not None
