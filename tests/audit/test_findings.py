from hypothesis import given
from hypothesis import strategies as st

from app.audit import findings
from app.audit.findings import Problems
from app.audit.model import Problem


def at(index: int | None) -> Problem:
    return Problem("t", str(index), index, "x", "Something.")


@given(st.lists(st.none() | st.integers(0, 5_000), max_size=60))
def test_the_lowest_leaf_comes_first_and_what_no_leaf_names_comes_last(indexes: list[int | None]) -> None:
    problems = Problems()
    problems.extend(at(index) for index in indexes)
    kept = [problem.leaf_index for problem in problems.first_ones()]
    assert kept == sorted(indexes, key=lambda index: (index is None, index or 0))
    assert problems.found == len(indexes)


def test_only_the_first_thousand_are_kept() -> None:
    problems = Problems()
    problems.extend(at(index) for index in range(3 * findings.KEPT, 0, -1))
    assert [problem.leaf_index for problem in problems.first_ones()] == list(range(1, findings.KEPT + 1))
    assert problems.found == 3 * findings.KEPT
