"""The clock of a demonstration: it only moves forward, and every process sees it move."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.storage.demo_clock import DemoClockFile, process_clock
from tests.fakes import MONDAY, FixedClock

HOUR = timedelta(hours=1)


def test_a_clock_that_was_never_moved_stands_at_the_real_time(tmp_path: Path) -> None:
    assert DemoClockFile(tmp_path)() == timedelta(0)
    assert process_clock(FixedClock(), tmp_path, is_demo=True).now() == MONDAY
    assert list(tmp_path.iterdir()) == []


def test_what_one_process_moves_every_other_sees(tmp_path: Path) -> None:
    here, there = DemoClockFile(tmp_path), process_clock(FixedClock(), tmp_path, is_demo=True)
    assert there.now() == MONDAY
    assert here.advance(HOUR) == HOUR
    assert there.now() == MONDAY + HOUR
    assert DemoClockFile(tmp_path).advance(2 * HOUR) == 3 * HOUR
    assert (here(), there.now()) == (3 * HOUR, MONDAY + 3 * HOUR)


@pytest.mark.parametrize("back", [timedelta(microseconds=-1), -HOUR])
def test_it_never_goes_back(back: timedelta, tmp_path: Path) -> None:
    file = DemoClockFile(tmp_path)
    file.advance(HOUR)
    with pytest.raises(ValueError, match="only moves forward"):
        file.advance(back)
    assert file() == HOUR


def test_a_step_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    DemoClockFile(tmp_path).advance(HOUR)
    assert [path.name for path in tmp_path.iterdir()] == ["demo-clock.json"]
    assert json.loads((tmp_path / "demo-clock.json").read_text()) == {"ahead_seconds": 3600}


def test_outside_a_demonstration_the_file_is_not_even_looked_at(tmp_path: Path) -> None:
    DemoClockFile(tmp_path).advance(HOUR)
    base = FixedClock()
    assert process_clock(base, tmp_path, is_demo=False) is base


def test_the_stopwatch_is_not_shifted(tmp_path: Path) -> None:
    clock = process_clock(FixedClock(), tmp_path, is_demo=True)
    before = clock.monotonic()
    DemoClockFile(tmp_path).advance(HOUR)
    assert clock.monotonic() == before
