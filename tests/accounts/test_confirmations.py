from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts import operations
from app.accounts.model import Actor, Confirm, Role, StepUp, UseStepUp
from app.audit.model import EventFilter
from app.audit.queries import events
from app.kernel.finding import Refusal
from tests.accounts.conftest import PASSWORD, House

DIGEST = "d" * 64


def confirm(house: House, actor: Actor, now: datetime, password: str = PASSWORD) -> StepUp | Refusal:
    with house.units() as uow:
        command = Confirm(password, "review.sign", DIGEST, "medically_reviewed")
        outcome = operations.confirm_identity(uow, command, actor=actor, now=now, ids=house.ids)
        uow.commit()
    return outcome


def use(house: House, actor: Actor, step_up_id: str, now: datetime, digest: str = DIGEST) -> StepUp | Refusal:
    with house.units() as uow:
        command = UseStepUp(step_up_id, "review.sign", digest, "medically_reviewed")
        outcome = operations.use_step_up(uow, command, actor=actor, now=now)
        uow.commit()
    return outcome


@pytest.fixture
def mara_signed_in(house: House, now: datetime) -> Actor:
    house.hires("mara", Role.MEDICAL, now=now)
    return house.signed_in("mara", now=now).actor


def test_a_confirmation_serves_once(house: House, mara_signed_in: Actor, now: datetime) -> None:
    made = confirm(house, mara_signed_in, now)
    assert isinstance(made, StepUp)
    spent = use(house, mara_signed_in, made.id, now + timedelta(minutes=4))
    assert isinstance(spent, StepUp)
    assert spent.used_at == now + timedelta(minutes=4)
    assert use(house, mara_signed_in, made.id, now + timedelta(minutes=4)) == Refusal("step_up_used")
    with house.units.reading() as connection:
        actions = [event.leaf.action for event in events(connection, EventFilter(subject_id=made.id))]
    assert actions == ["accounts.step_up.used", "accounts.identity.confirmed"]


def test_of_two_tabs_one_wins(house: House, mara_signed_in: Actor, now: datetime) -> None:
    """The second decided on the same row, and the conditional update finds it spent."""
    made = confirm(house, mara_signed_in, now)
    assert isinstance(made, StepUp)
    command = UseStepUp(made.id, "review.sign", DIGEST, "medically_reviewed")
    with house.units() as uow:
        first = operations.use_step_up(uow, command, actor=mara_signed_in, now=now)
        second = operations.use_step_up(uow, command, actor=mara_signed_in, now=now)
        uow.commit()
    assert isinstance(first, StepUp)
    assert second == Refusal("step_up_used")


def test_a_confirmation_does_not_outlive_five_minutes_its_digest_or_its_session(
    house: House, mara_signed_in: Actor, now: datetime
) -> None:
    made = confirm(house, mara_signed_in, now)
    assert isinstance(made, StepUp)
    other_tab = house.signed_in("mara", now=now).actor
    outcomes = [
        use(house, mara_signed_in, made.id, now + timedelta(minutes=5)),
        use(house, mara_signed_in, made.id, now, digest="e" * 64),
        use(house, other_tab, made.id, now),
        use(house, mara_signed_in, "never was", now),
    ]
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)]
    assert codes == ["step_up_expired", "step_up_other", "step_up_other", "step_up_other"]


def test_a_deactivated_person_spends_nothing(house: House, mara_signed_in: Actor, now: datetime) -> None:
    made = confirm(house, mara_signed_in, now)
    assert isinstance(made, StepUp)
    with house.units() as uow:
        operations.deactivate(uow, mara_signed_in.person_id, actor=house.admin, now=now)
        uow.commit()
    assert use(house, mara_signed_in, made.id, now) == Refusal("account_deactivated")
    assert confirm(house, mara_signed_in, now) == Refusal("confirmation_failed")


def test_five_wrong_secrets_bring_the_back_off_and_leave_events(
    house: House, mara_signed_in: Actor, now: datetime
) -> None:
    for _ in range(5):
        assert confirm(house, mara_signed_in, now, "wrong wrong wrong") == Refusal("confirmation_failed")
    throttled = Refusal("confirmation_throttled", {"retry_after_seconds": 30})
    assert confirm(house, mara_signed_in, now) == throttled
    with house.units.reading() as connection:
        failed = events(connection, EventFilter(action_prefix="accounts.identity.not_confirmed"))
    assert [event.leaf.data["recent_failures"] for event in failed] == [5, 4, 3, 2, 1]
    assert house.signed_in("mara", now=now), "guessing at one door does not close the other"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM step_ups",
        "UPDATE step_ups SET used_at = NULL",
        "UPDATE step_ups SET used_at = granted_at, digest = 'x'",
        "UPDATE failed_sign_ins SET login_digest = 'x'",
        "DELETE FROM failed_sign_ins",
    ],
)
def test_the_database_keeps_confirmations_as_they_were(
    house: House, mara_signed_in: Actor, statement: str, now: datetime
) -> None:
    confirm(house, mara_signed_in, now)
    confirm(house, mara_signed_in, now, "wrong wrong wrong")
    with house.units() as uow, pytest.raises(DBAPIError):
        uow.connection.execute(text(statement))
