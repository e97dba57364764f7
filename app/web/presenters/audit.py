"""The log as people read it, and what verifying it found."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from app.audit.model import Event, Problem, StoredCheckpoint, TreeHead, VerifyReport
from app.audit.proof import Proof
from app.insights.event_words import KINDS, event_sentence, who_text
from app.kernel.digest import canonical
from app.kernel.finding import Refusal
from app.web import paths
from app.web.moments import grouped, instant_text, plural
from app.web.view_models.content import Fact
from app.web.view_models.evidence import AuditPage, RecordPage, RecordRow, VerifyResult, VerifyStep
from app.web.view_models.forms import Choice

_LEAVES = frozenset({"leaf_missing", "leaf_hash_differs", "leaf_unreadable", "leaf_columns_differ", "log_truncated"})
_SIGNED = frozenset({"checkpoint_row_differs", "checkpoint_root_differs", "checkpoint_signature", "checkpoint_origin",
                     "checkpoint_unreadable", "head_count", "head_differs"})  # fmt: skip
_ROWS = frozenset({"row_missing", "row_unaccounted", "row_returned", "row_differs", "table_unreadable", "table_unknown",
                   "guard_missing"})  # fmt: skip
_FIX = "Stop sending, keep this database as it is, and compare it with a backup before anything is changed."


def record_row(event: Event, names: Mapping[str, str]) -> RecordRow:
    """One record in a sentence, with its leaf as it was hashed."""
    leaf = event.leaf
    raw = canonical(leaf.as_json()).decode()
    return RecordRow(
        leaf.index,
        leaf.at,
        event_sentence(leaf, names),
        who_text(leaf.actor, names),
        event.leaf_hash,
        raw,
        len(leaf.rows),
    )


def audit_page(
    events: Sequence[Event],
    head: TreeHead,
    checkpoint: StoredCheckpoint | None,
    names: Mapping[str, str],
    zone: tzinfo,
    *,
    typed: Mapping[str, str],
    matching: int,
    offset: int = 0,
    size: int = 50,
    verified: VerifyResult | None = None,
) -> AuditPage:
    """A page of the log, newest first, under the filters in ``typed``."""
    kept = "&".join(f"{name}={value}" for name, value in typed.items() if value)
    older, newer = offset + size < matching, offset > 0
    return AuditPage(
        size=head.size,
        root=head.root.hex(),
        last_at=head.last_at,
        checkpoint=_checkpoint(checkpoint, head, zone),
        records=tuple(record_row(event, names) for event in events),
        verified=verified,
        older_href=f"{paths.AUDIT}?{kept}&from={offset + size}" if older else "",
        newer_href=f"{paths.AUDIT}?{kept}&from={max(offset - size, 0)}" if newer else "",
        kinds=tuple(Choice(value, label) for value, label in KINDS),
        people=(Choice("", "Anybody"), *(Choice(key, name) for key, name in sorted(names.items(), key=lambda p: p[1]))),
        typed=tuple(typed.items()),
        matching=matching,
    )


def _checkpoint(checkpoint: StoredCheckpoint | None, head: TreeHead, zone: tzinfo) -> str:
    if checkpoint is None:
        return ""
    newer = plural(max(head.size - checkpoint.size, 0), "record is", "records are")
    return f"over {grouped(checkpoint.size)} records, signed {instant_text(checkpoint.at, zone)}; {newer} newer"


def verify_result(report: VerifyReport, seconds: float) -> VerifyResult:
    """The verdict in a sentence, then what each part of the recomputation found."""
    steps = (
        _step(report, "Every record hashes to its leaf", f"{grouped(report.leaves)} recomputed", _LEAVES),
        _step(report, "The signed checkpoints cover this log", f"{grouped(report.checkpoints)} checked", _SIGNED),
        _step(report, "Every protected row is what its record says", f"{grouped(report.rows)} recomputed", _ROWS),
        _step(report, "Signatures verify, publications and decisions replay", "recomputed from what is stored", None),
    )
    first = report.first
    if first is None:
        sentence = (
            f"All {grouped(report.leaves)} records and {grouped(report.rows)} rows agree, checked in {seconds:.1f} s."
        )
        return VerifyResult(True, sentence, steps)
    more = f" {plural(report.found, 'thing does', 'things do')} not agree." if report.found > 1 else ""
    return VerifyResult(False, f"{_place(first)}: {first.detail}{more}", steps, _FIX)


def _place(problem: Problem) -> str:
    where = f"Row {problem.key} of {problem.table}" if problem.table else problem.key or "The log"
    return f"{where} (record #{grouped(problem.leaf_index)})" if problem.leaf_index is not None else where


def _step(report: VerifyReport, label: str, fine: str, codes: frozenset[str] | None) -> VerifyStep:
    """``codes`` None collects what no other part claims: the stages' own verifiers."""
    named = _LEAVES | _SIGNED | _ROWS
    mine = [p for p in report.problems if (p.code in codes if codes is not None else p.code not in named)]
    if not mine:
        return VerifyStep("passed", label, fine)
    return VerifyStep("failed", label, f"{plural(len(mine), 'problem')}, the first: {mine[0].detail}")


def record_page(event: Event, names: Mapping[str, str], proof: Proof | Refusal) -> RecordPage:
    """One record with its evidence."""
    row = record_row(event, names)
    leaf = event.leaf
    rows = tuple(Fact(f"Row {table}", f"{key}: {digest or 'removed'}") for table, key, digest in leaf.rows)
    facts = (
        Fact("Action", leaf.action),
        Fact(
            "About",
            f"{leaf.subject_kind.replace('_', ' ')} {leaf.subject_id}",
            href=_href(leaf.subject_kind, leaf.subject_id),
        ),
        Fact("By", row.who),
        Fact("Leaf hash", event.leaf_hash, digest=True),
        *rows,
    )
    covered = not isinstance(proof, Refusal)
    missing = "" if covered else "No checkpoint covers this record yet. The next one will."
    return RecordPage(row, facts, paths.proof(leaf.index) if covered else "", missing)


def _href(kind: str, subject: str) -> str:
    pages = {"message": paths.why, "lead": paths.lead, "round": paths.review}
    return pages[kind](subject) if kind in pages and subject != "nobody" else ""
