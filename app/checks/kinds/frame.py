"""A claim as a frame: predicate and object, and if asked a subject, in one clause (regulation D1)."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.checks.kinds.existence import phrase_hits
from app.checks.model import CheckContext
from app.checks.patterns import Pattern, compiled, together
from app.checks.polarity import Polarity
from app.checks.reading import Hit, Passage, Reading
from app.checks.rules import PhraseRule, readable


class FrameRule(PhraseRule):
    """Fires when a predicate and an object meet with at most ``gap`` words between; ``order`` says who comes first.

    With ``subject`` phrases, one of them must stand before the match in the same sentence.
    """

    kind: Literal["frame"]
    polarity: Polarity = Polarity.CLAIM
    predicate: tuple[str, ...] = Field(min_length=1)
    object: tuple[str, ...] = Field(min_length=1)
    subject: tuple[str, ...] = ()
    order: Literal["predicate_first", "either"] = "predicate_first"
    gap: Annotated[int, Field(ge=0, le=8)] = 4

    @field_validator("predicate", "object", "subject")
    @classmethod
    def _readable_phrases(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return readable(phrases)


def hits(rule: FrameRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every frame, with the reason when it is left alone."""
    predicate, objects = compiled(rule.predicate), compiled(rule.object)
    for passage in reading.passages(rule.positions):
        if not (predicate.may_match(passage.beginnings) and objects.may_match(passage.beginnings)):
            continue
        pattern = together(rule.predicate, rule.object, rule.gap, either_order=rule.order == "either")
        yield from phrase_hits(rule, _with_subject(rule, pattern, passage), rule.polarity, passage, context)


def _with_subject(rule: FrameRule, pattern: Pattern, passage: Passage) -> Pattern:
    """The pattern itself, or one that finds nothing when the passage names no subject."""
    if not rule.subject or compiled(rule.subject).expression.search(passage.matching.text, timeout=0.25):
        return pattern
    return compiled(("\ufdd0",))
