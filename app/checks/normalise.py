"""Matching text: what a phrase is compared with, mapped back to the text it came from.

Lower case; look-alike letters, compatibility forms, invisible characters, letters that are spaced or dotted apart and
digits that stand for letters are undone. Meaning stays: café, co-operate, e.g., B12, access codes and dotted acronyms
keep their words. The result is only ever compared, never shown.
"""

import unicodedata
from functools import cache

import regex

from app.checks.source_map import MappedText, Weaver, identity

INVISIBLE = regex.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Characters that a reader cannot see: zero width, soft hyphen, direction controls, variation selectors, tags."""
_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u202f": " ",
}
_WORD = regex.compile(r"\w+")
_APART = regex.compile(r"(?<![\w.])(?:[^\W\d_](?P<gap>[ .\-_*\u00b7]))(?:[^\W\d_](?P=gap)){1,20}[^\W\d_](?!\w)")
_SINGLE = regex.compile(r"\b\w[ .\-_*\u00b7]\w\b")
_LEET = regex.compile(
    r"(?<![\w@])(?=[\w@$!]*\p{L}[\w@$!]*\p{L}[\w@$!]*\p{L})(?=[\w@$!]*[0134578@$!])[\w@$!]{4,24}(?![\w@$]|\.\w)"
)
_SIGNS = regex.compile(r"[0134578@$!]")
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"}
_UNIT = regex.compile(r"\d+\p{L}*|\p{L}{1,2}\d+|\p{L}+\d{2,}", regex.IGNORECASE)


def matching_text(text: str) -> MappedText:
    """``text`` made comparable; the map leads to offsets of ``text``."""
    mapped = identity(text.lower()) if text.isascii() else _folded(text)
    if _SINGLE.search(mapped.text) and _APART.search(mapped.text):
        mapped = _closed_up(mapped)
    if _SIGNS.search(mapped.text) and _LEET.search(mapped.text):
        mapped = _without_leet(mapped)
    return mapped


def _folded(text: str) -> MappedText:
    """Composition, compatibility forms, quotes, look-alikes and invisible characters, one source cluster at a time."""
    weaver = Weaver()
    lookalikes = _lookalikes_in(text)
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = text[position:end]
        if not INVISIBLE.match(cluster):
            shown = _PLAIN.get(cluster) or unicodedata.normalize("NFKC", cluster)
            shown = "".join(lookalikes.get(character, character) for character in shown).lower()
            if len(shown) == len(cluster) == 1:
                weaver.literal(shown, position)
            else:
                weaver.whole(shown, position, end)
        position = end
    return weaver.woven()


def _lookalikes_in(text: str) -> dict[str, str]:
    """Letters of other scripts that pass for Latin ones, in words that hold a Latin letter or nothing but look-alikes."""
    found: dict[str, str] = {}
    for word in _WORD.finditer(text):
        foreign = [c for c in word.group() if c.isalpha() and not c.isascii() and not is_latin(c)]
        if not foreign:
            continue
        twins = {c: latin_twin(c) for c in foreign}
        if all(twins.values()) or any(is_latin(c) for c in word.group()):
            found.update({c: twin for c, twin in twins.items() if twin})
    return found


def is_latin(character: str) -> bool:
    """Whether a letter belongs to the Latin script (full-width and mathematical forms included)."""
    return unicodedata.name(unicodedata.normalize("NFKC", character)[0], "").startswith("LATIN")


@cache
def latin_twin(character: str) -> str:
    """The ASCII letter that a letter of another script can be taken for, or ""."""
    from confusable_homoglyphs import confusables  # type: ignore[import-untyped]  # a megabyte of tables: only for texts that hold such letters

    found = confusables.is_confusable(character, greedy=False, preferred_aliases=["latin"])
    twins = [twin["c"] for entry in found or [] for twin in entry["homoglyphs"]]
    return next((twin for twin in twins if len(twin) == 1 and twin.isascii() and twin.isalpha()), "")


def _closed_up(mapped: MappedText) -> MappedText:
    """``c u r e``, ``c.u.r.e`` and ``F.D.A.`` as one word; two letters (``U.S.``, ``e.g.``) stay as they are."""
    weaver, position = Weaver(), 0
    for match in _APART.finditer(mapped.text):
        weaver.mapped(mapped, position, match.start())
        for index in range(match.start(), match.end(), 2):
            weaver.mapped(mapped, index, index + 1)
        position = match.end() + (match.group("gap") == "." and mapped.text.startswith(". ", match.end()))
    weaver.mapped(mapped, position)
    return weaver.woven()


def _without_leet(mapped: MappedText) -> MappedText:
    """Digits and signs between letters as the letters they stand for; doses, units and codes stay."""
    weaver, position = Weaver(), 0
    for match in _LEET.finditer(mapped.text):
        word = match.group()
        if _UNIT.fullmatch(word) or sum(c.isdigit() for c in word) > len(word) // 3:
            continue
        for index, sign in enumerate(word):
            before = word[index - 1] if index else ""
            if sign in _DIGITS and before.isalpha() and (index + 1 < len(word) or sign.isdigit()):
                at = match.start() + index
                weaver.mapped(mapped, position, at)
                weaver.whole(_DIGITS[sign], *mapped.span(at, at + 1))
                position = at + 1
    weaver.mapped(mapped, position)
    return weaver.woven()
