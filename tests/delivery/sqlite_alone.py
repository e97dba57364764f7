"""For tests in which the database has no say: SQLite, without asking which. Import ``database_url`` into the module."""

import shutil
from pathlib import Path

import pytest

from app.storage.engine import sqlite_url


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "placet.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)
