"""An opened clinic for each test, on each database: built once by commands, then copied."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.main import main
from app.storage.engine import sqlite_url
from tests.cli.desk import PASSWORD, Desk
from tests.journeys.stage import open_the_clinic
from tests.servers.postgres import PostgresServer

_FILE = "placet.sqlite3"
_NAME = "opened_clinic"


def empty_desk(folder: Path, url: str) -> Desk:
    """A data directory with nothing in it but the password of everybody to be."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder.parent / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    return Desk(folder, file, {"PLACET_DATABASE_URL": url})


def copied(opened_clinic: Path, folder: Path) -> Desk:
    """A copy of a clinic that lives in an SQLite file."""
    shutil.copytree(opened_clinic, folder)
    return empty_desk(folder, sqlite_url(folder / _FILE))


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The data directory of an opened clinic, by kind of database."""
    made: dict[str, Path] = {}

    def open_once(dialect: str) -> Path:
        if dialect not in made:
            folder = tmp_path_factory.mktemp("opened") / dialect
            url = sqlite_url(folder / _FILE)
            if dialect == "postgresql":
                server: PostgresServer = request.getfixturevalue("postgres_server")
                url = server.url(server.create(name=_NAME))
            open_the_clinic(empty_desk(folder, url))
            made[dialect] = folder
        return made[dialect]

    return open_once


@pytest.fixture
def clinic(
    dialect: str, opened: Callable[[str], Path], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """An opened clinic that is this test's own."""
    folder = tmp_path / "clinic"
    if dialect == "sqlite":
        yield copied(opened(dialect), folder)
        return
    shutil.copytree(opened(dialect), folder)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(template=_NAME)
    yield empty_desk(folder, server.url(name))
    server.drop(name)


@pytest.fixture
def sqlite_clinic(opened: Callable[[str], Path], tmp_path: Path) -> Desk:
    """The same on SQLite alone, for what does not depend on the database."""
    return copied(opened("sqlite"), tmp_path / "clinic")


@pytest.fixture(scope="session")
def loaded_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as `placet demo` leaves it; never started."""
    folder = tmp_path_factory.mktemp("demonstration") / "data"
    result = CliRunner().invoke(main, ["demo", "--data", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def demonstration(loaded_demonstration: Path, tmp_path: Path) -> Path:
    """A data directory of this test's own, with the demonstration in it."""
    shutil.copytree(loaded_demonstration, tmp_path / "demo")
    return tmp_path / "demo"
