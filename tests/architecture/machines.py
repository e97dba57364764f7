"""Every state machine of the program, with the trigger that holds it in the database."""

from collections.abc import Mapping
from typing import Any

from app.accounts.policy import PERSON_MOVES
from app.kernel.transitions import TransitionTable
from app.outbox.policy import MESSAGE_MOVES
from app.publishing.policy import PUBLICATION_MOVES
from app.review.policy import ROUND_MOVES, THREAD_MOVES
from app.sequences.policy import ENROLLMENT_MOVES, SEQUENCE_MOVES

HELD_BY: Mapping[str, tuple[TransitionTable[Any, Any], str]] = {
    "PERSON_MOVES": (PERSON_MOVES, "people_moves"),
    "ROUND_MOVES": (ROUND_MOVES, "review_rounds_moves"),
    "THREAD_MOVES": (THREAD_MOVES, "review_threads_moves"),
    "PUBLICATION_MOVES": (PUBLICATION_MOVES, "publication_heads_moves"),
    "SEQUENCE_MOVES": (SEQUENCE_MOVES, "sequence_versions_moves"),
    "ENROLLMENT_MOVES": (ENROLLMENT_MOVES, "enrollments_moves"),
    "MESSAGE_MOVES": (MESSAGE_MOVES, "messages_moves"),
}
MACHINES = tuple(machine for machine, _ in HELD_BY.values())
