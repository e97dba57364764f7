"""Typed merge fields: a closed registry, the one grammar ``{{ name }}``, and what a value may be.

In: text with slots, or a value for a field. Out: parts with the slots cut out, or a value that is safe to splice. Always:
no template engine; whatever stands between braces and is not exactly one known field is refused with its place.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from app.authoring.front_matter import bad_at, nearest
from app.authoring.model import Literal, Part, Slot
from app.kernel.digest import Json
from app.kernel.finding import Refusal


class FieldKind(StrEnum):
    """What a value looks like."""

    NAME = "name"
    """A person's name: letters, marks, spaces, apostrophe, hyphen, full stop."""
    CHOICE = "choice"
    """One of a list."""
    PHONE = "phone"
    URL = "url"
    """An absolute https address."""
    ADDRESS = "address"
    """One line of postal address."""


class Sensitivity(StrEnum):
    """Where a field may stand."""

    PLAIN = "plain"
    PERSONAL = "personal"
    """Says who the recipient is."""
    HEALTH = "health"
    """Hints at health: never in a subject, a preheader or a text message (regulation RC-06, RC-26)."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """One typed placeholder. ``max_length`` counts code points; ``system`` fields are filled by Placet, not by lead data."""

    name: str
    kind: FieldKind
    max_length: int
    sensitivity: Sensitivity
    may_fall_back: bool
    allowed: tuple[str, ...] = ()
    system: bool = False

    def as_json(self) -> dict[str, Json]:
        """The schema that enters the closure."""
        return {
            "kind": self.kind.value,
            "max_length": self.max_length,
            "sensitivity": self.sensitivity.value,
            "may_fall_back": self.may_fall_back,
            "allowed": list(self.allowed),
            "system": self.system,
        }


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """A ``{{ name }}`` in a text, as code points ``[start, end)`` of that text."""

    field: str
    start: int
    end: int


LOCATIONS = ("Northgate Riverside", "Northgate Hillview", "Northgate Harbor", "Northgate Oak Street")
SERVICE_LINES = ("imaging", "surgery programme", "aesthetics", "primary care", "referrals")
PREFERRED_TIMES = ("weekday mornings", "weekday afternoons", "weekday evenings", "Saturday mornings", "any time")

_K, _S = FieldKind, Sensitivity
FIELDS: Mapping[str, MergeField] = {
    f.name: f
    for f in (
        MergeField("first_name", _K.NAME, 40, _S.PERSONAL, True),
        MergeField("last_name", _K.NAME, 40, _S.PERSONAL, True),
        MergeField("location_name", _K.CHOICE, 60, _S.PLAIN, True, LOCATIONS),
        MergeField("clinic_phone", _K.PHONE, 20, _S.PLAIN, True),
        MergeField("appointment_link", _K.URL, 500, _S.PERSONAL, True),
        MergeField("preferred_time", _K.CHOICE, 40, _S.PERSONAL, True, PREFERRED_TIMES),
        MergeField("service_line", _K.CHOICE, 40, _S.HEALTH, True, SERVICE_LINES),
        MergeField("unsubscribe_url", _K.URL, 500, _S.PLAIN, False, system=True),
        MergeField("postal_address", _K.ADDRESS, 300, _S.PLAIN, False, system=True),
    )
}
"""Every merge field there is."""

_SLOT = re.compile(r"\{\{ {0,3}([a-z][a-z_]{0,40}) {0,3}\}\}")
_BRACE = re.compile(r"[{}]")
_PHONE = re.compile(r"(?:\+|\()?[0-9][0-9 ().-]{5,18}[0-9]")
_NAME_EXTRAS = frozenset(" '\u2019-.")


def find_slots(text: str, start: int = 0, end: int | None = None, source: str = "") -> tuple[FoundSlot, ...]:
    """The slots in ``text[start:end]``, in order. Raises ``BadInput`` at the first brace that belongs to none."""
    stop = len(text) if end is None else end
    found = []
    position = start
    while brace := _BRACE.search(text, position, stop):
        match = _SLOT.match(text, brace.start(), stop)
        if match is None:
            message = "Braces are only for merge fields, written {{ name }}. Remove the brace or complete the field."
            raise bad_at(message, text, brace.start(), source)
        name = match.group(1)
        if name not in FIELDS:
            raise bad_at(
                f"There is no merge field '{name}'.{nearest(name, tuple(FIELDS))}", text, match.start(1), source
            )
        found.append(FoundSlot(name, match.start(), match.end()))
        position = match.end()
    return tuple(found)


def parse_part(text: str, source: str = "") -> Part:
    """``text`` with its slots cut out; neighbouring literals are one, empty ones are left out."""
    parts: list[Literal | Slot] = []
    position = 0
    for slot in find_slots(text, source=source):
        if slot.start > position:
            parts.append(Literal(text[position : slot.start]))
        parts.append(Slot(slot.field))
        position = slot.end
    if position < len(text):
        parts.append(Literal(text[position:]))
    return tuple(parts)


def fields_of(*parts: Part) -> tuple[str, ...]:
    """Names of the fields that the parts use, sorted, each once."""
    return tuple(sorted({piece.field for part in parts for piece in part if isinstance(piece, Slot)}))


def validate_value(field: MergeField | str, value: str | None) -> Refusal | str:
    """The value, trimmed and in NFC, when the field may carry it.

    Refuses with ``merge_value_missing`` or ``merge_value_not_allowed``; the facts name field and cause, never the value.
    """
    spec = field if isinstance(field, MergeField) else FIELDS.get(field)
    if spec is None:
        return Refusal("merge_value_not_allowed", {"field": str(field), "why": "unknown_field"})
    text = unicodedata.normalize("NFC", value or "").strip(" ")
    if not text:
        return Refusal("merge_value_missing", {"field": spec.name})
    why = _objection(spec, text)
    return Refusal("merge_value_not_allowed", {"field": spec.name, "why": why}) if why else text


def resolve_value(field: MergeField | str, value: str | None, fallbacks: Mapping[str, str]) -> Refusal | str:
    """The value, or the approved fallback when there is none. A value that is not allowed is refused, never replaced."""
    result = validate_value(field, value)
    name = field.name if isinstance(field, MergeField) else field
    if isinstance(result, Refusal) and result.code == "merge_value_missing" and name in fallbacks:
        return fallbacks[name]
    return result


def validate_fallback(field: MergeField, text: str) -> str | None:
    """Why ``text`` cannot stand in for the field, or None. Fallbacks are approved words, so a name may fall back to "there"."""
    if not field.may_fall_back:
        return "may_not_fall_back"
    if not text.strip():
        return "empty"
    if field.kind is FieldKind.CHOICE:
        return "too_long" if len(text) > field.max_length else _free_text_objection(text)
    return _objection(field, text)


def _free_text_objection(text: str) -> str | None:
    allowed = all(unicodedata.category(c)[0] in "LMNZ" or c in "'\u2019-.,&" for c in text)
    return None if allowed and "\u2028" not in text and "\u2029" not in text else "charset"


def _objection(spec: MergeField, text: str) -> str | None:
    if len(text) > spec.max_length:
        return "too_long"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in text):
        return "control_character"
    if spec.allowed and text not in spec.allowed:
        return "not_in_list"
    check = _BY_KIND.get(spec.kind)
    return check(text) if check else None


def _name_objection(text: str) -> str | None:
    """Letters and marks with the few signs that names have; ``example.com`` and ``Dr.Best`` are told apart by the space."""
    if not all(c in _NAME_EXTRAS or unicodedata.category(c)[0] in "LM" for c in text):
        return "charset"
    if not any(unicodedata.category(c)[0] == "L" for c in text):
        return "charset"
    return "looks_like_an_address" if re.search(r"\.[^\s.]{2,}", text) else None


def is_https(text: str) -> bool:
    """Whether ``text`` is an absolute https address in ASCII, without user name or characters that end an attribute."""
    if not text.isascii() or any(c in text for c in " <>\"'{}|\\^`"):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


_BY_KIND: Mapping[FieldKind, Callable[[str], str | None]] = {
    FieldKind.NAME: _name_objection,
    FieldKind.PHONE: lambda text: None if _PHONE.fullmatch(text) else "not_a_phone_number",
    FieldKind.URL: lambda text: None if is_https(text) else "not_an_https_address",
    FieldKind.ADDRESS: lambda text: "markup" if any(c in "<>{}" for c in text) else None,
}
