"""Words of checks: the circumstances of a check, readability, suppressions, the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.authoring.model import Metadata
from app.kernel.digest import Json, digest_of
from app.kernel.finding import Finding, Severity, Span

ALGORITHM = "placet-checks/1"
"""Changes when the same text and packs may give another report."""
VERDICT = "No listed pattern was found by these rules. People still have to read the text."
"""What a report without findings says; never that a text is lawful (regulation D17)."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a text is for. Empty means not known: rules that need to know stay out, rules for any case apply.

    ``content_type`` empty marks a loose passage: nothing is asked of it that only a whole message has. ``names`` are proper
    nouns the organisation declared. ``on`` is the ISO date the rules must be in force, or "".
    """

    channel: str = ""
    content_type: str = ""
    audience: str = ""
    jurisdictions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    on: str = ""

    @classmethod
    def of(cls, metadata: Metadata, now: datetime) -> "CheckContext":
        """The circumstances of a saved version: the same for the writer's page and for the submission."""
        return cls(
            channel=metadata.channel.value,
            content_type=metadata.content_type.value,
            audience=metadata.audience.value,
            jurisdictions=metadata.jurisdictions,
            on=now.date().isoformat(),
        )

    @property
    def plain(self) -> bool:
        """Whether the channel carries plain text, so that Markdown means nothing in it."""
        return self.channel == "sms"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Words that matched a rule and were left alone: ``reason`` is ``negated``, ``warned``, ``answered_no``, ``exception``, ``name`` or ``elsewhere_meant``."""

    rule: str
    span: Span
    excerpt: str
    reason: str

    def as_json(self) -> dict[str, Json]:
        return {
            "rule": self.rule,
            "span": {
                "start": self.span.start,
                "end": self.span.end,
                "line": self.span.line,
                "column": self.span.column,
            },
            "excerpt": self.excerpt,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class CostlySentence:
    """A sentence that raises the grade: by how many tenths the grade of the text falls without it."""

    span: Span
    excerpt: str
    words: int
    cost_tenths: int


@dataclass(frozen=True, slots=True)
class HardWord:
    """A word of three or more syllables outside the list of known ones, and how often it stands in the text."""

    word: str
    syllables: int
    count: int


@dataclass(frozen=True, slots=True)
class Readability:
    """Counts and grades of a text. ``scored`` is False under 30 words, and then there are no grades.

    ``grades`` maps formula names (unit at the end) to tenths: ``flesch_kincaid_grade_tenths``. The band is that of
    Flesch-Kincaid against the audience target: ``within``, ``above``, ``below`` or ``no_target``; ``not_scored`` otherwise.
    """

    scored: bool
    sentences: int
    words: int
    syllables: int
    grades: Mapping[str, int] = field(default_factory=dict)
    target_tenths: tuple[int, int] | None = None
    band: str = "not_scored"
    costly: tuple[CostlySentence, ...] = ()
    hard_words: tuple[HardWord, ...] = ()
    lexicon_digest: str = ""

    def as_json(self) -> dict[str, Json]:
        return {
            "scored": self.scored,
            "sentences": self.sentences,
            "words": self.words,
            "syllables": self.syllables,
            "grades": dict(self.grades),
            "target_tenths": list(self.target_tenths) if self.target_tenths else None,
            "band": self.band,
            "costly": [
                {
                    "start": c.span.start,
                    "end": c.span.end,
                    "line": c.span.line,
                    "words": c.words,
                    "cost_tenths": c.cost_tenths,
                }
                for c in self.costly
            ],
            "hard_words": [{"word": w.word, "syllables": w.syllables, "count": w.count} for w in self.hard_words],
            "lexicon_digest": self.lexicon_digest,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What the rules of one set of packs say about one text."""

    findings: tuple[Finding, ...]
    readability: Readability
    pack_digest: str
    pack_names: tuple[str, ...]
    suppressed: tuple[Suppression, ...]

    @property
    def blocks(self) -> int:
        return sum(finding.severity is Severity.BLOCK for finding in self.findings)

    @property
    def warns(self) -> int:
        return sum(finding.severity is Severity.WARN for finding in self.findings)

    def as_json(self) -> dict[str, Json]:
        """Canonical-JSON-safe form: no floats; grades are tenths."""
        return {
            "algorithm": ALGORITHM,
            "pack_digest": self.pack_digest,
            "packs": list(self.pack_names),
            "blocks": self.blocks,
            "warns": self.warns,
            "findings": [finding.as_json() for finding in self.findings],
            "readability": self.readability.as_json(),
            "suppressed": [suppression.as_json() for suppression in self.suppressed],
            "verdict": "" if self.findings else VERDICT,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the report."""
        return digest_of(self.as_json())


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it lies in the database. ``report`` is the JSON form of :class:`Report`."""

    id: str
    version_id: str
    closure_root: str
    pack_digest: str
    digest: str
    blocks: int
    warns: int
    report: Mapping[str, Json]
    created_at: datetime
