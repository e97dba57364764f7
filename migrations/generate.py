"""Write the next numbered migration from the difference between the models and the migrations so far.

``python migrations/generate.py "short words"``; with ``--replace-all`` every migration is thrown away first and the history
starts again at 0001, which is right only while no database outside this machine was made with it.
Read what it wrote: renames look like a drop and an addition, data is never moved, and a guard that is gone is only named.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, text

from app.insights.schema import guards
from app.storage.engine import open_engine, sqlite_url
from app.storage.guards import Guard, create_guards
from app.storage.migrate import MIGRATIONS, configuration, upgrade

VERSIONS = MIGRATIONS / "versions"


def main() -> int:
    """Generate beside the real folder, format, and put the file in its place at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", help="what the migration does, in a few words")
    parser.add_argument("--replace-all", action="store_true", help="start the history again at 0001")
    options = parser.parse_args()
    slug = re.sub(r"[^a-z0-9]+", "_", options.words.lower()).strip("_")
    if not slug:
        parser.error("the migration needs a name in a few words")
    kept = [] if options.replace_all else sorted(VERSIONS.glob("[0-9]*.py"))
    name = f"{len(kept) + 1:04d}_{slug}.py"
    with tempfile.TemporaryDirectory() as folder:
        text_of, gone = _generate(Path(folder), kept, options.words, name)
    VERSIONS.mkdir(exist_ok=True)
    fresh = VERSIONS / f"{name}.new"
    fresh.write_text(text_of, encoding="utf-8")
    fresh.replace(VERSIONS / name)
    for old in VERSIONS.glob("[0-9]*.py"):
        if old.name != name and old not in kept:
            old.unlink()
    print(f"wrote migrations/versions/{name}")
    for guard in sorted(gone):
        print(f"guard {guard} is declared no more: drop it by hand")
    return 0


def _generate(folder: Path, kept: list[Path], words: str, name: str) -> tuple[str, set[str]]:
    """The text of the next migration, and the guards that are declared no more."""
    scripts = folder / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for source in (MIGRATIONS / "env.py", MIGRATIONS / "script.py.mako"):
        shutil.copy(source, scripts)
    for source in kept:
        shutil.copy(source, scripts / "versions")
    engine = open_engine(sqlite_url(folder / "models.sqlite3"))
    if kept:
        upgrade(engine)
    with engine.connect() as connection, connection.begin() as transaction:
        config = configuration(connection, scripts)
        config.attributes["guards"], gone = _changed_guards(connection)
        config.attributes["batch"] = bool(kept)
        command.revision(config, message=words, autogenerate=True, rev_id=name[:4])
        transaction.rollback()
    engine.dispose()
    written = scripts / "versions" / name
    _tidy(written)
    return written.read_text(encoding="utf-8"), gone


def _tidy(written: Path) -> None:
    """Without Alembic's own remarks, and formatted by the ruff of this environment."""
    lines = [line for line in written.read_text(encoding="utf-8").splitlines() if "# ### " not in line]
    written.write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = str(MIGRATIONS.parent / "pyproject.toml")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", "--config", settings, str(written)], check=True)


def _changed_guards(connection: Connection) -> tuple[list[Guard], set[str]]:
    """Declared guards that the migrated database lacks or has with another text; and names that are declared no more."""
    before = _triggers(connection)
    declared = guards()
    savepoint = connection.begin_nested()
    tables = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
    fresh = [guard for guard in declared if guard.table not in tables]
    known = [guard for guard in declared if guard.table in tables]
    create_guards(connection, known)
    after = _triggers(connection)
    savepoint.rollback()
    changed = [guard for guard in known if before.get(guard.name) != after[guard.name]]
    return fresh + changed, set(before) - {guard.name for guard in declared}


def _triggers(connection: Connection) -> dict[str, str]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row.name: row.sql for row in connection.execute(query)}


if __name__ == "__main__":
    sys.exit(main())
