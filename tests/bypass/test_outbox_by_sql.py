"""Every way to send twice, or to somebody else, by writing to the outbox around the program: refused by the database."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.model import Actor
from app.outbox import operations
from app.outbox.model import Message
from app.storage.unit_of_work import Units
from tests.builders.leads import make_message
from tests.fakes import CountingIds


@pytest.fixture
def planned(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds) -> Message:
    """One planned message, committed."""
    with units() as uow:
        made = make_message(uow, now=now, ids=ids)
        uow.commit()
    return made


def _refused(units: Units, statement: str, **values: object) -> str:
    with units.engine.connect() as connection, connection.begin(), pytest.raises(DBAPIError) as refusal:
        connection.execute(text(statement), values)
    return str(refusal.value.orig)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted'",
        "state = 'unknown'",
        "state = 'released'",
        "state = 'anything'",
        "dedupe_key = 'other:1'",
        "lead_id = 'somebody'",
        "address_digest = 'elsewhere'",
        "enrollment_id = 'other'",
        "step_number = 9",
        "topic = 'offers'",
        "channel = 'sms'",
        "pin = 'exact'",
        "not_after = NULL",
        "epoch = epoch + 1",
        "epoch = -1",
        "state = 'claimed'",
        "state = 'claimed', epoch = epoch + 2",
    ],
)
def test_a_planned_message_cannot_be_made_into_something_else(units: Units, planned: Message, change: str) -> None:
    _refused(units, f"UPDATE messages SET {change} WHERE id = :id", id=planned.id)


def test_a_message_cannot_be_deleted(units: Units, planned: Message) -> None:
    assert "never deleted" in _refused(units, "DELETE FROM messages WHERE id = :id", id=planned.id)


def test_the_same_step_cannot_be_planned_twice(units: Units, planned: Message) -> None:
    columns = (
        "purpose, topic, channel, lead_id, address_digest, enrollment_id, step_number, item_id, pin, publication_id, "
        "closure_root, due_at, not_after, state, state_since, reason, epoch, worker, lease_until, tries, planned_at"
    )
    copy = f"INSERT INTO messages (id, dedupe_key, {columns}) SELECT 'second', dedupe_key, {columns} FROM messages"
    message = _refused(units, copy).lower()
    assert "unique" in message


@pytest.mark.parametrize("given", ["'released', 0", "'accepted', 0", "'claimed', 1", "'planned', 3"])
def test_a_message_cannot_start_anywhere_but_planned(units: Units, planned: Message, given: str) -> None:
    columns = (
        "purpose, topic, channel, lead_id, address_digest, enrollment_id, step_number, item_id, pin, publication_id, "
        "closure_root, due_at, not_after, state_since, reason, worker, lease_until, tries, planned_at"
    )
    copy = (
        f"INSERT INTO messages (id, dedupe_key, state, epoch, {columns}) "
        f"SELECT 'second', 'other:1', {given}, {columns} FROM messages"
    )
    assert "starts as planned" in _refused(units, copy)


def test_a_held_message_cannot_go_out_by_a_side_door(units: Units, planned: Message, now: datetime) -> None:
    with units() as uow:
        operations.hold_messages(uow, planned.publication_id, "recalled", actor_id="cora", now=now)
        uow.commit()
    for state in ("claimed", "released", "accepted"):
        _refused(units, f"UPDATE messages SET state = '{state}' WHERE id = :id", id=planned.id)


def test_other_bytes_cannot_be_put_under_a_message(units: Units, planned: Message, now: datetime) -> None:
    with units() as uow:
        operations.claim(uow, [planned.id], "w1", now, timedelta(minutes=5))
        uow.commit()
    _refused(units, "UPDATE messages SET closure_root = :root WHERE id = :id", root="0" * 64, id=planned.id)
