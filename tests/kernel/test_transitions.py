from enum import StrEnum

import pytest

from app.kernel.finding import Refusal
from app.kernel.transitions import TransitionTable, print_tables


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    BRICKED = "bricked"
    LOST = "lost"


class Act(StrEnum):
    CLOSE = "close"
    BRICK = "brick"


TABLE = TransitionTable(
    "door",
    Door.OPEN,
    {
        (Door.OPEN, Act.CLOSE): Door.SHUT,
        (Door.SHUT, Act.BRICK): Door.BRICKED,
        (Door.LOST, Act.CLOSE): Door.SHUT,
    },
)


@pytest.mark.parametrize("state", list(Door))
@pytest.mark.parametrize("action", list(Act))
def test_what_is_not_in_the_table_is_refused(state: Door, action: Act) -> None:
    outcome = TABLE.next(state, action)
    expected = TABLE.moves.get((state, action))
    refusal = Refusal("door_not_allowed", {"state": state.value, "action": action.value})
    assert outcome == (refusal if expected is None else expected)


def test_reachable_is_not_the_same_as_mentioned() -> None:
    assert TABLE.states() == set(Door)
    assert TABLE.reachable() == {Door.OPEN, Door.SHUT, Door.BRICKED}


def test_the_table_prints_itself() -> None:
    printed = print_tables([TABLE])  # type: ignore[list-item]
    assert printed.startswith("### door\n\n| from | action | to |\n|---|---|---|\n| open | close | shut |\n")
    assert printed.endswith("| lost | close | shut |\n")
