"""What a lead's details may look like. Pure; messages say what to do and never repeat the value."""

import re
import unicodedata
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.consent.addresses import normalise_email, normalise_phone
from app.consent.commands import AddLead
from app.consent.model import PersonalData
from app.kernel.errors import BadInput

MAX_TEXT = 200
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def plain_text(text: str) -> str:
    """One line without control characters, so that it can stand in a header; raises ``BadInput``."""
    if len(text) > MAX_TEXT:
        raise BadInput(f"is longer than {MAX_TEXT} characters. Shorten it.")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for char in text):
        raise BadInput("holds a line break or an invisible character. Remove it.")
    return text.strip()


def code(text: str) -> str:
    """A word of a closed list: small letters, digits and underscores; raises ``BadInput``."""
    if not _CODE.fullmatch(text):
        raise BadInput("is not a code. Use small letters, digits and underscores, for example ‘referral_partner’.")
    return text


def region(text: str) -> str:
    """An ISO 3166-2 code or a country; raises ``BadInput``."""
    if not _REGION.fullmatch(text):
        raise BadInput("is not a region. Write it like US-OH, or leave it empty.")
    return text


def personal_data(lead: AddLead) -> PersonalData:
    """A lead as typed, in the form that is sealed; raises ``BadInput`` naming the field as ``source``."""
    if not lead.email and not lead.phone:
        raise BadInput("Give an e-mail address or a telephone number.")
    return PersonalData(
        email=_checked("email", lead.email, normalise_email),
        phone=_checked("phone", lead.phone, normalise_phone),
        first_name=_checked("first_name", lead.first_name, plain_text),
        last_name=_checked("last_name", lead.last_name, plain_text),
        fields={name: _checked(name, value, plain_text) for name, value in lead.fields.items()},
    )


def check_place(lead: AddLead) -> None:
    """Refuse a lead type, time zone or region that is not one; raises ``BadInput`` naming the field as ``source``."""
    _checked("lead_type", lead.lead_type or " ", code)
    _checked("region", lead.region, region)
    for name in ("locale", "source"):
        _checked(name, getattr(lead, name), plain_text)
    try:
        ZoneInfo(lead.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(
            "is not a time zone. Write it like America/Chicago, or leave it empty.", source="timezone"
        ) from None


def _checked(name: str, text: str, read: Callable[[str], str]) -> str:
    try:
        return read(text) if text else ""
    except BadInput as bad:
        raise BadInput(bad.message, source=name) from None
