"""The small language in which rules name words, compiled to one expression per list of phrases.

A phrase is words with blanks between. ``heal~`` also stands for heals, healed, healing. ``(this|that one)`` is a choice,
``[word]`` may be absent, ``...`` stands for up to four words in the same clause (``...2`` for up to two), ``<number>`` for a
number. Words match without regard to case; a blank also matches a hyphen, and a hyphen a blank or nothing. Choices do
not nest, but one may hold optional words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

TIMEOUT = 0.25
"""Seconds one expression may spend on one block; more raises ``TimeoutError``."""
MAX_PHRASE = 4_000
ANCHOR = 4
"""Words are compared by their first four characters before any expression runs."""
_GAP_WORDS = 4
_TOKEN = regex.compile(
    r"\((?P<choice>(?:[^()\[\]]|\[[^()\[\]]+\])+)\)|\[(?P<optional>[^()\[\]]+)\]|\.\.\.(?P<gap>\d?)|(?P<number><number>)|(?P<word>[^\s()\[\]|]+)|(?P<bad>\S)"
)
_WORD = regex.compile(r"\w+")
_BAR = regex.compile(r"\|(?![^\[]*\])")
_IRREGULAR = {
    "be": "is are was were been being am",
    "beat": "beats beaten beating",
    "get": "gets got gotten getting",
    "have": "has had having",
    "make": "makes made making",
    "do": "does did done doing",
    "go": "goes went gone going",
    "say": "says said saying",
    "see": "sees saw seen seeing",
    "feel": "feels felt feeling",
    "lose": "loses lost losing",
    "find": "finds found finding",
    "give": "gives gave given giving",
    "leave": "leaves left leaving",
    "overcome": "overcomes overcame overcoming",
    "heal": "heals healed healing",
    "treat": "treats treated treating",
    "conquer": "conquers conquered conquering",
    "eliminate": "eliminates eliminated eliminating",
}
_VOWELS = "aeiou"
_COMMON = frozenset(
    "a an and are at be for from have in is it of on or our that the this to was we will with you your".split()
)
"""Words that nearly every text holds: poor company for deciding whether to look closer."""


class BadPhrase(ValueError):
    """A phrase that the language does not have."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled list of phrases. ``anchors`` are word beginnings of which a text must hold one; None when nothing can be said."""

    expression: regex.Pattern[str]
    anchors: frozenset[str] | None

    def may_match(self, beginnings: frozenset[str]) -> bool:
        """Whether a text with these word beginnings is worth a search."""
        return self.anchors is None or not self.anchors.isdisjoint(beginnings)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Matches from left to right, none overlapping."""
        return (match.span() for match in self.expression.finditer(text, timeout=TIMEOUT))


def beginnings_of(text: str) -> frozenset[str]:
    """The first four characters of every word of a matching text."""
    return frozenset(word[:ANCHOR] for word in _WORD.findall(text))


def forms_of(word: str) -> tuple[str, ...]:
    """A word with its regular endings (-s, -ed, -ing), or its irregular ones."""
    if word in _IRREGULAR:
        return (word, *_IRREGULAR[word].split())
    if word.endswith("e"):
        return (word, word + "s", word + "d", word[:-1] + "ing")
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word, word[:-1] + "ies", word[:-1] + "ied", word + "ing")
    plural = word + ("es" if word.endswith(("s", "sh", "ch", "x", "z")) else "s")
    doubled = (
        len(word) > 2
        and word[-1] not in "aeiouwxy"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
        and len(word) < 6
    )
    stem = word + word[-1] if doubled else word
    extra = (word + "ed", word + "ing") if doubled else ()
    return (word, plural, stem + "ed", stem + "ing", *extra)


@lru_cache(maxsize=2_000)
def compiled(phrases: tuple[str, ...]) -> Pattern:
    """One expression for all phrases, the earliest listed winning. Raises ``BadPhrase``."""
    sources: list[str] = []
    anchors: set[str] = set()
    anchored = True
    for phrase in phrases:
        source, found = _phrase(phrase)
        sources.append(source)
        anchored = anchored and bool(found)
        anchors |= found
    expression = regex.compile(rf"(?<!\w)(?:{'|'.join(sources)})(?!\w)")
    return Pattern(expression, frozenset(anchors) if anchored else None)


@lru_cache(maxsize=2_000)
def together(first: tuple[str, ...], second: tuple[str, ...], gap: int, *, either_order: bool) -> Pattern:
    """A match of ``first`` and one of ``second`` in one clause with at most ``gap`` words between."""
    one, two = (f"(?:{'|'.join(_phrase(phrase)[0] for phrase in phrases)})" for phrases in (first, second))
    between = _gap(gap)
    orders = [f"{one}(?!\\w){between}(?<!\\w){two}"]
    if either_order:
        orders.append(f"{two}(?!\\w){between}(?<!\\w){one}")
    return Pattern(regex.compile(rf"(?<!\w)(?:{'|'.join(orders)})(?!\w)"), compiled(first).anchors)


def _gap(words: int) -> str:
    """Up to so many words and what stands around them, inside one clause; brackets, quotes and line breaks do not end a clause, list marks do."""
    between = r"(?:[^\w.!?;:\n\u2014]|\n(?![-*\u2022\d]))+"
    return rf"(?:{between}[\w'%]+){{0,{words}}}?{between}"


def _phrase(phrase: str) -> tuple[str, frozenset[str]]:
    """Expression source of one phrase, and the word beginnings of its longest fixed word."""
    if len(phrase) > MAX_PHRASE:
        raise BadPhrase(f"The phrase is longer than {MAX_PHRASE:,} characters. Use a list.")
    source, best, glue = "", frozenset[str](), ""
    for token in _TOKEN.finditer(phrase.lower()):
        if token.group("bad"):
            raise BadPhrase(
                f"'{token.group('bad')}' does not belong here in '{phrase}'. Choices are (a|b), optional words [a]."
            )
        if token.group("gap") is not None:
            source, glue = source + _gap(int(token.group("gap") or _GAP_WORDS)), ""
            continue
        if token.group("optional"):
            inner = "|".join(_phrase(part)[0] for part in token.group("optional").split("|"))
            source += rf"(?:{glue}(?:{inner}))?" if glue else rf"(?:(?:{inner})\s+)?"
            continue
        piece, found = _piece(token)
        source, glue = source + glue + piece, r"(?:\s+|-)"
        best = _better(best, found)
    if not source:
        raise BadPhrase("The phrase is empty. Write words.")
    return source, best


def _piece(token: "regex.Match[str]") -> tuple[str, frozenset[str]]:
    if token.group("number"):
        return r"\d(?:[\d.,]*\d)?", frozenset()
    if token.group("choice"):
        parts = [_phrase(part) for part in _BAR.split(token.group("choice"))]
        found = (
            frozenset().union(*(anchors for _, anchors in parts))
            if all(anchors for _, anchors in parts)
            else frozenset()
        )
        return f"(?:{'|'.join(source for source, _ in parts)})", found
    return _word(token.group("word"))


def _word(word: str) -> tuple[str, frozenset[str]]:
    words = forms_of(word[:-1]) if word.endswith("~") else (word,)
    source = "|".join(regex.escape(form, literal_spaces=True).replace(r"\-", r"[-\s]?") for form in words)
    anchors = set()
    for form in words:
        parts = _WORD.findall(form)
        anchors |= {parts[0][:ANCHOR], "".join(parts)[:ANCHOR]} if parts else set()
    return (f"(?:{source})" if len(words) > 1 else source), frozenset(anchors)


def _better(best: frozenset[str], found: frozenset[str]) -> frozenset[str]:
    """The set that lets fewer texts through: one without very common words, of longer beginnings, with fewer members."""
    if not found:
        return best
    if not best:
        return found
    weigh = [(_COMMON.isdisjoint(one), min(map(len, one)), -len(one)) for one in (best, found)]
    return found if weigh[1] > weigh[0] else best
