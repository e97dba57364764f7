"""The stand-ins are as good as what they stand for; the people are really saved."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.model import Actor, Permission
from app.accounts.tables import PersonRoleRow, PersonRow
from app.consent.store import lead_from, leads_with_keys
from app.consent.vault import Vault
from app.storage.unit_of_work import Units
from tests.fakes import CountingIds, CountingTokens, FixedClock


def test_counted_identifiers_differ_and_fit_their_column() -> None:
    made = [CountingIds().new_id(), *(source.new_id() for source in [CountingIds("lead")] for _ in range(100))]
    assert len(set(made)) == 101
    assert max(map(len, made)) <= 16


def test_counted_tokens_look_like_real_ones() -> None:
    tokens = CountingTokens()
    first, second = tokens.token(), tokens.token()
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first)
    assert len(tokens.random_bytes(70)) == 70
    assert tokens.random_bytes(8) != tokens.random_bytes(8)
    assert CountingTokens().random_bytes(8) == CountingTokens().random_bytes(8)


def test_a_fixed_clock_moves_when_it_is_told() -> None:
    clock = FixedClock()
    before, ticks = clock.now(), clock.monotonic()
    assert clock.now() == before
    clock.advance(timedelta(minutes=2))
    assert (clock.now() - before, clock.monotonic() - ticks) == (timedelta(minutes=2), 120.0)


def test_everybody_is_saved_with_her_role(units: Units, people: dict[str, Actor], ada: Actor, otto: Actor) -> None:
    with units.reading() as connection:
        persons = connection.execute(select(func.count()).select_from(PersonRow)).scalar_one()
        roles = connection.execute(select(func.count()).select_from(PersonRoleRow)).scalar_one()
    assert (persons, roles) == (len(people), len(people) - 1)
    assert ada.may(Permission.WRITE_CONTENT)
    assert otto.permissions == frozenset()


def test_rita_is_saved_and_her_address_opens_with_the_key(units: Units, rita_lead: str, vault: Vault) -> None:
    with units.reading() as connection:
        lead = lead_from(connection.execute(leads_with_keys()).one(), vault)
    assert lead.id == rita_lead
    assert lead.personal is not None
    assert lead.personal.email == "rita@home.example"
