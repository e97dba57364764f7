"""The decision: the ordered tuple of checks per purpose, all evaluated, the strictest wins. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

from app.gate import consent_checks, content_checks, pacing_checks, sender_checks
from app.gate.model import CheckResult, Decision, GateFacts, Verdict
from app.gate.results import hold
from app.outbox.model import Purpose

Check = Callable[[GateFacts, datetime], CheckResult]

CHECKS: Mapping[Purpose, tuple[Check, ...]] = {
    Purpose.NURTURE: (
        content_checks.approval,
        content_checks.stored_bytes,
        content_checks.window,
        content_checks.publication_state,
        content_checks.channel,
        content_checks.purpose,
        content_checks.audience,
        content_checks.jurisdiction,
        content_checks.rendered_bytes,
        content_checks.merge_values,
        content_checks.rendered_findings,
        content_checks.required_content,
        consent_checks.lead,
        consent_checks.agreement,
        consent_checks.suppression,
        pacing_checks.quiet_hours,
        pacing_checks.frequency_cap,
        pacing_checks.usefulness,
        sender_checks.sender,
        sender_checks.kill_switch,
        sender_checks.sequence,
        sender_checks.enrollment,
        sender_checks.transport,
        sender_checks.instance,
        sender_checks.clock,
    ),
}
"""Every kind of message passes the same door; its purpose selects the tuple."""

_STRICTNESS = {Verdict.PERMIT: 0, Verdict.HOLD: 1, Verdict.REFUSE: 2}


def decide(purpose: Purpose, facts: GateFacts, at: datetime) -> Decision:
    """Evaluate every check at ``at``. A check that raises is a hold with code ``gate_error`` (F5), never a permit."""
    results = tuple(_evaluate(check, facts, at) for check in CHECKS[purpose])
    verdict = max((r.verdict for r in results), key=_STRICTNESS.__getitem__)
    return Decision(verdict, results, at)


def _evaluate(check: Check, facts: GateFacts, at: datetime) -> CheckResult:
    try:
        return check(facts, at)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a check, the answer is no
        return hold(check.__name__, "gate_error", {"error": type(error).__name__})


def unreadable(error: BaseException, at: datetime) -> Decision:
    """The decision when the facts themselves could not be gathered."""
    return Decision(Verdict.HOLD, (hold("facts", "gate_error", {"error": type(error).__name__}),), at)
