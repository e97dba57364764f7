"""A chaos server, and desks on it that are closed afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.accounts.model import Actor
from app.storage.unit_of_work import Units
from tests.builders.sending import At, Desk, Sending, desk, make_sending
from tests.chaos.smtp import ChaosSmtp
from tests.fakes import CountingIds, FixedClock

MakeSending = Callable[..., Sending]
MakeDesk = Callable[..., Desk]


@pytest.fixture
def server() -> Iterator[ChaosSmtp]:
    with ChaosSmtp() as running:
        yield running


@pytest.fixture
def sending(units: Units, people: dict[str, Actor], clock: FixedClock, ids: CountingIds) -> MakeSending:
    """Makes everything that a send stands on."""

    def make(**wanted: Any) -> Sending:
        return make_sending(units, clock, ids, **wanted)

    return make


@pytest.fixture
def open_desk(
    units: Units, clock: FixedClock, ids: CountingIds, server: ChaosSmtp, tmp_path: Path
) -> Iterator[MakeDesk]:
    """Opens a worker's delivery on the chaos server."""
    opened: list[Desk] = []

    def open_one(at: At | None = None, **wanted: Any) -> Desk:
        worker = wanted.get("worker", "worker-1")
        made = desk(units, clock, ids, server, tmp_path / f"{worker}.journal", at=at, **wanted)
        opened.append(made)
        return made

    yield open_one
    for made in opened:
        made.transport.close()
