"""What may happen to a message, as one printed table."""

from app.kernel.transitions import TransitionTable
from app.outbox.model import MessageAction, MessageState

_S, _A = MessageState, MessageAction

MESSAGE_MOVES: TransitionTable[MessageState, MessageAction] = TransitionTable(
    "message",
    _S.PLANNED,
    {
        (_S.PLANNED, _A.CLAIM): _S.CLAIMED,
        (_S.PLANNED, _A.HOLD): _S.HELD,
        (_S.PLANNED, _A.REFUSE): _S.REFUSED,
        (_S.CLAIMED, _A.RELEASE): _S.RELEASED,
        (_S.CLAIMED, _A.HOLD): _S.HELD,
        (_S.CLAIMED, _A.REFUSE): _S.REFUSED,
        (_S.CLAIMED, _A.REJECT): _S.REJECTED,
        (_S.CLAIMED, _A.GIVE_BACK): _S.PLANNED,
        (_S.RELEASED, _A.ACCEPT): _S.ACCEPTED,
        (_S.RELEASED, _A.REJECT): _S.REJECTED,
        (_S.RELEASED, _A.LOSE_TRACK): _S.UNKNOWN,
        (_S.RELEASED, _A.GIVE_BACK): _S.PLANNED,
        (_S.HELD, _A.RESUME): _S.PLANNED,
        (_S.HELD, _A.REFUSE): _S.REFUSED,
    },
)
"""Accepted, rejected, refused and unknown are final: nothing leads from them towards a second end marker."""

PENDING = frozenset({_S.PLANNED, _S.CLAIMED, _S.RELEASED})
"""States in which the outcome is still to come."""
OUT_OF_OUR_HANDS = frozenset({_S.RELEASED, _S.ACCEPTED, _S.UNKNOWN})
"""States in which the message left, or may have left."""
REPINNABLE = frozenset({_S.PLANNED, _S.CLAIMED, _S.HELD})
"""States in which a message that follows the latest publication may be pointed at a newer one."""


def sources(action: MessageAction) -> frozenset[MessageState]:
    """The states in which ``action`` is allowed."""
    return frozenset(before for before, act in MESSAGE_MOVES.moves if act is action)


def target(action: MessageAction) -> MessageState:
    """The state ``action`` leads to; the table gives every action exactly one."""
    (after,) = {after for (_, act), after in MESSAGE_MOVES.moves.items() if act is action}
    return after
