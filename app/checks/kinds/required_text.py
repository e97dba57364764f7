"""Words that must stand there: somewhere in the body, or at its very start."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.checks.blocks import BODY
from app.checks.document import Document
from app.checks.model import CheckContext
from app.checks.patterns import compiled
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase, readable


class RequiredTextRule(RuleBase):
    """Fires once when none of the phrases stands ``where`` it must. ``within`` counts characters from the start of the body.

    ``leading_name`` asks for a name and a colon or dash first ("Northgate Imaging: …") instead of phrases.
    """

    kind: Literal["required_text"]
    phrases: tuple[str, ...] = ()
    where: Literal["body", "start"] = "body"
    within: Annotated[int, Field(ge=1, le=500)] = 40
    leading_name: bool = False

    @field_validator("phrases")
    @classmethod
    def _readable_phrases(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return readable(phrases)


def hits(rule: RequiredTextRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """One hit on the first line of the body when the words are missing."""
    passages = list(reading.passages(BODY))
    if rule.leading_name:
        first = passages[0].block.text[: rule.within] if passages else ""
        name, sign, _ = first.partition(":")
        found = bool(sign) and name[:1].isupper() and 0 < len(name.split()) <= 5
    else:
        pattern = compiled(rule.phrases)
        reach = rule.within if rule.where == "start" else None
        looked_at = passages[:1] if rule.where == "start" else passages
        found = any(
            pattern.expression.search(passage.matching.text, 0, reach or len(passage.matching.text), timeout=0.25)
            for passage in looked_at
        )
    if not found:
        yield Hit(*first_line(reading.document))


def first_line(document: Document) -> tuple[int, int]:
    """Where something missing is shown: the first line of the body that says anything, else the start of the file."""
    for block in document.blocks:
        if block.kind in BODY:
            start, end = block.mapped.span(0, len(block.text))
            stop = document.source.find("\n", start, end)
            return start, end if stop < 0 else stop
    stop = document.source.find("\n")
    return 0, len(document.source) if stop < 0 else stop
