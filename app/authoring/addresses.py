"""What counts as an address of a person or of a sender."""

import re

from email_validator import EmailNotValidError, validate_email

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def is_email(text: str) -> bool:
    """Whether ``text`` is one bare e-mail address; the network is not asked."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_phone_number(text: str) -> bool:
    """Whether ``text`` is a number in E.164 form, as ``+15550100``."""
    return _E164.fullmatch(text) is not None
