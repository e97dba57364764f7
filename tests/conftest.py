"""Fixtures that every test may use: databases, time, identifiers, people.

``--db sqlite|postgresql|both`` chooses the databases; without it, both where a PostgreSQL can be started.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

from app.accounts import passwords
from app.accounts.model import Actor, PersonState, Role
from app.accounts.tables import PersonRoleRow, PersonRow
from app.audit.operations import open_units
from app.consent.model import Lead, PersonalData
from app.consent.store import save_leads
from app.consent.vault import Vault
from app.insights.schema import guards
from app.storage import migrate
from app.storage.engine import open_engine, sqlite_url
from app.storage.guards import present_guards
from app.storage.rows import insert_rows
from app.storage.unit_of_work import AuditNote, Units
from tests.fakes import CountingIds, CountingTokens, FixedClock
from tests.servers import postgres

hypothesis_settings.register_profile("placet", deadline=None, print_blob=True)
hypothesis_settings.load_profile("placet")

_TEMPLATE = "placet_template"
_PEOPLE = (
    ("ada", "Ada Writer", Role.WRITER),
    ("mara", "Mara Medical", Role.MEDICAL),
    ("lev", "Lev Legal", Role.LEGAL),
    ("cora", "Cora Compliance", Role.COMPLIANCE),
    ("max", "Max Campaigns", Role.CAMPAIGN_MANAGER),
    ("cleo", "Cleo Contacts", Role.CRM_ADMIN),
    ("ari", "Ari Auditor", Role.AUDITOR),
    ("nora", "Nora Administrator", Role.ADMINISTRATOR),
    ("otto", "Otto Outsider", None),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgresql", "both"), help="databases to run on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "dialect" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--db")
    dialects = ["sqlite", "postgresql"] if asked in {None, "both"} else [asked]
    if asked is None and postgres.programs() is None:
        absent = pytest.mark.skip(reason="no PostgreSQL here; ./check brings one")
        metafunc.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=absent)], indirect=True)
    else:
        metafunc.parametrize("dialect", dialects, indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """The smallest Argon2, for hashes made here: hundreds of sign-ins at full cost would take minutes.

    The cost that is shipped is looked at in ``tests/accounts/test_passwords.py``.
    """
    shipped = passwords._HASHER
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords._HASHER = shipped


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """One server for this test process, with a migrated database to copy from."""
    with postgres.running() as server:
        server.create(name=_TEMPLATE)
        _migrate_once(server.url(_TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy from."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _migrate_once(sqlite_url(path))
    return path


def _migrate_once(url: str) -> None:
    engine = open_engine(url)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        absent = {guard.name for guard in guards()} - present_guards(connection)
    engine.dispose()
    if absent:
        # Said here and at once, because a guard that is missing looks like a test that is wrong.
        raise RuntimeError(
            f"The migrations lack the guards {sorted(absent)}. migrations/generate.py writes them (before a release: spine --replace-all)."
        )


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``; a test that uses it runs once on each."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated, empty database that is this test's own."""
    if dialect == "sqlite":
        path = tmp_path / "placet.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield sqlite_url(path)
        return
    server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create(template=_TEMPLATE)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this test's own database."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def units(engine: Engine) -> Units:
    """The audited units of work of this test."""
    return open_units(engine)


@pytest.fixture
def clock() -> FixedClock:
    """Stands at a Monday in office hours."""
    return FixedClock()


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    """Where the clock stood when the test began."""
    return clock.now()


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def tokens() -> CountingTokens:
    return CountingTokens()


@pytest.fixture
def people(units: Units) -> dict[str, Actor]:
    """Everybody, saved with their roles. They hold no usable password: nobody here signs in."""
    since = FixedClock().now()
    with units() as uow:
        persons = [
            {
                "id": key,
                "email": f"{key}@clinic.example",
                "name": name,
                "password_hash": "x",
                "state": PersonState.ACTIVE.value,
                "created_at": since,
            }
            for key, name, _ in _PEOPLE
        ]
        roles = [
            {"person_id": key, "role": role.value, "granted_by": "setup", "granted_at": since}
            for key, _, role in _PEOPLE
            if role is not None
        ]
        insert_rows(uow, PersonRow, persons)
        insert_rows(uow, PersonRoleRow, roles)
        uow.note(AuditNote("accounts.people.added", "people", "setup", "setup", since))
        uow.commit()
    return {key: Actor(key, name, frozenset({role} if role else ())) for key, name, role in _PEOPLE}


@pytest.fixture
def ada(people: dict[str, Actor]) -> Actor:
    """Writes."""
    return people["ada"]


@pytest.fixture
def mara(people: dict[str, Actor]) -> Actor:
    """Reviews for medicine."""
    return people["mara"]


@pytest.fixture
def lev(people: dict[str, Actor]) -> Actor:
    """Reviews for law."""
    return people["lev"]


@pytest.fixture
def cora(people: dict[str, Actor]) -> Actor:
    """Reviews for compliance, and publishes."""
    return people["cora"]


@pytest.fixture
def max_(people: dict[str, Actor]) -> Actor:
    """Runs campaigns."""
    return people["max"]


@pytest.fixture
def cleo(people: dict[str, Actor]) -> Actor:
    """Keeps leads and their consent."""
    return people["cleo"]


@pytest.fixture
def ari(people: dict[str, Actor]) -> Actor:
    """Audits."""
    return people["ari"]


@pytest.fixture
def nora(people: dict[str, Actor]) -> Actor:
    """Administers people."""
    return people["nora"]


@pytest.fixture
def vault() -> Vault:
    """The organisation's address key of the tests."""
    return Vault(b"the address key of the tests 32b")


@pytest.fixture
def rita_lead(units: Units, vault: Vault) -> str:
    """Id of Rita, who receives. No consent of hers is on record."""
    since, tokens = FixedClock().now(), CountingTokens("rita")
    personal = PersonalData("rita@home.example", "+16145550123", "Rita", "Recipient", {})
    lead = Lead(
        id="rita",
        lead_type="patient",
        timezone="America/New_York",
        region="US-OH",
        locale="en-US",
        source="form",
        created_at=since,
        erased_at=None,
        email_digest=vault.digest(personal.email),
        phone_digest=vault.digest(personal.phone),
        personal=personal,
    )
    key = vault.new_key(tokens)
    with units() as uow:
        save_leads(uow, [(lead, vault.seal(personal, key, lead.id, tokens), key)], "setup")
        uow.note(AuditNote("consent.lead.added", "lead", lead.id, "setup", since))
        uow.commit()
    return lead.id


@pytest.fixture
def otto(people: dict[str, Actor]) -> Actor:
    """May see nothing."""
    return people["otto"]
