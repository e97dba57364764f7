"""From settings to a listening server: keys, clock and demonstration put together, then waitress."""

from datetime import timedelta
from pathlib import Path

import waitress  # type: ignore[import-untyped]  # it carries no types

from app.accounts import queries as accounts
from app.audit.operations import open_units
from app.authoring import queries as authoring
from app.insights.labels import ROLES
from app.kernel.clock import SystemClock
from app.kernel.ids import SystemIds, SystemTokens
from app.publishing import queries as publishing
from app.settings import WebSettings
from app.storage.demo_clock import DemoClockFile, process_clock
from app.storage.engine import open_engine
from app.storage.keys import ADDRESS_KEY, LOG_KEY, ORGANISATION_KEY, UNSUBSCRIBE_KEY, WEB_KEY, KeyFiles
from app.storage.unit_of_work import Units
from app.web.application import create_app
from app.web.context import DemoContext, DemoPerson, WebContext, WebKeys

THREADS = 8
_FAR = timedelta(days=3_650)
_HOUR, _DAY, _PAST = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
_NAMELESS = "Placet"


def build_context(settings: WebSettings) -> WebContext:
    """What the application needs for one data directory. Raises ``BadInput`` when a key cannot be read."""
    tokens = SystemTokens()
    keys = KeyFiles(settings.keys_dir, tokens)
    units = open_units(open_engine(settings.database_url))
    return WebContext(
        units=units,
        clock=process_clock(SystemClock(), settings.data_dir, is_demo=settings.is_demo),
        wall=SystemClock(),
        ids=SystemIds(),
        tokens=tokens,
        settings=settings,
        keys=WebKeys(
            organisation=keys.signing_key(ORGANISATION_KEY),
            unsubscribe=keys.secret(UNSUBSCRIBE_KEY),
            addresses=keys.secret(ADDRESS_KEY),
            cookies=(keys.secret(WEB_KEY).hex(),),
        ),
        organisation=_organisation(units),
        demo=_demonstration(settings, units) if settings.is_demo else None,
        log_keys=(keys.signing_key(LOG_KEY).verify_key,),
    )


def _organisation(units: Units) -> str:
    """The name in the sender profile of the newest piece that has one."""
    with units.reading() as connection:
        for line in authoring.list_items(connection):
            sender = authoring.version(connection, line.version_id).sender
            if sender is not None:
                return sender.organisation
    return _NAMELESS


def _demonstration(settings: WebSettings, units: Units) -> DemoContext:
    file, box = settings.data_dir / "demo" / "password", settings.data_dir / "inbox" / "new"
    ahead = DemoClockFile(settings.data_dir)
    clock = process_clock(SystemClock(), settings.data_dir, is_demo=True)

    def move(word: str) -> None:
        with units.reading() as connection:
            ending = publishing.expiring(connection, clock.now(), clock.now() + _FAR)
        to_expiry = ending[0].valid_until - clock.now() + _PAST if ending else _DAY
        ahead.advance({"hour": _HOUR, "day": _DAY}.get(word, to_expiry))

    with units.reading() as connection:
        known = accounts.people(connection)
    people = tuple(DemoPerson(p.id, p.name, ", ".join(ROLES[role] for role in sorted(p.roles)), p.email) for p in known)
    return DemoContext(people, lambda _: file.read_text(encoding="utf-8").strip(), move, lambda: _count(box))


def _count(box: Path) -> int:
    return sum(1 for _ in box.iterdir()) if box.is_dir() else 0


def serve(settings: WebSettings) -> None:
    """Answer until the process is told to end."""
    application = create_app(build_context(settings))
    waitress.serve(application, host=settings.host, port=settings.port, threads=THREADS, ident=None)
