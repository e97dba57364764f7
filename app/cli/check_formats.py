"""Reports of the checks as text for a terminal and as SARIF 2.1.0 for tools. Pure."""

from collections.abc import Sequence
from typing import Any

from app.checks.model import VERDICT, Readability, Report
from app.kernel.finding import Finding, Severity

Checked = Sequence[tuple[str, Report]]
_LEVELS = {Severity.BLOCK: "error", Severity.WARN: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(checked: Checked) -> str:
    """One line per finding, ``file:line:column``, with citation and suggestion under it, and a line per file."""
    lines: list[str] = []
    for origin, report in checked:
        lines += [line for finding in report.findings for line in _finding_lines(origin, finding)]
        words = _readability(report.readability)
        lines.append(f"{origin}: {report.blocks} block, {report.warns} warn{words}")
    blocks = sum(report.blocks for _, report in checked)
    found = sum(len(report.findings) for _, report in checked)
    packs = sorted({name for _, report in checked for name in report.pack_names})
    lines.append(
        f"{len(checked)} files, {found} findings, {blocks} of them block. Rule packs: {', '.join(packs) or 'none'}."
    )
    if checked and not found:
        lines.append(VERDICT)
    return "\n".join(lines)


def _finding_lines(origin: str, finding: Finding) -> list[str]:
    where = f"{origin}:{finding.span.line}:{finding.span.column}"
    excerpt = " ".join(finding.excerpt.split())[:80]
    lines = [f"{where}: {finding.severity.value}: {finding.message} [{finding.rule}] ‘{excerpt}’"]
    lines.append(f"    {finding.citation}")
    if finding.suggestion:
        lines.append(f"    Try: {finding.suggestion}")
    return lines


def _readability(measured: Readability) -> str:
    grade = measured.grades.get("flesch_kincaid_grade_tenths")
    if not measured.scored or grade is None:
        return ", readability not scored" if measured.words else ""
    return f", grade {grade / 10:.1f} ({measured.band.replace('_', ' ')})"


def as_sarif(checked: Checked) -> dict[str, Any]:
    """One run with a rule per rule met and a result per finding; columns count code points."""
    findings = [(origin, finding) for origin, report in checked for finding in report.findings]
    rules = {
        finding.rule: {
            "id": finding.rule,
            "shortDescription": {"text": finding.category.replace("_", " ")},
            "fullDescription": {"text": finding.citation},
        }
        for _, finding in findings
    }
    driver = {"name": "placet", "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(origin, finding) for origin, finding in findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(origin: str, finding: Finding) -> dict[str, Any]:
    region = {
        "startLine": finding.span.line,
        "startColumn": finding.span.column,
        "charOffset": finding.span.start,
        "charLength": finding.span.end - finding.span.start,
        "snippet": {"text": finding.excerpt},
    }
    place = {"physicalLocation": {"artifactLocation": {"uri": origin}, "region": region}}
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.suggestion}".strip()},
        "locations": [place],
    }
