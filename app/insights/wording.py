"""Turns refusal codes into sentences, with who can change it and what would. Codes are stable, sentences may improve.

A fact that is missing reads as a general word, and one with a name of its own (a role, a channel, an instant) is shown
by that name, so that a page neither fails nor shows a raw value. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.model import Role
from app.authoring.model import Audience, Channel
from app.insights.labels import AUDIENCES, CHANNELS, ROLES
from app.insights.wording_acts import ACTS
from app.insights.wording_gate import CHECKS, REASONS
from app.insights.wording_model import Wording
from app.kernel.clock import parse_iso
from app.kernel.digest import Json
from app.kernel.finding import Refusal

ALL: Mapping[str, Wording] = {**ACTS, **REASONS}

GENERAL = "(not stated)"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_NAMES: Mapping[str, str] = {
    **{role.value: ROLES[role].lower() for role in Role},
    **{channel.value: CHANNELS[channel].lower() for channel in Channel},
    **{audience.value: AUDIENCES[audience] for audience in Audience},
    "asserted": "asserted only",
    "single": "single opt-in",
    "double": "double opt-in",
    "signed": "signed in writing",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A refusal as a page shows it."""

    code: str
    sentence: str
    who: str
    fix: str


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return GENERAL


def speak(code: str, facts: Mapping[str, Json] | None = None) -> Spoken:
    """The words for a code. One that nobody has given words to is named, so that it can be quoted to somebody."""
    wording = ALL.get(code) or Wording(
        f"Refused: {code.replace('_', ' ')}", "An administrator", "Quote this reason to an administrator."
    )
    known = _Facts({key: fact_text(value) for key, value in (facts or {}).items() if value not in (None, "", [])})
    return Spoken(code, wording.sentence.format_map(known), wording.who, wording.fix.format_map(known))


def speak_refusal(refusal: Refusal) -> Spoken:
    """The words for a refusal."""
    return speak(refusal.code, refusal.facts)


def check_title(check: str) -> str:
    """What a check of the gate makes sure of."""
    return CHECKS.get(check, check.replace("_", " ").capitalize())


def fact_text(value: Json) -> str:
    """A fact as people read it: names for codes, ``14 Mar 2027 09:00 UTC`` for instants, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _instant_text(value) if _INSTANT.fullmatch(value) else _NAMES.get(value, value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {fact_text(item)}" for key, item in value.items())
    if isinstance(value, int) or value is None:
        return str(value)
    return ", ".join(fact_text(item) for item in value)


def _instant_text(text: str) -> str:
    instant = parse_iso(text)
    return f"{instant.day} {instant:%b %Y %H:%M} UTC"
