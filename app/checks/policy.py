"""The decision: a document, packs and circumstances in, a report out. Pure, apart from the caches of compiled patterns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.checks.document import Document
from app.checks.kinds import (
    existence,
    frame,
    hidden_text,
    html,
    link_target,
    merge_field,
    metadata,
    readability,
    required_text,
    substitution,
)
from app.checks.model import CheckContext, Readability, Report, Suppression
from app.checks.reading import Hit, Reading
from app.checks.rule_files import Pack, Rule, all_rules
from app.kernel.digest import digest_of
from app.kernel.finding import Finding, Severity

Measure = Callable[[Document, tuple[int, int] | None], Readability]
"""Works out readability; handed in because its lexicon takes a second to load."""
MAX_EXCERPT = 200
MAX_FINDINGS = 500
"""Of one report; a text with more says nothing new."""
_BLOCK_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
_NOT_MEASURED = Readability(False, 0, 0, 0)
HITS: Mapping[str, Callable[[Any, Reading, CheckContext], Iterator[Hit]]] = {
    "existence": existence.hits,
    "frame": frame.hits,
    "required_text": required_text.hits,
    "substitution": substitution.hits,
    "readability": readability.hits,
    "merge_field": merge_field.hits,
    "link_target": link_target.hits,
    "hidden_text": hidden_text.hits,
    "metadata": metadata.hits,
    "html": html.hits,
}
"""Every kind of rule and the function that finds its hits."""


def check(document: Document, packs: Sequence[Pack], context: CheckContext, measure: Measure | None = None) -> Report:
    """Everything the rules of ``packs`` say about ``document``. Without ``measure`` readability is left out."""
    rules = [rule for _, rule in all_rules(packs) if rule.applies(context)]
    reading = Reading(document)
    if measure is not None:
        reading.measured = measure(document, _target(rules, context))
    findings, suppressed = _judged(rules, reading, context)
    return Report(
        findings,
        reading.measured or _NOT_MEASURED,
        digest_of_packs(packs),
        tuple(pack.name for pack in packs),
        suppressed,
    )


def blocks_in(document: Document, rules: Iterable[Rule], context: CheckContext) -> tuple[Finding, ...]:
    """The ``block`` findings alone, by rules that :func:`rules_that_may_block` chose; for messages on their way out."""
    findings, _ = _judged(list(rules), Reading(document), context, only_blocks=True)
    return findings


def rules_that_may_block(packs: Sequence[Pack], context: CheckContext) -> tuple[Rule, ...]:
    """Rules that can block a rendered message of this context; what is asked of a content file's head is left out."""
    return tuple(
        rule
        for _, rule in all_rules(packs)
        if rule.kind not in ("metadata", "html", "readability", "substitution")
        and rule.applies(context)
        and _may_block(rule, context)
    )


def digest_of_packs(packs: Sequence[Pack]) -> str:
    """One digest for a set of packs: of their names and digests, in name order."""
    return digest_of({pack.name: pack.digest for pack in packs})


def _may_block(rule: Rule, context: CheckContext) -> bool:
    return rule.severity is Severity.BLOCK or any(
        step.severity is Severity.BLOCK and step.cover(context) for step in rule.escalate
    )


def _target(rules: Iterable[Rule], context: CheckContext) -> tuple[int, int] | None:
    for rule in rules:
        if rule.kind == "readability" and context.audience in rule.targets:
            return rule.targets[context.audience]
    return None


def _judged(
    rules: Sequence[Rule], reading: Reading, context: CheckContext, *, only_blocks: bool = False
) -> tuple[tuple[Finding, ...], tuple[Suppression, ...]]:
    """Findings and suppressions in the order of the text, each once; a text that defeats a pattern is itself a finding."""
    findings: dict[tuple[str, int, int], Finding] = {}
    suppressed: dict[tuple[str, int, int], Suppression] = {}
    for rule in rules:
        try:
            for hit in HITS[rule.kind](rule, reading, context):
                key = (rule.id, hit.start, hit.end)
                if hit.quiet is not None:
                    suppressed[key] = _suppression(rule, reading.document, hit)
                    continue
                severity = rule.severity_in(context, hit.position)
                if severity is Severity.BLOCK or not only_blocks:
                    findings[key] = _finding(rule, severity, reading.document, hit)
        except TimeoutError:
            whole = Hit(
                0,
                len(reading.document.source),
                "The text could not be searched in time. Shorten its longest paragraph.",
            )
            findings[(rule.id, whole.start, whole.end)] = _finding(rule, Severity.BLOCK, reading.document, whole)
    ordered = sorted(findings.values(), key=lambda f: (f.span.start, _BLOCK_ORDER[f.severity], f.rule, f.span.end))
    kept = (
        sorted(ordered, key=lambda f: _BLOCK_ORDER[f.severity])[:MAX_FINDINGS]
        if len(ordered) > MAX_FINDINGS
        else ordered
    )
    quiet = sorted(suppressed.values(), key=lambda s: (s.span.start, s.rule, s.span.end))
    return tuple(kept), tuple(quiet[:MAX_FINDINGS])


def _finding(rule: Rule, severity: Severity, document: Document, hit: Hit) -> Finding:
    return Finding(
        rule.id,
        rule.category,
        severity,
        rule.remedy,
        hit.message or rule.message,
        rule.citation,
        document.span(hit.start, hit.end),
        document.source[hit.start : min(hit.end, hit.start + MAX_EXCERPT)],
        hit.suggestion or rule.suggestion,
    )


def _suppression(rule: Rule, document: Document, hit: Hit) -> Suppression:
    excerpt = document.source[hit.start : min(hit.end, hit.start + MAX_EXCERPT)]
    return Suppression(rule.id, document.span(hit.start, hit.end), excerpt, hit.quiet or "")
