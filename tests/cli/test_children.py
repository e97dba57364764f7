"""Child processes: started again when they end, later each time, and told to finish before they are ended."""

import sys
import time
from datetime import timedelta
from pathlib import Path

from app.cli.children import CANNOT_START, Child, answers_http, free_port, greets, port_is_free
from tests.fakes import FixedClock


def child(tmp_path: Path, clock: FixedClock, program: str) -> Child:
    made = Child("web", [sys.executable, "-c", program], {}, tmp_path / "logs" / "web.log", clock)
    made.start()
    return made


def wait_for_end(one: Child) -> None:
    assert one.process is not None
    one.process.wait(20)


def test_a_child_that_ends_is_started_again_later_each_time(tmp_path: Path, clock: FixedClock) -> None:
    said: list[str] = []
    one = child(tmp_path, clock, "print('the last words'); raise SystemExit(3)")
    for wait in (2, 4):
        wait_for_end(one)
        assert one.look_after(said.append) is None
        assert said[-1].startswith(f"web ended (exit 3); it starts again in {wait} s.")
        clock.advance(timedelta(seconds=wait - 0.5))
        one.look_after(said.append)
        assert said[-1].startswith("web ended")
        clock.advance(timedelta(seconds=0.5))
        one.look_after(said.append)
        assert said[-1] == "web started again"
    wait_for_end(one)
    assert one.last_words() == "the last words"


def test_a_child_that_cannot_start_is_not_tried_again(tmp_path: Path, clock: FixedClock) -> None:
    one = child(tmp_path, clock, f"raise SystemExit({CANNOT_START})")
    wait_for_end(one)
    assert one.look_after(lambda text: None) == CANNOT_START
    assert one.last_words() == "It said nothing."


def test_a_child_is_told_to_finish_and_ended_when_it_does_not(tmp_path: Path, clock: FixedClock) -> None:
    polite = child(tmp_path, clock, "import time; time.sleep(60)")
    assert polite.stop(20)
    assert polite.stop(0)
    ready = tmp_path / "ready"
    program = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'w'); time.sleep(60)"
    stubborn = child(tmp_path, clock, program)
    limit = time.monotonic() + 20
    while not ready.exists() and time.monotonic() < limit:
        time.sleep(0.01)
    assert not stubborn.stop(0.2)
    assert stubborn.ended is not None


def test_nobody_answers_on_a_free_port() -> None:
    port = free_port()
    assert port_is_free("127.0.0.1", port)
    assert not greets(port)
    assert not answers_http(port)
