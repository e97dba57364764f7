"""Words that several pages use for where a message or a person in a sequence stands."""

from datetime import datetime, tzinfo

from app.insights.send_log import SendLine
from app.insights.wording import speak
from app.outbox.model import MessageState
from app.sequences.model import Enrollment, EnrollmentState
from app.web.moments import instant_text


def state_of(line: SendLine, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Status of a message and what stands beside it: one that waits with a reason for its hour reads as held until then."""
    if waits(line, now):
        return MessageState.HELD.value, f"until {instant_text(line.due_at, zone)}"
    return line.state.value, ""


def waits(line: SendLine, now: datetime) -> bool:
    """Whether a planned message waits for a cause to pass by itself."""
    return line.state is MessageState.PLANNED and bool(line.reason) and line.due_at > now


def reason_of(line: SendLine) -> str:
    """The first reason in words, empty when nothing stands in the way."""
    return speak(line.reason, line.facts).sentence if line.reason else ""


def place_of(enrollment: Enrollment, now: datetime, zone: tzinfo) -> str:
    """Where a person stands in a sequence."""
    if enrollment.state is EnrollmentState.FINISHED:
        return "Finished"
    if enrollment.state is EnrollmentState.STOPPED:
        return f"Left: {_lower(speak(enrollment.reason).sentence)}" if enrollment.reason else "Left"
    if enrollment.next_step is None:
        if enrollment.reason in ("", "step_planned"):
            return "A message is on its way"
        return f"Waits: {_lower(speak(enrollment.reason).sentence)}"
    if enrollment.next_due is None:
        return f"Before step {enrollment.next_step}"
    due = "due" if enrollment.next_due > now else "was due"
    return f"Before step {enrollment.next_step}, {due} {instant_text(enrollment.next_due, zone)}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
