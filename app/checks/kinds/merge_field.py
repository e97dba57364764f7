"""Merge fields: only known ones, only where their sensitivity allows, and no template language of any other kind."""

from collections.abc import Iterator
from typing import Literal

import regex

from app.authoring.fields import FIELDS, Sensitivity
from app.checks.blocks import READ, Block, BlockKind, slot_spans
from app.checks.model import CheckContext
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

EVERYWHERE = READ | {BlockKind.LINK_TARGET}
_FIELD = regex.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_.]{0,60}) *\}\}")
_TEMPLATE = regex.compile(
    r"\{%[^\n]{0,200}?%\}|\{#[^\n]{0,200}?#\}|\{\{[^\n]{0,200}?\}{2,3}|\*\|[^\n|]{1,100}\|\*|%%[\w .-]{1,60}%%|%(?:FIRST|LAST|NAME|EMAIL)\w*%|<%[^\n]{0,200}?%>"
    r"|\$\{[^\n}]{1,100}\}|\{(?:[^{}|\n]{1,60}\|){1,20}[^{}|\n]{0,60}\}|\[(?:FIRST|LAST|NAME|EMAIL)[ _A-Z]{0,20}\]|\{\{|\}\}"
)
_SIMPLE = regex.compile(r"\{\{ *[A-Za-z_][A-Za-z0-9_]{0,60} *\}\}")


class MergeFieldRule(RuleBase):
    """``check`` is ``unknown`` (no such field), ``sensitive`` (a field that hints at health where others can read it) or
    ``template`` (Jinja, Liquid, Handlebars, ``*|NAME|*``, spintax and the like).
    """

    kind: Literal["merge_field"]
    check: Literal["unknown", "sensitive", "template"]


def hits(rule: MergeFieldRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every offending field or template mark."""
    if rule.check == "template":
        yield from _templates(reading.document.source)
        return
    for block in reading.document.blocks:
        if block.kind not in EVERYWHERE or not any(sign in block.text for sign in "{*%$["):
            continue
        for start, end in _found(rule.check, block, context):
            yield Hit(*block.mapped.span(start, end), position=block.kind)


def _templates(source: str) -> Iterator[Hit]:
    """Marks of other template languages, in the source as written: Markdown would read ``*|NAME|*`` as emphasis."""
    known = slot_spans(source) if "{{" in source else ()
    for match in _TEMPLATE.finditer(source, timeout=0.25):
        if match.span() not in known and not _SIMPLE.fullmatch(match.group()):
            yield Hit(*match.span())


def _found(check: str, block: Block, context: CheckContext) -> Iterator[tuple[int, int]]:
    for match in _FIELD.finditer(block.text):
        field = FIELDS.get(match.group(1))
        if check == "unknown" and field is None and _SIMPLE.fullmatch(match.group()):
            yield match.span()
        exposed = block.kind is BlockKind.ENVELOPE or context.channel == "sms"
        if check == "sensitive" and field is not None and field.sensitivity is Sensitivity.HEALTH and exposed:
            yield match.span()
