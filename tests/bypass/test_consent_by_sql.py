"""Every way to forge consent by writing around the program: refused by the database."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.model import Actor
from app.consent import operations
from app.consent.model import Lead, Proof, SourceKind
from app.consent.tokens import TokenFacts
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.leads import agree, make_lead
from tests.fakes import CountingIds

HOUR = timedelta(hours=1)
EVENT = (
    "INSERT INTO consent_events (id, lead_id, channel, purpose, seller, act, proof, wording_version_id, source, actor, "
    "jurisdiction, occurred_at, recorded_at) VALUES ('forged', :lead, :channel, :purpose, '', :act, :proof, :wording, "
    ":source, 'x', 'US', '2026-03-02T15:00:00.000000Z', '2026-03-02T15:00:00.000000Z')"
)


@pytest.fixture
def rita(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds) -> Lead:
    """Agreed, stopped, and agreed again with a single click; suppressed."""
    with units() as uow:
        wording = make_version(uow, "consent-email", now=now, ids=ids)
        lead = make_lead(uow, now=now, ids=ids)
        agree(uow, lead, wording.id, now=now, ids=ids)
        operations.unsubscribe(uow, TokenFacts(lead.id, "email", "education", "m1"), now=now + HOUR, ids=ids)
        agree(uow, lead, wording.id, now=now + 2 * HOUR, ids=ids)
        uow.commit()
    return lead


def _refused(units: Units, statement: str, **values: object) -> str:
    with units.engine.connect() as connection, connection.begin(), pytest.raises(DBAPIError) as refusal:
        connection.execute(text(statement), values)
    return str(refusal.value.orig)


@pytest.mark.parametrize("table", ["consent_events", "suppressions"])
def test_history_is_neither_changed_nor_deleted(units: Units, rita: Lead, table: str) -> None:
    assert "append-only" in _refused(units, f"UPDATE {table} SET purpose = 'offers'")
    assert "append-only" in _refused(units, f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "forged",
    [
        {"proof": "single", "wording": None},
        {"proof": "signed", "wording": "no-such-version"},
        {"proof": "single", "source": "import:file:2"},
        {"channel": "*"},
        {"purpose": "*"},
        {"act": "maybe"},
        {"proof": "sworn"},
        {"lead": "nobody"},
    ],
)
def test_an_agreement_cannot_be_made_up(units: Units, rita: Lead, forged: dict[str, str | None]) -> None:
    with units.reading() as connection:
        wording = connection.execute(text("SELECT id FROM content_versions")).scalar_one()
    honest = {"lead": rita.id, "channel": "email", "purpose": "education", "act": "agreed", "proof": "asserted",
              "wording": wording, "source": "form"}  # fmt: skip
    _refused(units, EVENT, **{**honest, **forged})


def _lift(units: Units, event: str) -> str:
    statement = (
        "INSERT INTO suppression_lifts (id, suppression_id, consent_event_id, at) "
        "SELECT 'forged', s.id, :event, '2026-03-03T15:00:00.000000Z' FROM suppressions s"
    )
    return _refused(units, statement, event=event)


def test_a_suppression_is_not_lifted_by_a_single_click(units: Units, rita: Lead) -> None:
    with units.reading() as connection:
        events = connection.execute(text("SELECT id FROM consent_events ORDER BY recorded_at")).scalars().all()
    for event in events:
        assert "only a later agreement" in _lift(units, event)


def test_a_suppression_is_not_lifted_by_somebody_else(
    units: Units, rita: Lead, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        other = make_lead(uow, "other@example.org", now=now, ids=ids)
        wording = uow.connection.execute(text("SELECT id FROM content_versions")).scalar_one()
        theirs = agree(
            uow, other, wording, now=now + 3 * HOUR, ids=ids, proof=Proof.DOUBLE, source=SourceKind.CONFIRMATION
        )
        uow.commit()
    assert "only a later agreement" in _lift(units, theirs.id)


def test_a_lead_is_not_deleted_and_an_erased_one_does_not_come_back(
    units: Units, rita: Lead, cleo: Actor, now: datetime, ids: CountingIds
) -> None:
    assert "erased, never deleted" in _refused(units, "DELETE FROM leads")
    _refused(units, "UPDATE leads SET erased_at = '2026-03-03T15:00:00.000000Z'")
    _refused(units, "UPDATE lead_keys SET key = sealed FROM leads")
    with units() as uow:
        operations.erase(uow, rita.id, actor=cleo, now=now + 3 * HOUR, ids=ids)
        uow.commit()
    _refused(units, "UPDATE leads SET erased_at = NULL, email_digest = 'x'")
    _refused(units, "INSERT INTO lead_keys (lead_id, key) SELECT id, sealed FROM leads")
