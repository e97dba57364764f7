from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import ShiftedClock, SystemClock, iso, parse_iso, require_utc
from app.kernel.errors import NaiveDatetime
from tests.fakes import FixedClock

instants = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis asks for naive bounds


@given(instants, instants)
def test_text_order_is_time_order(a: datetime, b: datetime) -> None:
    assert (iso(a) < iso(b)) == (a < b)
    assert len(iso(a)) == 27


@given(instants, st.integers(-23, 23))
def test_an_instant_survives_its_text_from_any_zone(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert iso(elsewhere) == iso(moment)
    assert parse_iso(iso(moment)) == moment
    assert parse_iso(iso(moment)).tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    for act in (require_utc, iso):
        with pytest.raises(NaiveDatetime):
            act(datetime(2026, 3, 2))  # noqa: DTZ001  the point of it
    with pytest.raises(NaiveDatetime):
        parse_iso("2026-03-02T15:00:00")
    with pytest.raises(ValueError):
        parse_iso("yesterday")


def test_the_demonstration_clock_stands_ahead_and_goes_at_the_same_pace() -> None:
    base = FixedClock()
    ahead = ShiftedClock(base, lambda: timedelta(days=90))
    assert ahead.now() - base.now() == timedelta(days=90)
    base.advance(timedelta(seconds=5))
    assert ahead.monotonic() == base.monotonic() == 5.0


def test_the_system_clock_speaks_utc() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
