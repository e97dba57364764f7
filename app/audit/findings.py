"""Collects what does not add up, the lowest leaf first, without growing with the damage. No I/O."""

import heapq
from collections.abc import Iterable

from app.audit.model import Problem

KEPT = 1_000
_AFTER_ALL_LEAVES = 1 << 62


class Problems:
    """The first problems of a run, and how many there were in all."""

    def __init__(self) -> None:
        self.found = 0
        self._heap: list[tuple[int, int, Problem]] = []

    def add(self, problem: Problem) -> None:
        """Keep the problem if it is among the first."""
        self.found += 1
        place = _AFTER_ALL_LEAVES if problem.leaf_index is None else problem.leaf_index
        entry = (-place, -self.found, problem)
        if len(self._heap) < KEPT:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add them all."""
        for problem in problems:
            self.add(problem)

    def first_ones(self) -> tuple[Problem, ...]:
        """What was kept, the lowest leaf first, then in the order of finding."""
        return tuple(problem for _, _, problem in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1])))
