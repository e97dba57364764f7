"""Checks without a database: the one entry for editor, gate, command line and API.

Importing it loads neither Flask nor SQLAlchemy, and textstat only once readability is asked for.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.authoring.model import CHANNEL_OF_TYPE, ContentType
from app.checks.document import Document, read_rendered, read_source
from app.checks.model import CheckContext, Readability, Report
from app.checks.policy import blocks_in, check, digest_of_packs, rules_that_may_block
from app.checks.rule_files import Pack, Rule, all_rules, read_packs
from app.kernel.errors import BadInput
from app.kernel.finding import Finding

RULES = Path(__file__).resolve().parents[2] / "review_rules"
"""Where the packs of this distribution lie."""


@dataclass(frozen=True, slots=True)
class ActivePacks:
    """Packs of which every example holds, and one digest for all of them."""

    packs: tuple[Pack, ...]
    digest: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(pack.name for pack in self.packs)


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How one example of one rule came out. ``number`` counts from 1 within its list."""

    rule: str
    expected: str
    """``flag`` or ``pass``."""
    number: int
    text: str
    holds: bool
    why: str


def check_source(
    text: str, context: CheckContext, packs: ActivePacks, *, source: str = "", readability: bool = True
) -> Report:
    """The report on a content file or a loose passage. What ``context`` leaves open is taken from the front matter.

    Raises ``BadInput`` for text that cannot be read at all. Offsets are code points of ``text``.
    """
    document = read_source(text, plain=context.plain, source=source)
    context = context_in(document, context)
    if context.plain and document.entries:
        document = read_source(text, plain=True, source=source)
    return check(document, packs.packs, context, _measure if readability else None)


def check_rendered(subject: str, text: str, context: CheckContext, packs: ActivePacks) -> tuple[Finding, ...]:
    """The ``block`` findings in a message as it would leave; offsets count in subject, LF, text. For the gate: fast, no readability."""
    return blocks_in(read_rendered(subject, text), _blocking(packs, context), context)


def context_in(document: Document, context: CheckContext) -> CheckContext:
    """``context`` with its gaps filled from the front matter of ``document``."""
    kind = context.content_type or document.value("type")
    channel = context.channel or (
        CHANNEL_OF_TYPE[ContentType(kind)].value if kind in set(ContentType) else document.value("channel")
    )
    jurisdictions = context.jurisdictions
    entry = document.entries.get("jurisdictions")
    if not jurisdictions and entry is not None:
        jurisdictions = tuple(entry.value) if isinstance(entry.value, tuple) else (document.value("jurisdictions"),)
    audience = context.audience or document.value("audience")
    return replace(context, content_type=kind, channel=channel, audience=audience, jurisdictions=jurisdictions)


def readability_of(text: str, context: CheckContext, *, source: str = "") -> Readability:
    """Counts and grades alone, without a target."""
    return _measure(read_source(text, plain=context.plain, source=source), None)


def test_pack(pack: Pack) -> tuple[ExampleResult, ...]:
    """Every example of every rule, read in its circumstances; a rule must flag its ``flag`` and leave its ``pass`` alone."""
    return tuple(result for rule in pack.rules for result in _examples(pack, rule))


def load_active(directory: Path = RULES, names: tuple[str, ...] = ()) -> ActivePacks:
    """The packs of a directory, once every example holds. Raises ``BadInput`` that names rule and example."""
    packs = read_packs(directory, names)
    seen: dict[str, str] = {}
    for pack, rule in all_rules(packs):
        if rule.id in seen:
            raise BadInput(
                f"The rule '{rule.id}' is in '{seen[rule.id]}' and in '{pack.name}'. Rename one.", source=str(directory)
            )
        seen[rule.id] = pack.name
    digest = digest_of_packs(packs)
    if digest not in _PROVEN:
        for pack in packs:
            failing = next((result for result in test_pack(pack) if not result.holds), None)
            if failing is not None:
                where = str(directory / pack.name / f"{failing.rule}.yml")
                message = f"Rule '{failing.rule}' fails its {failing.expected} example {failing.number}, '{failing.text}': {failing.why}. Change the rule or the example."
                raise BadInput(message, source=where)
        _PROVEN.add(digest)
    return ActivePacks(packs, digest)


@lru_cache(maxsize=8)
def active_packs(directory: Path = RULES, names: tuple[str, ...] = ()) -> ActivePacks:
    """:func:`load_active`, remembered for the life of the process."""
    return load_active(directory, names)


_PROVEN: set[str] = set()
"""Digests of pack sets of which every example held in this process."""


def _examples(pack: Pack, rule: Rule) -> list[ExampleResult]:
    results = []
    for expected, texts in (("flag", rule.examples.flag), ("pass", rule.examples.pass_)):
        for number, text in enumerate(texts, 1):
            flagged, why = _flags(pack, rule, text)
            results.append(ExampleResult(rule.id, expected, number, text, flagged == (expected == "flag"), why))
    return results


def _flags(pack: Pack, rule: Rule, text: str) -> tuple[bool, str]:
    context = rule.examples.context()
    try:
        document = read_source(text, plain=context.plain)
    except BadInput as error:
        return False, f"the example cannot be read: {error}"
    context = context_in(document, context)
    measure = _measure_quickly if rule.kind == "readability" else None
    report = check(document, (replace(pack, rules=(rule,)),), context, measure)
    if report.findings:
        return True, f"flagged '{report.findings[0].excerpt}'"
    reasons = ", ".join(f"'{item.excerpt}' is {item.reason}" for item in report.suppressed)
    return False, reasons or ("the rule does not read such a text" if not rule.applies(context) else "nothing matched")


def _measure(document: Document, target: tuple[int, int] | None) -> Readability:
    from app.checks.readability import readability_of as measured  # loads the lexicon: only when a grade is wanted

    return measured(document, target)


def _measure_quickly(document: Document, target: tuple[int, int] | None) -> Readability:
    from app.checks.readability import quick_readability_of

    return quick_readability_of(document, target)


def _blocking(packs: ActivePacks, context: CheckContext) -> tuple[Rule, ...]:
    key = (packs.digest, context)
    rules = _CHOSEN.get(key)
    if rules is None:
        if len(_CHOSEN) > 200:
            _CHOSEN.clear()
        rules = _CHOSEN[key] = rules_that_may_block(packs.packs, context)
    return rules


_CHOSEN: dict[tuple[str, CheckContext], tuple[Rule, ...]] = {}
