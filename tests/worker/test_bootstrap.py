"""What a worker is made of before it sends anything."""

import stat
from pathlib import Path

from app.delivery.dkim_signer import unsigned
from app.worker.bootstrap import KillAt, fault_points, mime_signer, worker_name
from tests.fakes import CountingTokens


def test_a_worker_finds_its_own_name_again(tmp_path: Path) -> None:
    first = worker_name(tmp_path / "data", CountingTokens("a"))
    assert first.startswith("worker-")
    assert worker_name(tmp_path / "data", CountingTokens("b")) == first
    assert worker_name(tmp_path / "other", CountingTokens("b")) != first
    assert stat.S_ISREG((tmp_path / "data" / "worker-name").stat().st_mode)


def test_without_a_key_nothing_is_signed() -> None:
    assert mime_signer(None) is unsigned
    assert unsigned(b"From: x\r\n\r\n") == b""


def test_other_points_are_passed() -> None:
    point = fault_points("after_dot:2")
    assert isinstance(point, KillAt)
    assert [point.reach(name) for name in ("after_claim", "after_body", "after_dot")] == [None, None, None]
