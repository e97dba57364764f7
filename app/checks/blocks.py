"""Words of a document: kinds of blocks, mapped blocks, and where merge fields stand in a text."""

from dataclasses import dataclass
from enum import StrEnum

import regex

from app.authoring.fields import find_slots
from app.checks.source_map import MappedText
from app.kernel.errors import BadInput


class BlockKind(StrEnum):
    """Where a text stands."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_CELL = "table_cell"
    CODE = "code"
    SUBJECT = "subject"
    PREHEADER = "preheader"
    ENVELOPE = "envelope"
    """Subject and preheader as the inbox shows them: one line."""
    CTA = "cta"
    ALT = "alt"
    LINK_TEXT = "link_text"
    LINK_TITLE = "link_title"
    LINK_TARGET = "link_target"
    FALLBACK = "fallback"


BODY = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_CELL, BlockKind.CODE})
"""Blocks of the body that a reader reads in order."""
READ = BODY | {BlockKind.ENVELOPE, BlockKind.CTA, BlockKind.ALT, BlockKind.LINK_TITLE, BlockKind.FALLBACK}
"""Blocks in which claims are looked for, each text once (subject and preheader stand in the envelope, link text in its paragraph)."""
_SLOT_LIKE = regex.compile(r"\{\{[^{}\n]{1,60}\}\}")
_MASK = "\ue000"


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of text of one kind."""

    kind: BlockKind
    mapped: MappedText

    @property
    def text(self) -> str:
        return self.mapped.text


def slot_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the known merge fields of ``text`` stand; anything else in braces is left for the rules to judge."""
    spans = []
    for candidate in _SLOT_LIKE.finditer(text):
        try:
            find_slots(text, candidate.start(), candidate.end())
        except BadInput:
            continue
        spans.append(candidate.span())
    return tuple(spans)


def masked(text: str) -> str:
    """``text`` with each merge field replaced by as many signs that Markdown takes for a word."""
    parts, position = [], 0
    for start, end in slot_spans(text):
        parts += [text[position:start], _MASK * (end - start)]
        position = end
    return "".join([*parts, text[position:]])
