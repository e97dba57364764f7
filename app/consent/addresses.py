"""One spelling per address, so that a digest finds the person whatever she typed. Pure."""

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.kernel.errors import BadInput

_HOME = "US"
_MAX_EMAIL = 254


def normalise(address: str) -> str:
    """An e-mail address or a telephone number in its one spelling; raises ``BadInput``."""
    return normalise_email(address) if "@" in address else normalise_phone(address)


def normalise_email(address: str) -> str:
    """Lower case, the domain in its ASCII form. Raises ``BadInput`` without repeating the address."""
    text = unicodedata.normalize("NFC", address).strip()
    try:
        parts = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, UnicodeError):
        raise BadInput("is not an e-mail address. Write it like name@example.org.") from None
    whole = f"{parts.local_part}@{parts.ascii_domain}".lower()
    if "." not in parts.ascii_domain or len(whole) > _MAX_EMAIL:
        raise BadInput("is not an e-mail address. Write it like name@example.org.")
    return whole


def normalise_phone(number: str) -> str:
    """E.164. A number without a country code is read as one of the United States. Raises ``BadInput`` without repeating it."""
    try:
        parsed = phonenumbers.parse(number, _HOME)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed) or parsed.extension:
        raise BadInput("is not a telephone number. Write it like +1 614 555 0123, without an extension.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
