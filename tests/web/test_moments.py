"""Instants as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.web.moments import day, distance, fours, grouped, moment, plural

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-89), "89 minutes ago"),
        (timedelta(minutes=90), "in 1 hour"),
        (timedelta(hours=-33), "33 hours ago"),
        (timedelta(hours=36), "in 2 days"),
        (timedelta(days=112), "in 112 days"),
        (timedelta(days=-2000), "2\N{NO-BREAK SPACE}000 days ago"),
    ],
)
def test_distance(ahead: timedelta, words: str) -> None:
    assert distance(NOW + ahead, NOW, UTC) == words


def test_a_date_carries_its_distance() -> None:
    assert "14 Mar 2027 <" in day(datetime(2027, 3, 14, tzinfo=UTC), NOW, UTC)
    assert "(in 112 days)" in day(datetime(2027, 3, 14, tzinfo=UTC), NOW, UTC)


def test_an_instant_carries_the_zone_it_is_shown_in() -> None:
    summer = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert "1 Jul 2026, 09:00 BST" in moment(summer, NOW, ZoneInfo("Europe/London"))
    assert 'datetime="2026-07-01T08:00:00+00:00"' in moment(summer, NOW, ZoneInfo("Europe/London"))


def test_digests_stand_in_fours() -> None:
    assert fours("9f3a71c2b8") == "9f3a 71c2 b8"
    assert fours("9f3a71c2b8", 2) == "9f3a 71c2 …"


def test_thousands_are_set_off_and_one_is_singular() -> None:
    assert grouped(48213) == "48\N{NO-BREAK SPACE}213"
    assert plural(1, "piece") == "1 piece"
    assert plural(2, "leaf", "leaves") == "2 leaves"
