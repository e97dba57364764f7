"""Outcomes as values: what a check found, and why an act was refused. Codes are stable; wording lives in the shells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.kernel.digest import Json


class Severity(StrEnum):
    """How much a finding matters."""

    BLOCK = "block"
    """Cannot be submitted."""
    WARN = "warn"
    """Needs evidence, a qualifier or a justification."""
    INFO = "info"
    """Advice."""


class Remedy(StrEnum):
    """What settles a finding."""

    REWRITE = "rewrite"
    SUBSTANTIATE = "substantiate"
    QUALIFY = "qualify"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source text in Unicode code points, ``end`` excluded; ``line`` and ``column`` count from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule has to say about one stretch of text. ``citation`` names law, regulator or house rule."""

    rule: str
    category: str
    severity: Severity
    remedy: Remedy
    message: str
    citation: str
    span: Span
    excerpt: str
    suggestion: str = ""

    def as_json(self) -> dict[str, Json]:
        """Plain form for reports, digests and the machine interface."""
        return {
            "rule": self.rule,
            "category": self.category,
            "severity": self.severity.value,
            "remedy": self.remedy.value,
            "message": self.message,
            "citation": self.citation,
            "span": {
                "start": self.span.start,
                "end": self.span.end,
                "line": self.span.line,
                "column": self.span.column,
            },
            "excerpt": self.excerpt,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A business "no". ``code`` is stable and documented; ``facts`` are what the wording needs, never personal data."""

    code: str
    facts: Mapping[str, Json] = field(default_factory=dict)
