"""Readability against the target of an audience."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from app.checks.kinds.required_text import first_line
from app.checks.model import CheckContext
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

Band = tuple[Annotated[int, Field(ge=0, le=300)], Annotated[int, Field(ge=0, le=300)]]


class ReadabilityRule(RuleBase):
    """``targets`` maps audiences to the band of Flesch-Kincaid grades in tenths; an audience without one has no target."""

    kind: Literal["readability"]
    targets: Mapping[str, Band] = Field(min_length=1)


def hits(rule: ReadabilityRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """One hit when the text is above its band; below it is nobody's harm."""
    target, found = rule.targets.get(context.audience), reading.measured
    if target is not None and found is not None and found.band == "above":
        grade, low, high = found.grades["flesch_kincaid_grade_tenths"], *target
        message = f"{rule.message} Grade {grade / 10:.1f}, target {low // 10} to {high // 10}."
        place = found.costly[0].span if found.costly else None
        yield Hit(*((place.start, place.end) if place else first_line(reading.document)), message=message)
