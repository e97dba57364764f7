"""Short ways to say what a check found. Pure."""

from collections.abc import Mapping
from datetime import datetime

from app.gate.model import CheckResult, Verdict
from app.kernel.digest import Json

Facts = Mapping[str, Json]


def passed(check: str, facts: Facts) -> CheckResult:
    """The check has nothing against the message."""
    return CheckResult(check, Verdict.PERMIT, "", facts)


def hold(check: str, code: str, facts: Facts, retry_at: datetime | None = None) -> CheckResult:
    """Not now. ``retry_at`` says when the cause passes by itself; None when a person must act."""
    return CheckResult(check, Verdict.HOLD, code, facts, retry_at)


def refuse(check: str, code: str, facts: Facts) -> CheckResult:
    """Not at all, for this message."""
    return CheckResult(check, Verdict.REFUSE, code, facts)
