"""What the head of a content file must say: keys that are given, lengths, a next step, an owner and a review rhythm."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from app.checks.blocks import BlockKind
from app.checks.document import Document
from app.checks.kinds.required_text import first_line
from app.checks.model import CheckContext
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

_ADDRESSED = (BlockKind.LINK_TARGET,)


class MetadataRule(RuleBase):
    """``check`` is ``given`` (every key in ``fields`` has a value), ``length`` (of ``field``, in characters) or
    ``next_step`` (a button or a link in the body).
    """

    kind: Literal["metadata"]
    check: Literal["given", "length", "next_step"]
    fields: tuple[str, ...] = ()
    maximum: Annotated[int, Field(ge=1, le=1_000)] = 60
    minimum: Annotated[int, Field(ge=0, le=1_000)] = 0


def hits(rule: MetadataRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """What is missing, or too long; nothing for texts without front matter."""
    document = reading.document
    if not document.entries:
        return
    if rule.check == "next_step":
        if not document.value("cta", "label") and not any(document.of(*_ADDRESSED)):
            yield Hit(*first_line(document))
        return
    for name in rule.fields:
        yield from _field(rule, document, name)


def _field(rule: MetadataRule, document: Document, name: str) -> Iterator[Hit]:
    value = document.value(name)
    entry = document.entries.get(name)
    if rule.check == "given" and not value:
        place = (entry.key_span.start, entry.key_span.end) if entry else (0, 3)
        yield Hit(*place, message=f"{rule.message} Missing: {name}.")
    if rule.check == "length" and entry is not None and not rule.minimum <= len(value) <= rule.maximum:
        yield Hit(entry.span.start, entry.span.end, message=f"{rule.message} It has {len(value)} characters.")
