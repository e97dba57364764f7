"""How long a message waits after a failure, and when a person is asked instead."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.retry import MAX_TRIES, given_up, next_try
from tests.fakes import MONDAY


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (8, 128), (9, 240), (12, 240), (10_000, 240)]
)
def test_the_wait_doubles_from_a_minute_to_four_hours(tries: int, minutes: int) -> None:
    assert next_try(tries, MONDAY) - MONDAY == timedelta(minutes=minutes)


@given(st.integers(0, 1_000))
def test_a_later_failure_never_waits_less(tries: int) -> None:
    assert MONDAY < next_try(tries, MONDAY) <= next_try(tries + 1, MONDAY)


def test_the_twelfth_failure_is_the_last() -> None:
    assert [n for n in range(MAX_TRIES + 2) if given_up(n)] == [12, 13]


def test_all_tries_together_fit_into_two_days() -> None:
    waits = [next_try(n, MONDAY) - MONDAY for n in range(1, MAX_TRIES)]
    assert sum(waits, timedelta()) < timedelta(days=2)
