"""The private PostgreSQL: fast by default, durable when asked, gone afterwards."""

from pathlib import Path

import psycopg
import pytest

from tests.servers import postgres

pytestmark = pytest.mark.skipif(postgres.programs() is None, reason="no PostgreSQL here; ./check brings one")


def setting(server: postgres.PostgresServer, name: str) -> str:
    with psycopg.connect(f"host=127.0.0.1 port={server.port} user={postgres.SUPERUSER} dbname=postgres") as connection:
        row = connection.execute(f"SHOW {name}").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(("durable", "fsync"), [(False, "off"), (True, "on")])
def test_it_is_durable_only_when_asked_and_leaves_nothing_behind(durable: bool, fsync: str) -> None:
    with postgres.running(durable=durable) as server:
        assert setting(server, "fsync") == fsync
        assert setting(server, "listen_addresses") == "127.0.0.1"
        folder, process = server.folder, server.process
    assert process.poll() is not None
    assert not folder.exists()


def test_it_runs_from_a_folder_that_nobody_else_may_enter(tmp_path: Path) -> None:
    bin_folder = postgres.programs()
    assert bin_folder is not None
    copied = postgres._copy_programs(bin_folder, tmp_path)
    assert (copied / "postgres").exists()
    assert (copied / "postgres").stat().st_size == (bin_folder / "postgres").stat().st_size


def test_every_database_is_a_copy_of_its_own(postgres_server: postgres.PostgresServer) -> None:
    first, second = postgres_server.create(), postgres_server.create()
    with psycopg.connect(postgres_server.url(first)) as connection:
        connection.execute("CREATE TABLE only_here (id INTEGER)")
    with psycopg.connect(postgres_server.url(second)) as connection:
        found = connection.execute("SELECT to_regclass('only_here')").fetchone()
    assert found == (None,)
    postgres_server.drop(first)
    postgres_server.drop(second)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres_server.url(first))
