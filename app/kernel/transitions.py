"""State machines as printed tables: what is not in the table is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.kernel.finding import Refusal

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True)
class TransitionTable(Generic[S, A]):
    """All that may happen to one kind of thing: ``(state, action) -> state``."""

    name: str
    initial: S
    moves: Mapping[tuple[S, A], S]

    def next(self, state: S, action: A) -> S | Refusal:
        """The state after ``action``, or a refusal with code ``NAME_not_allowed``."""
        after = self.moves.get((state, action))
        if after is None:
            return Refusal(f"{self.name}_not_allowed", {"state": state.value, "action": action.value})
        return after

    def states(self) -> frozenset[S]:
        """Every state the table mentions."""
        return frozenset([self.initial, *(s for s, _ in self.moves), *self.moves.values()])

    def reachable(self) -> frozenset[S]:
        """Every state some order of actions leads to, the initial one included."""
        seen = {self.initial}
        grown = True
        while grown:
            found = {after for (before, _), after in self.moves.items() if before in seen}
            grown = not found <= seen
            seen |= found
        return frozenset(seen)

    def as_markdown(self) -> str:
        """The table as ARCHITECTURE.md prints it."""
        lines = ["| from | action | to |", "|---|---|---|"]
        lines += [f"| {s.value} | {a.value} | {after.value} |" for (s, a), after in self.moves.items()]
        return "\n".join(lines)


def print_tables(tables: Iterable["TransitionTable[StrEnum, StrEnum]"]) -> str:
    """Several tables under their names, for the document that a test keeps in step."""
    return "\n\n".join(f"### {table.name}\n\n{table.as_markdown()}" for table in tables) + "\n"
