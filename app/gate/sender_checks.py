"""May we send at all: sender, switches, sequence, instance, clock? Pure."""

from datetime import datetime

from app.gate.model import CheckResult, GateFacts
from app.gate.results import hold, passed, refuse

CLOCK_TOLERANCE_MS = 2_000
"""A clock this far behind the log is not trusted (reliability F41, F42)."""

_SEQUENCE_CODES = {"paused": "step_paused", "retired": "sequence_stopped", "draft": "sequence_stopped"}


def sender(facts: GateFacts, at: datetime) -> CheckResult:
    """The From address is on the organisation's list (regulation RC-04)."""
    seen = {"known": facts.sender.from_address_known}
    return passed("sender", seen) if facts.sender.from_address_known else hold("sender", "sender_unverified", seen)


def kill_switch(facts: GateFacts, at: datetime) -> CheckResult:
    """No switch is engaged for everything or for this sequence (I16)."""
    seen = {"engaged": list(facts.sender.kill_switches)}
    return hold("kill_switch", "kill_switch", seen) if facts.sender.kill_switches else passed("kill_switch", seen)


def sequence(facts: GateFacts, at: datetime) -> CheckResult:
    """The sequence runs."""
    state = facts.sender.sequence_state
    seen = {"state": state}
    if state == "active":
        return passed("sequence", seen)
    return hold("sequence", _SEQUENCE_CODES.get(state, "sequence_stopped"), seen)


def enrollment(facts: GateFacts, at: datetime) -> CheckResult:
    """The lead is still enrolled."""
    seen = {"state": facts.sender.enrollment_state}
    if facts.sender.enrollment_state != "active":
        return refuse("enrollment", "enrollment_ended", seen)
    return passed("enrollment", seen)


def transport(facts: GateFacts, at: datetime) -> CheckResult:
    """This worker has a way to send on the channel."""
    seen = {"ready": facts.sender.transport_ready}
    return passed("transport", seen) if facts.sender.transport_ready else hold("transport", "no_transport", seen)


def instance(facts: GateFacts, at: datetime) -> CheckResult:
    """This instance may send: nothing found at start-up or since holds it (I12)."""
    seen = {"hold": facts.sender.instance_hold}
    return hold("instance", "instance_held", seen) if facts.sender.instance_hold else passed("instance", seen)


def clock(facts: GateFacts, at: datetime) -> CheckResult:
    """The clock has not stepped back behind the log (regulation 1.14, case 16)."""
    seen = {"behind_ms": facts.sender.clock_behind_ms}
    if facts.sender.clock_behind_ms > CLOCK_TOLERANCE_MS:
        return hold("clock", "clock_behind", seen)
    return passed("clock", seen)
