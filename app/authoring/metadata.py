"""Front matter entries become :class:`app.authoring.model.Metadata`, or a ``BadInput`` that names key, line and column."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from app.authoring.addresses import is_email
from app.authoring.fields import FIELDS, FieldKind, Sensitivity, find_slots, is_https, validate_fallback
from app.authoring.front_matter import Entry, FrontMatter, bad_at, nearest
from app.authoring.model import CHANNEL_OF_TYPE, Audience, Channel, ContentType, Metadata, Stage
from app.kernel.errors import BadInput

LEAD_TYPES = ("patient", "referral_partner", "stakeholder")
PURPOSES = ("education", "newsletter", "appointments", "offers", "partner")
"""Consent purposes; one message serves exactly one."""
LOCALES = ("en-US", "en-GB", "en-CA", "en-AU", "es-US", "fr-CA")
COUNTRIES = ("US", "CA", "GB", "UK", "EU", "AU")
SERVICE_LINES = ("imaging", "surgery_programme", "aesthetics", "primary_care", "referrals", "general")
MAX_REVIEW_DAYS = 730
"""Health education is looked at again within 24 months (regulation RC-59)."""
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_JURISDICTION = re.compile(r"([A-Z]{2})(-[A-Z]{2})?")
_IMAGE = re.compile(r"[a-z0-9][a-z0-9_-]{0,70}\.(png|jpg|jpeg|gif|webp)")
_TEL = re.compile(r"tel:\+?[0-9-]{5,20}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_SENT = frozenset({Channel.EMAIL, Channel.SMS, Channel.CALL})
E = TypeVar("E", bound=StrEnum)


def validate(front: FrontMatter) -> Metadata:
    """The metadata of a content file. Raises ``BadInput`` for the first key that cannot be used."""
    read = _Reader(front)
    content_type = read.member("type", ContentType)
    channel = CHANNEL_OF_TYPE[content_type]
    if "channel" in front.entries and read.member("channel", Channel) is not channel:
        raise read.bad(
            "channel", f"'{content_type}' always goes by {channel.value}. Remove the key or write {channel.value}."
        )
    read.check_channel_keys(channel)
    cta_label, cta_url = read.cta(required=channel in (Channel.EMAIL, Channel.PAGE))
    valid_from, valid_until = read.window()
    return Metadata(
        key=read.key(),
        title=read.line("title", 200),
        content_type=content_type,
        channel=channel,
        audience=read.member("audience", Audience),
        lead_type=read.choice("lead_type", LEAD_TYPES),
        purpose=read.choice("purpose", PURPOSES, required=channel in _SENT),
        stage=read.member("stage", Stage),
        locale=read.choice("locale", LOCALES),
        owner=read.owner(),
        review_every_days=read.number("review_every_days", 1, MAX_REVIEW_DAYS),
        sender=read.identifier("sender", required=channel in (Channel.EMAIL, Channel.SMS)),
        subject=read.slotted_line("subject", 150, required=channel is Channel.EMAIL),
        preheader=read.slotted_line("preheader", 200, required=False),
        cta_label=cta_label,
        cta_url=cta_url,
        jurisdictions=read.jurisdictions(),
        service_line=read.choice("service_line", SERVICE_LINES, required=False),
        claims=read.identifiers("claims"),
        disclosures=read.identifiers("disclosures"),
        fallbacks=read.fallbacks(),
        images=read.images(),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def from_json(plain: Mapping[str, Any]) -> Metadata:
    """Inverse of :meth:`Metadata.as_json`."""
    values = dict(plain)
    values["content_type"] = ContentType(values["content_type"])
    values["channel"] = Channel(values["channel"])
    values["audience"] = Audience(values["audience"])
    values["stage"] = Stage(values["stage"])
    for name in ("jurisdictions", "claims", "disclosures"):
        values[name] = tuple(values[name])
    return Metadata(**values)


def header_objection(text: str) -> str | None:
    """Why ``text`` cannot stand in a header or a name, or None: line separators, control and direction characters."""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _BIDI:
            return f"Character U+{ord(char):04X} is not allowed here. A header or name is one line of plain text; delete it."
    return None


class _Reader:
    """Reads one key after another; every complaint carries the place of the value."""

    def __init__(self, front: FrontMatter) -> None:
        self._front = front

    def bad(self, key: str, message: str, entry: Entry | None = None) -> BadInput:
        """An error at the value of ``key``, or at the first fence when the key is missing."""
        place = entry or self._front.entries.get(key)
        offset = place.span.start if place else self._front.head_span.start
        return bad_at(f"{key}: {message}", self._front.text, offset, self._front.source)

    def check_channel_keys(self, channel: Channel) -> None:
        """Refuse keys that would look effective and are not."""
        useless = {"subject", "preheader"} if channel is not Channel.EMAIL else set()
        if channel in (Channel.SMS, Channel.CALL, Channel.DOCUMENT):
            useless.add("cta")
        for key in sorted(useless & self._front.entries.keys()):
            raise self.bad(key, f"content of the channel '{channel.value}' has none. Remove the key.")

    def line(self, key: str, longest: int, *, required: bool = True) -> str:
        """One line of text without merge fields."""
        entry = self._entry(key, required=required)
        return "" if entry is None else self._line_of(key, entry, longest)

    def slotted_line(self, key: str, longest: int, *, required: bool) -> str:
        """One line of text that may hold merge fields which tell nothing about health and are no links."""
        entry = self._entry(key, required=required)
        if entry is None:
            return ""
        text = self._line_of(key, entry, longest, slots=True)
        for name in self._slot_names(key, entry, text):
            if FIELDS[name].sensitivity is Sensitivity.HEALTH:
                raise self.bad(key, f"'{name}' may hint at health and cannot stand here. Use neutral words.", entry)
            if FIELDS[name].system or FIELDS[name].kind is FieldKind.URL:
                raise self.bad(key, f"'{name}' cannot stand here. Put it in the body.", entry)
        return text

    def _slot_names(self, key: str, entry: Entry, text: str) -> list[str]:
        try:
            return [slot.field for slot in find_slots(text)]
        except BadInput as error:
            raise self.bad(key, error.message, entry) from None

    def _line_of(self, key: str, entry: Entry, longest: int, *, slots: bool = False) -> str:
        if not isinstance(entry.value, str):
            raise self.bad(key, "this must be one text. Quote it if it starts with { or [.", entry)
        text = entry.value
        if not text.strip():
            raise self.bad(key, "this is empty. Write a text or remove the key.", entry)
        if len(text) > longest:
            raise self.bad(key, f"{len(text)} characters; at most {longest}. Shorten it.", entry)
        if objection := header_objection(text):
            raise self.bad(key, objection, entry)
        if not slots and ("{" in text or "}" in text):
            raise self.bad(key, "merge fields and braces cannot stand here. Remove them.", entry)
        return text

    def _entry(self, key: str, *, required: bool) -> Entry | None:
        entry = self._front.entries.get(key)
        if entry is None and required:
            raise self.bad(key, f"this key is missing. Add a line '{key}: …'.")
        return entry

    def choice(self, key: str, allowed: Sequence[str], *, required: bool = True) -> str:
        """One word of a closed list."""
        text = self.line(key, 80, required=required)
        if text and text not in allowed:
            raise self.bad(key, f"'{text}' is not one of the allowed values: {', '.join(allowed)}.")
        return text

    def member(self, key: str, enum: type[E]) -> E:
        """One member of a closed list."""
        return enum(self.choice(key, [m.value for m in enum]))

    def identifier(self, key: str, *, required: bool) -> str:
        """A key of something: lower-case words joined by hyphens."""
        text = self.line(key, 80, required=required)
        if text and not KEY.fullmatch(text):
            raise self.bad(key, "use lower-case letters, digits and single hyphens, for example mri-prep-1.")
        return text

    def key(self) -> str:
        """The name of the item."""
        return self.identifier("id", required=True)

    def owner(self) -> str:
        """E-mail address of the owner, lower case."""
        text = self.line("owner", 254)
        if not is_email(text):
            raise self.bad(
                "owner", "this is not an e-mail address. Give the address of the person who answers for the item."
            )
        return text.lower()

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.line(key, 6)
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise self.bad(key, f"give a whole number from {least} to {most}.")
        return int(text)

    def _parts(self, key: str, *, kind: type, hint: str) -> Mapping[str, Entry]:
        entry = self._front.entries.get(key)
        if entry is None or entry.value == "":
            return {}
        if not isinstance(entry.value, kind):
            raise self.bad(key, hint, entry)
        return entry.parts

    def _list(self, key: str) -> list[tuple[str, Entry]]:
        parts = self._parts(key, kind=tuple, hint="give a list, for example [a, b].")
        values = [(self._line_of(key, part, 80), part) for part in parts.values()]
        seen: set[str] = set()
        for text, part in values:
            if text in seen:
                raise self.bad(key, f"'{text}' is listed twice. Keep one.", part)
            seen.add(text)
        return values

    def identifiers(self, key: str) -> tuple[str, ...]:
        """A list of keys of other items."""
        for text, part in self._list(key):
            if not KEY.fullmatch(text):
                raise self.bad(key, f"'{text}' is not a key: use lower-case letters, digits and single hyphens.", part)
        return tuple(text for text, _ in self._list(key))

    def jurisdictions(self) -> tuple[str, ...]:
        """Where the content may be used: countries, or states as ``US-IL``; at least one."""
        if "jurisdictions" not in self._front.entries:
            raise self.bad("jurisdictions", "this key is missing. Add a line 'jurisdictions: [US]'.")
        values = self._list("jurisdictions")
        for text, part in values:
            match = _JURISDICTION.fullmatch(text)
            if match is None or match.group(1) not in COUNTRIES:
                message = f"'{text}' is not known. Countries: {', '.join(COUNTRIES)}; a state as US-IL."
                raise self.bad("jurisdictions", message, part)
        if not values:
            raise self.bad("jurisdictions", "name at least one, for example [US].")
        return tuple(text for text, _ in values)

    def cta(self, *, required: bool) -> tuple[str, str]:
        """Label and link of the one call to action."""
        entry = self._entry("cta", required=required)
        if entry is None:
            return "", ""
        parts = self._parts("cta", kind=dict, hint="give a map with label and url.")
        for name in parts:
            if name not in ("label", "url"):
                raise self.bad("cta", f"'{name}' is not known here.{nearest(name, ('label', 'url'))}", parts[name])
        if "label" not in parts or "url" not in parts:
            raise self.bad("cta", "give both label and url.", entry)
        label = self._line_of("cta.label", parts["label"], 60)
        url = self._line_of("cta.url", parts["url"], 500, slots=True)
        if not self._is_link(url, parts["url"]):
            message = "give an https address, tel:+1-555-0100, or one merge field that holds a link, as '{{ appointment_link }}'."
            raise self.bad("cta.url", message, parts["url"])
        return label, url

    def _is_link(self, url: str, entry: Entry) -> bool:
        names = self._slot_names("cta.url", entry, url)
        if names:
            return len(names) == 1 and FIELDS[names[0]].kind is FieldKind.URL and url[:2] == "{{" and url[-2:] == "}}"
        return is_https(url) or _TEL.fullmatch(url) is not None

    def fallbacks(self) -> dict[str, str]:
        """Approved words per merge field for when its value is missing."""
        parts = self._parts("fallbacks", kind=dict, hint="give a map, for example first_name: there.")
        for name, part in parts.items():
            if name not in FIELDS:
                raise self.bad("fallbacks", f"there is no merge field '{name}'.{nearest(name, tuple(FIELDS))}", part)
            text = self._line_of("fallbacks", part, 500)
            if why := validate_fallback(FIELDS[name], text):
                raise self.bad(
                    "fallbacks", f"'{name}' cannot fall back to this ({why.replace('_', ' ')}). Change the text.", part
                )
        return {name: str(part.value) for name, part in parts.items()}

    def images(self) -> dict[str, str]:
        """Alt text per image file name."""
        parts = self._parts("images", kind=dict, hint="give a map from file name to alt text.")
        for name, part in parts.items():
            if not _IMAGE.fullmatch(name):
                raise self.bad("images", f"'{name}' is not an image file name such as front-door.png.", part)
            self._line_of("images", part, 300)
        return {name: str(part.value) for name, part in parts.items()}

    def window(self) -> tuple[str, str]:
        """The proposed window, half-open, as ISO dates or empty."""
        first, until = self._day("valid_from"), self._day("valid_until")
        if first and until and until <= first:
            raise self.bad(
                "valid_until", f"{until} is not after valid_from {first}. The window ends before it starts; fix one."
            )
        return first, until

    def _day(self, key: str) -> str:
        text = self.line(key, 10, required=False)
        if not text:
            return ""
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise self.bad(key, f"'{text}' is not a date. Write it as 2026-11-30.") from None
