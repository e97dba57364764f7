"""Raw HTML in Markdown. Comments are no markup that anyone meets and are left alone."""

from collections.abc import Iterator
from typing import Literal

import regex

from app.checks.model import CheckContext
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

_ACTIVE = regex.compile(
    r"<\s*/?(?:script|iframe|object|embed|form|input|meta|link|style|base|svg)\b|\son[a-z]+\s*=|javascript:",
    regex.IGNORECASE,
)


class HtmlRule(RuleBase):
    """``check`` is ``active`` (scripts, frames, forms, handlers, styles) or ``any`` (every other tag)."""

    kind: Literal["html"]
    check: Literal["active", "any"]


def hits(rule: HtmlRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every tag of the kind asked for."""
    document = reading.document
    for start, end in document.markup:
        if bool(_ACTIVE.search(document.source[start:end])) == (rule.check == "active"):
            yield Hit(start, end)
