"""Sender profiles as a file: one key per profile, each a map of texts."""

from app.authoring.addresses import is_email, is_phone_number
from app.authoring.front_matter import Entry, bad_at, decode, nearest, read_map
from app.authoring.metadata import KEY, header_objection
from app.authoring.model import Sender

_NAMES = ("display_name", "from_address", "reply_to", "organisation", "postal_address")
_LONGEST = {"display_name": 120, "from_address": 254, "reply_to": 254, "organisation": 200, "postal_address": 300}


def parse_senders(data: bytes, source: str = "") -> tuple[Sender, ...]:
    """The profiles of a file, all numbered 0. Raises ``BadInput`` with line, column and what to do."""
    text = decode(data, source)
    entries = read_map(text, 0, len(text), source, known=None)
    return tuple(_sender(key, entry, text, source) for key, entry in entries.items())


def _sender(key: str, entry: Entry, text: str, source: str) -> Sender:
    if len(key) > 64 or not KEY.fullmatch(key):
        message = f"'{key}' is not a name for a profile. Use lower-case letters, digits and hyphens, at most 64."
        raise bad_at(message, text, entry.key_span.start, source)
    if not isinstance(entry.value, dict):
        raise bad_at(f"{key}: give a map with {', '.join(_NAMES)}.", text, entry.span.start, source)
    for name, part in entry.parts.items():
        if name not in _NAMES:
            raise bad_at(
                f"{key}: '{name}' is not a known key.{nearest(name, _NAMES)}", text, part.key_span.start, source
            )
    values = {}
    for name in _NAMES:
        if name not in entry.parts:
            raise bad_at(f"{key}: '{name}' is missing. Add it.", text, entry.key_span.start, source)
        values[name] = _value(name, entry.parts[name], text, source)
    return Sender(key=key, number=0, **values)


def _value(name: str, entry: Entry, text: str, source: str) -> str:
    value = entry.value
    message = None
    if not isinstance(value, str) or not value.strip():
        raise bad_at(f"{name}: give one text.", text, entry.span.start, source)
    lines = value.strip("\n").split("\n") if name == "postal_address" else [value]
    objections = [found for line in lines if (found := header_objection(line))]
    if objections:
        message = objections[0]
    elif len(value) > _LONGEST[name]:
        message = f"{len(value)} characters; at most {_LONGEST[name]}. Shorten it."
    elif name in ("from_address", "reply_to") and not (is_email(value) or is_phone_number(value)):
        message = "this is neither an e-mail address nor a number such as +15550100."
    elif "{" in value or "}" in value:
        message = "merge fields and braces cannot stand here. Remove them."
    elif name == "display_name" and any(c in value for c in '<>"@,;:\\'):
        message = "a display name is plain words. Remove signs such as < > @ and quotes."
    if message:
        raise bad_at(f"{name}: {message}", text, entry.span.start, source)
    return ", ".join(line.strip() for line in lines if line.strip()) if name == "postal_address" else value
