"""Text that shows something else than it says: invisible characters, direction overrides, words of mixed scripts."""

from collections.abc import Iterator
from typing import Literal

import regex

from app.checks.blocks import READ, BlockKind
from app.checks.model import CheckContext
from app.checks.normalise import INVISIBLE, is_latin
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

_DIRECTION = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
_INSIDE_WORD = regex.compile(rf"(?:\w+{INVISIBLE.pattern}+)+\w+|{INVISIBLE.pattern}{{3,}}")
_JOINERS = regex.compile(r"[\u00ad\u200c\u200d\ufe0f\ufe0e]")
"""Soft hyphens are honest line breaks, the others belong to emoji and to scripts that need them; claims are matched without them."""
_GLUE = regex.compile(r"[A-Za-z][\u200c\u200d\ufe0f\ufe0e]+[A-Za-z]")
_WORD = regex.compile(r"\p{L}{2,}")


class HiddenTextRule(RuleBase):
    """``check`` is ``invisible``, ``direction`` or ``mixed_script``."""

    kind: Literal["hidden_text"]
    check: Literal["invisible", "direction", "mixed_script"]


def hits(rule: HiddenTextRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every stretch that hides or disguises; emoji sequences and scripts that need joiners are left alone."""
    for block in reading.document.blocks:
        if block.text.isascii() or block.kind not in READ | {BlockKind.LINK_TARGET}:
            continue
        for start, end in _found(rule.check, block.text):
            yield Hit(*block.mapped.span(start, end), position=block.kind)


def _found(check: str, text: str) -> Iterator[tuple[int, int]]:
    if check == "direction":
        yield from (match.span() for match in _DIRECTION.finditer(text))
    elif check == "invisible":
        for match in _INSIDE_WORD.finditer(text, timeout=0.25):
            letters = _JOINERS.sub("", match.group())
            if INVISIBLE.search(letters) or (letters.isascii() and _GLUE.search(match.group())):
                yield match.span()
    else:
        for match in _WORD.finditer(text):
            if not match.group().isascii() and _mixed(match.group()):
                yield match.span()


def _mixed(word: str) -> bool:
    """Latin letters beside Greek, Cyrillic or other alphabets in one word; micro and ohm signs are units, not letters."""
    kinds = {is_latin(character) for character in word if character not in "\u00b5\u03bc\u2126\u03a9\u00aa\u00ba"}
    return len(kinds) > 1
