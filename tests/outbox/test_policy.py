"""The table of message moves."""

import pytest

from app.kernel.finding import Refusal
from app.outbox.model import MessageAction, MessageState
from app.outbox.policy import MESSAGE_MOVES, OUT_OF_OUR_HANDS, PENDING, sources, target

FINAL = (MessageState.ACCEPTED, MessageState.REJECTED, MessageState.REFUSED, MessageState.UNKNOWN)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("action", MessageAction)
def test_nothing_leaves_a_final_state(state: MessageState, action: MessageAction) -> None:
    assert isinstance(MESSAGE_MOVES.next(state, action), Refusal)


def test_every_state_can_be_reached() -> None:
    assert MESSAGE_MOVES.reachable() == set(MessageState)


@pytest.mark.parametrize("action", MessageAction)
def test_every_action_leads_to_one_state_from_where_it_may_start(action: MessageAction) -> None:
    assert {MESSAGE_MOVES.next(state, action) for state in sources(action)} == {target(action)}


def test_only_a_claimed_message_is_released() -> None:
    assert sources(MessageAction.RELEASE) == {MessageState.CLAIMED}


def test_a_released_message_is_never_held_or_refused() -> None:
    assert MessageState.RELEASED not in sources(MessageAction.HOLD) | sources(MessageAction.REFUSE)


def test_states_fall_into_pending_held_and_final() -> None:
    assert PENDING | {MessageState.HELD} | set(FINAL) == set(MessageState)
    assert OUT_OF_OUR_HANDS.isdisjoint({MessageState.PLANNED, MessageState.HELD, MessageState.REFUSED})
