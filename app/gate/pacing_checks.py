"""Is this a good moment: hours, caps, usefulness? Pure."""

from datetime import datetime, timedelta

from app.gate.model import CheckResult, GateFacts
from app.gate.results import Facts, hold, passed
from app.kernel.clock import iso
from app.sequences.model import Window
from app.sequences.schedule import next_instant_in_window


def quiet_hours(facts: GateFacts, at: datetime) -> CheckResult:
    """Inside the step's hours in every zone the lead may be in (regulation TCPA-11; unknown zone: the intersection)."""
    pacing = facts.pacing
    seen: Facts = {
        "zones": list(pacing.zones),
        "from_hour": pacing.start_hour,
        "to_hour": pacing.end_hour,
        "weekdays": list(pacing.weekdays),
    }
    opens = next_instant_in_window(at, pacing.zones, Window(pacing.start_hour, pacing.end_hour, pacing.weekdays))
    if opens is None:
        return hold("quiet_hours", "no_common_hours", seen)
    if opens > at:
        return hold("quiet_hours", "quiet_hours", seen, retry_at=opens)
    return passed("quiet_hours", seen)


def frequency_cap(facts: GateFacts, at: datetime) -> CheckResult:
    """Not more than the cap in its window of days."""
    pacing = facts.pacing
    seen: Facts = {"cap": pacing.cap_count, "days": pacing.cap_days, "sent": pacing.sent_in_window}
    if pacing.sent_in_window < pacing.cap_count:
        return passed("frequency_cap", seen)
    oldest = pacing.oldest_in_window
    retry = None if oldest is None else oldest + timedelta(days=pacing.cap_days)
    return hold("frequency_cap", "cap_reached", seen, retry_at=retry)


def usefulness(facts: GateFacts, at: datetime) -> CheckResult:
    """Still worth sending; a backlog is not dumped on people (F23)."""
    limit = facts.pacing.not_after
    seen: Facts = {"due": iso(facts.pacing.due_at), "not_after": None if limit is None else iso(limit)}
    if limit is not None and at >= limit:
        return hold("usefulness", "too_late", seen)
    return passed("usefulness", seen)
