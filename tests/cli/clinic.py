"""An installation at work, for commands that need one: a published piece, two leads, a sequence, planned messages."""

import copy
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from app.accounts.passwords import hash_password
from app.audit.operations import open_units
from app.kernel.clock import SystemClock
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import ADDRESS_KEY, ORGANISATION_KEY
from tests.builders.content import make_version
from tests.builders.people import save_people
from tests.builders.review import make_round
from tests.builders.sending import Sending, make_sending
from tests.cli.desk import DOMAIN, PASSWORD, Desk
from tests.fakes import CountingIds, FixedClock


@dataclass
class Clinic:
    """``desk`` types the commands; ``sending`` is what stands behind them, an hour ago."""

    desk: Desk
    sending: Sending


def make_template(migrated: Path, folder: Path) -> Sending:
    """The data directory that every clinic is a copy of. A second piece waits for its review."""
    keys = folder / "keys"
    keys.mkdir(parents=True)
    for name in (ORGANISATION_KEY, ADDRESS_KEY):
        (keys / f"{name}.key").write_bytes(bytes(range(32)))
        (keys / f"{name}.key").chmod(0o600)
    shutil.copyfile(migrated, folder / "placet.sqlite3")
    (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    engine = open_engine(sqlite_url(folder / "placet.sqlite3"))
    units = open_units(engine)
    save_people(units, domain=DOMAIN, password_hash=hash_password(PASSWORD))
    clock, ids = FixedClock(SystemClock().now() - timedelta(hours=1)), CountingIds()
    made = make_sending(units, clock, ids, leads=2, steps=2, source={"owner": f"max@{DOMAIN}"})
    with units() as uow:
        waiting = make_version(uow, "waiting", now=clock.now(), ids=ids, owner=f"max@{DOMAIN}")
        make_round(uow, waiting, now=clock.now(), ids=ids)
        uow.commit()
    engine.dispose()
    return made


def open_clinic(template: Path, made: Sending, folder: Path) -> Clinic:
    """A copy in ``folder``."""
    shutil.copytree(template, folder)
    units = open_units(open_engine(sqlite_url(folder / "placet.sqlite3")))
    env = {"PLACET_DATABASE_URL": f"sqlite:///{folder / 'placet.sqlite3'}"}
    sending = replace(made, units=units, ids=copy.copy(made.ids))
    return Clinic(Desk(folder, folder / "password", env), sending)
