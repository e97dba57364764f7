"""Plain words for hard ones: each match names its replacement."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, field_validator

from app.checks.blocks import READ, BlockKind
from app.checks.model import CheckContext
from app.checks.patterns import compiled
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase, readable


class SubstitutionRule(RuleBase):
    """``swap`` maps phrases to what to write instead."""

    kind: Literal["substitution"]
    positions: tuple[BlockKind, ...] = tuple(sorted(READ))
    swap: Mapping[str, str] = Field(min_length=1)

    @field_validator("swap")
    @classmethod
    def _readable_phrases(cls, swap: Mapping[str, str]) -> Mapping[str, str]:
        readable(tuple(swap))
        return swap


def hits(rule: SubstitutionRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every match with its plain alternative."""
    everything = compiled(tuple(rule.swap))
    for passage in reading.passages(rule.positions):
        if not everything.may_match(passage.beginnings):
            continue
        for phrase, plain in rule.swap.items():
            pattern = compiled((phrase,))
            if not pattern.may_match(passage.beginnings):
                continue
            for start, end in pattern.spans(passage.matching.text):
                yield Hit(*passage.source_span(start, end), suggestion=plain, position=passage.block.kind)
