"""The tables of sequences and enrollments, and what an outcome does."""

from datetime import timedelta

import pytest

from app.authoring.model import Channel
from app.kernel.finding import Refusal
from app.outbox.model import MessageState, Pin
from app.sequences.model import (
    Enrollment,
    EnrollmentState,
    Plan,
    SequenceAction,
    SequenceState,
    Step,
    Window,
)
from app.sequences.policy import ENROLLMENT_MOVES, SEQUENCE_MOVES, after, may_activate
from tests.fakes import MONDAY

DAY = timedelta(days=1)
STEPS = tuple(Step(n, "prep", Channel.EMAIL, Pin.LATEST, None, n * DAY, Window(9, 17, (0,)), DAY) for n in (1, 2))
PLAN = Plan("imaging", "Imaging", "patient", STEPS)
ENROLLED = Enrollment("e", "s", "v", "rita", EnrollmentState.ACTIVE, "step_planned", None, None, MONDAY, "max")


@pytest.mark.parametrize("action", SequenceAction)
def test_a_retired_version_stays_retired(action: SequenceAction) -> None:
    assert isinstance(SEQUENCE_MOVES.next(SequenceState.RETIRED, action), Refusal)


def test_every_state_can_be_reached() -> None:
    assert SEQUENCE_MOVES.reachable() == set(SequenceState)
    assert ENROLLMENT_MOVES.reachable() == set(EnrollmentState)


def test_activation_names_every_step_without_approved_content() -> None:
    refusal = may_activate([(step, None) for step in STEPS], MONDAY)
    assert refusal is not None
    assert refusal.code == "step_not_approved"
    assert refusal.facts["steps"] == [{"step": n, "item": "prep", "channel": "email"} for n in (1, 2)]


def test_an_acceptance_makes_the_next_step_due_after_its_delay() -> None:
    moved = after(ENROLLED, PLAN, 1, MessageState.ACCEPTED, MONDAY)
    assert moved is not None
    assert (moved.next_step, moved.next_due, moved.state) == (2, MONDAY + 2 * DAY, EnrollmentState.ACTIVE)


def test_the_last_acceptance_finishes() -> None:
    moved = after(ENROLLED, PLAN, 2, MessageState.ACCEPTED, MONDAY)
    assert moved is not None
    assert (moved.state, moved.next_step) == (EnrollmentState.FINISHED, None)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (MessageState.REJECTED, "step_rejected"),
        (MessageState.REFUSED, "step_refused"),
        (MessageState.HELD, "step_held"),
        (MessageState.UNKNOWN, "step_unknown"),
    ],
)
def test_anything_else_holds_the_lead_and_skips_nothing(outcome: MessageState, reason: str) -> None:
    moved = after(ENROLLED, PLAN, 1, outcome, MONDAY)
    assert moved is not None
    assert (moved.state, moved.reason, moved.next_step) == (EnrollmentState.ACTIVE, reason, None)


@pytest.mark.parametrize("outcome", [MessageState.PLANNED, MessageState.CLAIMED, MessageState.RELEASED])
def test_what_is_still_on_its_way_settles_nothing(outcome: MessageState) -> None:
    assert after(ENROLLED, PLAN, 1, outcome, MONDAY) is None
