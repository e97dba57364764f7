"""A running sequence to look at, made once and copied. What is read here is the same on every database."""

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.audit.operations import open_units
from app.storage.engine import open_engine, sqlite_url
from tests.builders.people import save_people
from tests.builders.sending import Desk, Sending, desk, make_sending
from tests.chaos.smtp import ChaosSmtp
from tests.delivery.sqlite_alone import database_url
from tests.fakes import CountingIds, FixedClock

__all__ = ["database_url"]
Read = Callable[..., Any]


@pytest.fixture(scope="session")
def sending_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sending]:
    """A database with two leads in a sequence of two steps; their first messages are planned."""
    path = tmp_path_factory.mktemp("insights") / "sending.sqlite3"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(sqlite_url(path))
    units = open_units(engine)
    save_people(units)
    made = make_sending(units, FixedClock(), CountingIds(), leads=2, steps=2)
    engine.dispose()
    return path, made


@pytest.fixture
def sending(sending_template: tuple[Path, Sending], tmp_path: Path) -> Iterator[Sending]:
    """A copy of it that is this test's own."""
    path, made = sending_template
    shutil.copyfile(path, tmp_path / "sending.sqlite3")
    engine = open_engine(sqlite_url(tmp_path / "sending.sqlite3"))
    yield replace(made, units=open_units(engine), clock=FixedClock(), ids=copy.copy(made.ids))
    engine.dispose()


@pytest.fixture
def sender(sending: Sending, tmp_path: Path) -> Iterator[Desk]:
    """A worker's delivery that sends what is due, to a server that takes it."""
    with ChaosSmtp() as server:
        made = desk(sending.units, sending.clock, sending.ids, server, tmp_path / "journal")
        yield made
        made.close()


@pytest.fixture
def read(sending: Sending) -> Read:
    """Asks one query in a reading of its own."""

    def ask(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with sending.units.reading() as connection:
            return query(connection, *args, **kwargs)

    return ask
