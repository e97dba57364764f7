from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.accounts import operations, queries
from app.accounts.model import Actor, ChangePassword, Person, Role
from app.audit.model import EventFilter
from app.audit.queries import count_events, events
from app.kernel.finding import Refusal
from tests.accounts.conftest import PASSWORD, House

WRONG = "not the right secret"
NEW = "another long secret"


def test_a_session_is_known_by_digest_and_carries_the_roles_of_the_day(house: House, now: datetime) -> None:
    mara = house.hires("mara", Role.MEDICAL, now=now)
    signed = house.signed_in("mara", now=now)
    assert house.holder(signed.token, now) == signed.actor
    assert signed.actor == Actor(mara.id, "Mara", frozenset({Role.MEDICAL}), queries.session_id(signed.token))
    assert signed.token not in repr(signed)
    with house.units.reading() as connection:
        everything = connection.execute(text("SELECT id, person_id FROM sessions")).all()
        assert [event.leaf.actor for event in events(connection, EventFilter(action_prefix="accounts.session."))] == [
            mara.id
        ]
    assert signed.token not in str(everything)


def test_every_sign_in_is_a_new_session(house: House, now: datetime) -> None:
    assert house.signed_in("nora", now=now).token != house.signed_in("nora", now=now).token


def test_an_unknown_account_a_wrong_password_and_a_bad_address_get_the_same_answer(house: House, now: datetime) -> None:
    failed = Refusal("sign_in_failed")
    for email in ("nora@clinic.example", "nobody@clinic.example", "no address"):
        assert house.sign_in(email, WRONG, now=now) == failed
    with house.units.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM failed_sign_ins")).scalar_one() == 3
        failures = events(connection, EventFilter(action_prefix="accounts.sign_in.failed"))
    assert [failure.leaf.subject_kind for failure in failures] == ["sign_in", "sign_in", "person"]
    assert all("clinic" not in str(failure.leaf) for failure in failures)


@pytest.mark.parametrize("email", ["nora@clinic.example", "nobody@clinic.example"])
def test_after_five_failures_even_the_right_password_waits(house: House, email: str, now: datetime) -> None:
    for _ in range(5):
        house.sign_in(email, WRONG, now=now)
    throttled = Refusal("sign_in_throttled", {"retry_after_seconds": 30})
    assert house.sign_in(email.upper(), PASSWORD, now=now) == throttled
    house.signed_in("nora", now=now + timedelta(seconds=31))


def test_silence_and_age_end_a_session(house: House, now: datetime) -> None:
    token = house.signed_in("nora", now=now).token
    moment = now
    for _ in range(35):
        moment += timedelta(minutes=20)
        with house.units() as uow:
            assert operations.touch_session(uow, token, now=moment)
            uow.commit()
    assert house.holder(token, moment) is not None
    assert house.holder(token, now + timedelta(hours=12)) is None
    other = house.signed_in("nora", now=now).token
    assert house.holder(other, now + timedelta(minutes=29)) is not None
    assert house.holder(other, now + timedelta(minutes=30)) is None


def test_a_hundred_requests_in_five_minutes_leave_no_event(house: House, now: datetime) -> None:
    token = house.signed_in("nora", now=now).token
    with house.units.reading() as connection:
        before = count_events(connection, EventFilter())
    for second in range(0, 300, 3):
        with house.units.reading() as connection:
            assert not queries.session_needs_touch(connection, token, now + timedelta(seconds=second))
        with house.units() as uow:
            assert not operations.touch_session(uow, token, now=now + timedelta(seconds=second))
            uow.commit()
    with house.units.reading() as connection:
        assert count_events(connection, EventFilter()) == before
        assert queries.session_needs_touch(connection, token, now + timedelta(minutes=5))


def test_who_signed_out_is_out_and_nothing_brings_her_back(house: House, now: datetime) -> None:
    token = house.signed_in("nora", now=now).token
    with house.units() as uow:
        assert operations.sign_out(uow, token, now=now)
        uow.commit()
    assert house.holder(token, now) is None
    with house.units() as uow:
        assert not operations.sign_out(uow, token, now=now)
        assert not operations.sign_out(uow, "never was", now=now)
        assert not operations.touch_session(uow, token, now=now + timedelta(minutes=6))


def test_a_new_password_ends_the_other_sessions(house: House, now: datetime) -> None:
    here = house.signed_in("nora", now=now)
    elsewhere = house.signed_in("nora", now=now)
    with house.units() as uow:
        outcome = operations.change_password(
            uow, ChangePassword(PASSWORD, NEW), actor=here.actor, now=now, ids=house.ids
        )
        uow.commit()
    assert isinstance(outcome, Person)
    assert house.holder(here.token, now) is not None
    assert house.holder(elsewhere.token, now) is None
    assert house.sign_in("nora@clinic.example", PASSWORD, now=now) == Refusal("sign_in_failed")
    assert not isinstance(house.sign_in("nora@clinic.example", NEW, now=now), Refusal)


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        (WRONG, NEW, "confirmation_failed"),
        (PASSWORD, "short", "password_too_short"),
        (PASSWORD, PASSWORD, "password_unchanged"),
    ],
)
def test_a_password_is_changed_by_who_knows_it(house: House, current: str, new: str, code: str, now: datetime) -> None:
    here = house.signed_in("nora", now=now)
    with house.units() as uow:
        command = ChangePassword(current, new)
        outcome = operations.change_password(uow, command, actor=here.actor, now=now, ids=house.ids)
        uow.commit()
    assert isinstance(outcome, Refusal)
    assert outcome.code == code


def test_an_administrator_sees_and_ends_the_sessions_of_another(house: House, now: datetime) -> None:
    ada = house.hires("ada", Role.WRITER, now=now)
    tokens = [house.signed_in("ada", now=now).token for _ in range(3)]
    with house.units.reading() as connection:
        assert len(queries.sessions(connection, ada.id, now)) == 3
    with house.units() as uow:
        assert operations.end_sessions(uow, ada.id, actor=house.admin, now=now) == 3
        uow.commit()
    assert [house.holder(token, now) for token in tokens] == [None] * 3
