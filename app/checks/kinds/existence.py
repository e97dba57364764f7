"""Words that must not stand there: phrases with their forms, less negations, warnings, other meanings and names."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, field_validator

from app.checks.model import CheckContext
from app.checks.patterns import Pattern, compiled
from app.checks.polarity import Polarity
from app.checks.reading import Hit, Passage, Reading, named
from app.checks.rules import PhraseRule, readable


class ExistenceRule(PhraseRule):
    """Fires on any of the phrases."""

    kind: Literal["existence"]
    polarity: Polarity = Polarity.CLAIM
    phrases: tuple[str, ...] = Field(min_length=1)

    @field_validator("phrases")
    @classmethod
    def _readable_phrases(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return readable(phrases)


def hits(rule: ExistenceRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every match, with the reason when it is left alone."""
    pattern = compiled(rule.phrases)
    for passage in reading.passages(rule.positions):
        if pattern.may_match(passage.beginnings):
            yield from phrase_hits(rule, pattern, rule.polarity, passage, context)


def phrase_hits(
    rule: PhraseRule, pattern: Pattern, polarity: Polarity, passage: Passage, context: CheckContext
) -> Iterator[Hit]:
    """Matches of one pattern in one passage."""
    for start, end in pattern.spans(passage.matching.text):
        reason = _meant_otherwise(rule, passage, start, end)
        if reason is None and context.names and named(passage, start, end, context.names):
            reason = "name"
        reason = reason or passage.quiet(start, end, polarity)
        yield Hit(*passage.source_span(start, end), quiet=reason, position=passage.block.kind)


def _meant_otherwise(rule: PhraseRule, passage: Passage, start: int, end: int) -> str | None:
    text = passage.matching.text
    if rule.except_:
        exceptions = compiled(rule.except_)
        if exceptions.may_match(passage.beginnings) and any(
            low < end and start < high for low, high in exceptions.spans(text)
        ):
            return "exception"
    if rule.unless_near:
        near = compiled(rule.unless_near)
        if near.may_match(passage.beginnings):
            low, high, _ = passage.sentence_at(start, end)
            if near.expression.search(text, low, high, timeout=0.25):
                return "elsewhere_meant"
    return None
