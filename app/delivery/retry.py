"""When a message that did not leave may be offered again. Pure."""

from datetime import datetime, timedelta

_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=4)
MAX_TRIES = 12


def next_try(tries: int, now: datetime) -> datetime:
    """Due instant after the ``tries``-th failure (from 1): doubling from one minute, four hours at most."""
    doublings = min(max(tries - 1, 0), 16)
    return now + min(_FIRST * (1 << doublings), _LONGEST)


def given_up(tries: int) -> bool:
    """Whether a person should look instead: the message is held with reason ``no_delivery``."""
    return tries >= MAX_TRIES
