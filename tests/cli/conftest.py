"""A data directory of its own for each test, and people with passwords."""

import shutil
from pathlib import Path

import pytest

from tests.builders.sending import Sending
from tests.cli.clinic import Clinic, make_template, open_clinic
from tests.cli.desk import PASSWORD, Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """A migrated database with nobody in it, on each kind of database."""
    return _desk(tmp_path, database_url)


@pytest.fixture
def sqlite_desk(sqlite_template: Path, tmp_path: Path) -> Desk:
    """The same on SQLite alone, for what does not depend on the database."""
    shutil.copyfile(sqlite_template, tmp_path / "placet.sqlite3")
    return _desk(tmp_path, f"sqlite:///{tmp_path / 'placet.sqlite3'}")


def _desk(folder: Path, url: str) -> Desk:
    file = folder / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    return Desk(folder, file, {"PLACET_DATABASE_URL": url})


@pytest.fixture(scope="session")
def clinic_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sending]:
    """An installation at work, made once."""
    folder = tmp_path_factory.mktemp("clinic") / "data"
    return folder, make_template(sqlite_template, folder)


@pytest.fixture
def clinic(clinic_template: tuple[Path, Sending], tmp_path: Path) -> Clinic:
    """A copy of it that is this test's own."""
    return open_clinic(*clinic_template, tmp_path / "data")
