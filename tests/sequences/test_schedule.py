"""When a step may be sent."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sequences.model import Window
from app.sequences.schedule import US_ZONES, in_window, next_instant_in_window, possible_zones

OFFICE = Window(9, 17, (0, 1, 2, 3, 4))
NEW_YORK, LOS_ANGELES, HONOLULU = "America/New_York", "America/Los_Angeles", "Pacific/Honolulu"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("given_at", "zones", "expected"),
    [
        (at("2026-03-02T10:00", NEW_YORK), [NEW_YORK], at("2026-03-02T10:00", NEW_YORK)),
        (at("2026-03-02T08:59", NEW_YORK), [NEW_YORK], at("2026-03-02T09:00", NEW_YORK)),
        (at("2026-03-02T17:00", NEW_YORK), [NEW_YORK], at("2026-03-03T09:00", NEW_YORK)),
        (at("2026-03-06T16:59:59", NEW_YORK), [NEW_YORK], at("2026-03-06T16:59:59", NEW_YORK)),
        (at("2026-03-06T17:00", NEW_YORK), [NEW_YORK], at("2026-03-09T09:00", NEW_YORK)),
        (at("2026-03-02T10:00", NEW_YORK), [NEW_YORK, LOS_ANGELES], at("2026-03-02T09:00", LOS_ANGELES)),
        (at("2026-03-02T16:00", LOS_ANGELES), [NEW_YORK, LOS_ANGELES], at("2026-03-03T09:00", LOS_ANGELES)),
        (at("2026-03-02T09:00", NEW_YORK), US_ZONES, at("2026-03-02T09:00", HONOLULU)),
    ],
)
def test_the_window_holds_in_every_zone(given_at: datetime, zones: list[str], expected: datetime) -> None:
    assert next_instant_in_window(given_at, zones, OFFICE) == expected


def test_a_start_that_summer_time_skips_opens_after_the_gap() -> None:
    night = Window(2, 5, (6,))
    opened = next_instant_in_window(at("2026-03-08T00:30", NEW_YORK), [NEW_YORK], night)
    assert opened is not None
    assert opened.astimezone(ZoneInfo(NEW_YORK)).hour == 3


def test_a_window_that_lies_in_the_gap_waits_a_week() -> None:
    opened = next_instant_in_window(at("2026-03-08T00:30", NEW_YORK), [NEW_YORK], Window(2, 3, (6,)))
    assert opened == at("2026-03-15T02:00", NEW_YORK)


def test_zones_that_share_no_hour_are_never_written_to() -> None:
    assert next_instant_in_window(at("2026-03-02T10:00"), [NEW_YORK, "Asia/Tokyo"], OFFICE) is None


def test_no_zone_means_no() -> None:
    assert next_instant_in_window(at("2026-03-02T10:00"), [], OFFICE) is None


_ZONES = st.lists(
    st.sampled_from([*US_ZONES, "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]), min_size=1, max_size=4
)
_WINDOWS = st.builds(
    lambda start, length, days: Window(start, min(24, start + length), tuple(sorted(days))),
    st.integers(0, 23),
    st.integers(1, 14),
    st.sets(st.integers(0, 6), min_size=1),
)
_INSTANTS = st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: at("2025-01-01T00:00") + timedelta(minutes=minutes))


@given(_INSTANTS, _ZONES, _WINDOWS)
def test_never_in_the_past_nor_outside_the_window_in_any_zone(
    instant: datetime, zones: list[str], window: Window
) -> None:
    found = next_instant_in_window(instant, zones, window)
    if found is not None:
        assert found >= instant
        assert all(in_window(found, zone, window) for zone in zones)
        assert next_instant_in_window(found, zones, window) == found


@given(_INSTANTS, st.sampled_from(US_ZONES), _WINDOWS)
def test_nothing_earlier_would_have_done(instant: datetime, zone: str, window: Window) -> None:
    found = next_instant_in_window(instant, [zone], window)
    assert found is not None
    probe = instant
    while probe < found:
        assert not in_window(probe, zone, window)
        probe += timedelta(minutes=30)


@pytest.mark.parametrize(
    ("clues", "zones"),
    [
        (("America/Denver", "US-NY", ""), ("America/Denver",)),
        (("", "US-OH", "+13125550101"), (NEW_YORK,)),
        (("", "US-TN", ""), (NEW_YORK, "America/Chicago")),
        (("", "", "+12125550101"), (NEW_YORK,)),
        (("", "", "+18005550101"), US_ZONES),
        (("", "", ""), US_ZONES),
        (("Nowhere/Land", "", ""), US_ZONES),
        (("", "DE", ""), ()),
    ],
)
def test_the_best_clue_says_where_a_lead_may_be(clues: tuple[str, str, str], zones: tuple[str, ...]) -> None:
    assert possible_zones(*clues) == zones
