"""Times as a sequence file writes them. Pure; ``ValueError`` says what to write instead."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")
_HOUR = re.compile(r"([01]\d|2[0-4]):00")
_LONGEST = timedelta(days=730)


def parse_span(text: str) -> timedelta:
    """``3 days``, ``1 hour``, ``0 hours``, ``2 weeks``."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a time like ‘3 days’, ‘12 hours’ or ‘0 hours’")
    span = int(match.group(1)) * timedelta(**{f"{match.group(2)}s": 1})
    if span > _LONGEST:
        raise ValueError("two years is the longest")
    return span


def parse_hour(text: str) -> int:
    """``09:00`` to ``24:00``, whole hours."""
    match = _HOUR.fullmatch(text.strip())
    if match is None:
        raise ValueError('write a whole hour in quotation marks, like ‘"09:00"’')
    return int(match.group(1))
