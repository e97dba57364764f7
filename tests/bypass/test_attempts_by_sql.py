"""Every way to attempt a delivery around the gate, written straight to the database: refused there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.accounts.model import Actor
from app.consent.model import SuppressionReason
from app.consent.operations import suppress_address
from app.kernel.clock import iso
from app.outbox import operations as outbox
from app.outbox.model import Message
from app.publishing.operations import Recall, recall
from app.storage.unit_of_work import Units
from tests.builders.leads import make_message
from tests.bypass.by_sql import attempt, decision, execute, insert, refused
from tests.fakes import CountingIds


@pytest.fixture
def claimed(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds) -> Message:
    """One claimed message, committed."""
    with units() as uow:
        planned = make_message(uow, now=now, ids=ids)
        [made] = outbox.claim(uow, [planned.id], "w1", now, timedelta(minutes=5))
        uow.commit()
    return made


@pytest.fixture
def raw(units: Units, claimed: Message) -> Iterator[Connection]:
    """A connection without the program around it."""
    with units.engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def test_with_a_permit_an_attempt_is_taken(raw: Connection, claimed: Message, now: datetime) -> None:
    """Otherwise every refusal below could have another cause."""
    decision(raw, claimed, now)
    attempt(raw, claimed, now)
    execute(raw, "UPDATE messages SET state = 'released' WHERE id = :id", id=claimed.id)
    assert raw.exec_driver_sql("SELECT count(*) FROM attempts").scalar_one() == 1


def test_an_attempt_without_a_decision(raw: Connection, claimed: Message, now: datetime) -> None:
    with pytest.raises(DBAPIError):
        attempt(raw, claimed, now)


@pytest.mark.parametrize("verdict", ["refuse", "hold"])
def test_an_attempt_on_a_decision_that_stops(verdict: str, raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now, verdict=verdict)
    for claims in ("permit", verdict):
        with refused(raw):
            attempt(raw, claimed, now, verdict=claims)


def test_an_attempt_on_the_pre_gate(raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now, phase="pre")
    with pytest.raises(DBAPIError):
        attempt(raw, claimed, now, phase="pre")


def test_an_attempt_with_other_facts_than_were_decided_on(raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now)
    other: dict[str, object] = dict.fromkeys(("address_digest", "closure_root", "rendered_digest"), "b" * 64)
    for name, value in {**other, "epoch": 2}.items():
        with refused(raw):
            attempt(raw, claimed, now, **{name: value})


def test_an_attempt_on_another_message_s_decision(
    units: Units, claimed: Message, now: datetime, ids: CountingIds
) -> None:
    with units.engine.connect() as connection, connection.begin():
        copy_message(connection, "m2")
    with units.engine.connect() as connection, connection.begin() as transaction:
        decision(connection, claimed, now)
        with pytest.raises(DBAPIError):
            attempt(connection, claimed, now, message_id="m2")
        transaction.rollback()


COLUMNS = (
    "purpose, topic, channel, lead_id, address_digest, enrollment_id, step_number, item_id, pin, publication_id, "
    "closure_root, due_at, not_after, state_since, reason, worker, lease_until, tries, planned_at"
)


def copy_message(connection: Connection, message_id: str) -> None:
    """A second claimed message like the first, for the next step."""
    copied = COLUMNS.replace("step_number", "step_number + 1")
    execute(
        connection,
        f"INSERT INTO messages (id, dedupe_key, state, epoch, {COLUMNS}) SELECT :id, :id, 'planned', 0, {copied} FROM messages",
        id=message_id,
    )
    execute(connection, "UPDATE messages SET state = 'claimed', epoch = 1, worker = 'w1' WHERE id = :id", id=message_id)


@pytest.mark.parametrize(
    ("outcome", "refused"),
    [
        (None, True),
        ("accepted", True),
        ("rejected", True),
        ("unknown", True),
        ("deferred", False),
        ("aborted_before_dot", False),
    ],
)
def test_a_second_attempt_while_the_first_may_have_left(
    outcome: str | None, refused: bool, raw: Connection, claimed: Message, now: datetime
) -> None:
    decision(raw, claimed, now)
    attempt(raw, claimed, now)
    if outcome is not None:
        receipt = {
            "id": "r1",
            "attempt_id": "t1",
            "outcome": outcome,
            "phase": "reply",
            "code": None,
            "reply": "",
            "queue_id": "",
            "source": "wire",
            "at": iso(now),
        }
        insert(raw, "receipts", receipt)
    execute(raw, "UPDATE messages SET state = 'released' WHERE id = :id", id=claimed.id)
    execute(raw, "UPDATE messages SET state = 'planned' WHERE id = :id", id=claimed.id)
    execute(raw, "UPDATE messages SET state = 'claimed', epoch = 2 WHERE id = :id", id=claimed.id)
    decision(raw, claimed, now, id="d2", epoch=2)
    if not refused:
        attempt(raw, claimed, now, id="t2", decision_id="d2", epoch=2)
        return
    with pytest.raises(DBAPIError, match="left or may have left"):
        attempt(raw, claimed, now, id="t2", decision_id="d2", epoch=2)


def test_one_decision_for_two_attempts(raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now)
    attempt(raw, claimed, now)
    with pytest.raises(DBAPIError):
        attempt(raw, claimed, now, id="t2")


@pytest.mark.parametrize(
    ("channel", "purpose"), [("email", "education"), ("*", "*"), ("email", "*"), ("*", "education")]
)
def test_an_attempt_to_a_suppressed_address(
    channel: str, purpose: str, units: Units, claimed: Message, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        suppress_address(
            uow,
            claimed.address_digest,
            channel,
            SuppressionReason.BOUNCE,
            purpose=purpose,
            actor_id="w1",
            now=now,
            ids=ids,
        )
        uow.commit()
    with units.engine.connect() as connection, connection.begin() as transaction:
        decision(connection, claimed, now)
        with pytest.raises(DBAPIError, match="suppressed"):
            attempt(connection, claimed, now)
        transaction.rollback()


def test_an_attempt_for_a_recalled_publication(
    units: Units, claimed: Message, people: dict[str, Actor], now: datetime
) -> None:
    with units.engine.connect() as connection, connection.begin():
        execute(
            connection,
            "UPDATE publication_heads SET state = 'recalled' WHERE publication_id = :id",
            id=claimed.publication_id,
        )
    with units.engine.connect() as connection, connection.begin() as transaction:
        decision(connection, claimed, now)
        with pytest.raises(DBAPIError, match="not live"):
            attempt(connection, claimed, now)
        transaction.rollback()


def test_a_recall_takes_the_claim_and_with_it_the_decision(
    units: Units, claimed: Message, people: dict[str, Actor], now: datetime
) -> None:
    with units() as uow:
        recall(uow, Recall(claimed.publication_id, "a dose was wrong"), actor=people["cora"], now=now)
        uow.commit()
    with units.engine.connect() as connection, connection.begin() as transaction:
        with pytest.raises(DBAPIError, match="not claimed"):
            decision(connection, claimed, now)
        transaction.rollback()


def test_an_attempt_outside_the_window(raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now)
    for days in (-1, 90, 91):
        with refused(raw, "not live at this instant"):
            attempt(raw, claimed, now + timedelta(days=days))


def test_a_claimed_message_without_an_attempt_goes_nowhere(raw: Connection, claimed: Message) -> None:
    for change in (
        "state = 'released'",
        "epoch = epoch + 1",
        "epoch = epoch - 1",
        "state = 'accepted'",
        "state = 'unknown'",
        "address_digest = 'elsewhere'",
        "closure_root = 'other'",
    ):
        with refused(raw):
            execute(raw, f"UPDATE messages SET {change} WHERE id = :id", id=claimed.id)


@pytest.mark.parametrize("before", ["state = 'planned'", "state = 'held'", "state = 'refused'"])
def test_a_decision_for_a_message_that_is_not_claimed(
    before: str, raw: Connection, claimed: Message, now: datetime
) -> None:
    execute(raw, f"UPDATE messages SET {before} WHERE id = :id", id=claimed.id)
    with pytest.raises(DBAPIError, match="not claimed"):
        decision(raw, claimed, now)


def test_a_decision_that_is_not_about_this_claim(raw: Connection, claimed: Message, now: datetime) -> None:
    wrong: list[dict[str, object]] = [{"epoch": 0}, {"epoch": 2}, {"closure_root": "b" * 64}, {"verdict": "allow"}]
    for changes in wrong:
        with refused(raw):
            decision(raw, claimed, now, **changes)


def test_what_was_decided_and_done_stays(raw: Connection, claimed: Message, now: datetime) -> None:
    decision(raw, claimed, now)
    attempt(raw, claimed, now)
    receipt = dict.fromkeys(("phase", "reply", "queue_id"), "") | {
        "id": "r1",
        "attempt_id": "t1",
        "outcome": "accepted",
    }
    insert(raw, "receipts", receipt | {"code": 250, "source": "wire", "at": iso(now)})
    for table in ("decisions", "attempts", "receipts"):
        for act in ("UPDATE {} SET id = 'other'", "DELETE FROM {}"):
            with refused(raw, "append-only"):
                execute(raw, act.format(table))


def test_a_kill_switch_is_only_ever_let_go_of(raw: Connection, now: datetime) -> None:
    switch = {"id": "k1", "scope": "all", "reason": "x", "engaged_by": "max", "engaged_at": iso(now)}
    insert(raw, "kill_switches", switch | {"released_by": None, "released_at": None})
    with pytest.raises(DBAPIError, match="history stays"), raw.begin_nested():
        execute(raw, "DELETE FROM kill_switches")
    with pytest.raises(DBAPIError, match="let go of once"), raw.begin_nested():
        execute(raw, "UPDATE kill_switches SET scope = 'nothing'")
    with pytest.raises(DBAPIError), raw.begin_nested():
        insert(raw, "kill_switches", switch | {"id": "k2", "released_by": None, "released_at": None})
