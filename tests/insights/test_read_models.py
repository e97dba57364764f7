"""The library, the send log, the why page and the figures, on the demonstration as it is loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.audit.operations import open_units
from app.consent.vault import Vault
from app.insights import demo_loader, library, send_log, status, why
from app.insights.demo_loader import Demonstration
from app.kernel.clock import SystemClock
from app.kernel.errors import BadInput, NotFound
from app.kernel.ids import SystemIds, SystemTokens
from app.outbox.model import MessageState
from app.storage import migrate
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import ADDRESS_KEY, KeyFiles


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder: Path = tmp_path_factory.mktemp("demo")
    engine: Engine = open_engine(sqlite_url(folder / "placet.sqlite3"))
    migrate.upgrade(engine)
    tokens = SystemTokens()
    made = Demonstration(
        open_units(engine), SystemClock(), SystemIds(), tokens, KeyFiles(folder / "keys", tokens), folder
    )
    assert demo_loader.load(made)
    yield made
    engine.dispose()


def test_a_second_load_changes_nothing(stage: Demonstration) -> None:
    with stage.units.reading() as connection:
        before = status.status(connection, stage.clock.now()).log_size
    assert not demo_loader.load(stage)
    with stage.units.reading() as connection:
        assert status.status(connection, stage.clock.now()).log_size == before


def test_a_load_never_mixes_with_other_people(stage: Demonstration) -> None:
    elsewhere = stage.data_dir / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(BadInput, match="people here already"):
        demo_loader.load(Demonstration(stage.units, stage.clock, stage.ids, stage.tokens, stage.keys, elsewhere))


def test_the_password_is_for_its_owner_only(stage: Demonstration) -> None:
    assert (stage.data_dir / "demo" / "password").stat().st_mode & 0o077 == 0


def test_the_library_shows_pieces_in_every_state(stage: Demonstration) -> None:
    with stage.units.reading() as connection:
        lines = {line.key: line for line in library.library(connection, stage.clock.now())}
    states = {key: line.status.state.value for key, line in lines.items()}
    assert states["mri-prep-2"] == "expiring"
    assert states["ct-prep-1"] == "expired"
    assert states["skin-consult-email"] == "recalled"
    assert states["skin-consult-page"] == "changes_requested"
    assert states["open-scanner-draft"] == "draft"
    assert states["partner-programme-update"] == "in_review"
    assert lines["partner-programme-update"].live is not None
    assert "imaging-prep" in lines["mri-prep-1"].used_in


def test_a_blocked_draft_shows_its_findings(stage: Demonstration) -> None:
    with stage.units.reading() as connection:
        detail = library.detail(connection, "open-scanner-draft", None, stage.clock.now())
        with pytest.raises(NotFound):
            library.detail(connection, "open-scanner-draft", 9, stage.clock.now())
    assert {finding["severity"] for finding in detail.findings} >= {"block"}


def test_the_figures_add_up(stage: Demonstration) -> None:
    with stage.units.reading() as connection:
        found = status.status(connection, stage.clock.now())
    assert found.sends.balances
    assert found.people == len(demo_loader.PEOPLE)
    assert sum(found.pieces.values()) > 20
    assert found.open_rounds == 1


def test_why_says_what_holds_a_message(stage: Demonstration) -> None:
    now = stage.clock.now()
    with stage.units.reading() as connection:
        (held,) = send_log.sends(connection, states=[MessageState.HELD])
        answer = why.why(connection, held.message_id, now)
    assert held.reason == "approval_expired"
    assert answer.answer.startswith("It is held. The approval ended")
    assert [phase.at for phase in answer.phases] == sorted(phase.at for phase in answer.phases)


def test_why_speaks_where_nothing_was_planned(stage: Demonstration) -> None:
    vault, now = Vault(stage.keys.secret(ADDRESS_KEY)), stage.clock.now()
    with stage.units.reading() as connection:
        address = "alma.archer@example.org"
        answer = why.why_not_planned(connection, address, "newsletter-autumn", vault, now)
        with pytest.raises(NotFound):
            why.messages_for(connection, "nobody@example.org", "mri-prep-1", vault)
    assert "not_enrolled" in {reason.code for reason in answer.reasons}


def test_the_log_of_the_demonstration_runs_forward_and_verifies(stage: Demonstration) -> None:
    from app.audit import queries as audit
    from app.audit.checkpoints import LogIdentity
    from app.audit.model import EventFilter
    from app.insights.verification import verify
    from app.storage.keys import LOG_KEY, ORGANISATION_KEY

    log = LogIdentity("test/log", (stage.keys.signing_key(LOG_KEY).verify_key,))
    organisation = stage.keys.signing_key(ORGANISATION_KEY).verify_key
    with stage.units.reading() as connection:
        report = verify(connection, organisation=organisation, log=log)
    assert report.problems == ()
    with stage.units.reading() as connection:
        instants = [event.leaf.at for event in audit.events(connection, EventFilter(), limit=10_000)]
    assert instants == sorted(instants, reverse=True)
    assert instants[0] <= stage.clock.now()
