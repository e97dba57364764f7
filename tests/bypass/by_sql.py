"""Rows written without the program around them."""

from contextlib import ExitStack
from datetime import datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.kernel.clock import iso
from app.outbox.model import Message

RENDERED = "e" * 64
DECISION = {
    "id": "d1",
    "phase": "release",
    "verdict": "permit",
    "rendered_digest": RENDERED,
    "reasons": "[]",
    "results": "[]",
    "facts": "{}",
    "facts_digest": "f" * 64,
}
ATTEMPT = {
    "id": "t1",
    "decision_id": "d1",
    "phase": "release",
    "verdict": "permit",
    "rendered_digest": RENDERED,
    "message_id_header": "<m@clinic.example>",
    "worker": "w1",
}


def insert(connection: Connection, table: str, values: dict[str, object]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def decision(connection: Connection, message: Message, now: datetime, **changes: object) -> None:
    fixed = {
        "message_id": message.id,
        "epoch": message.epoch,
        "address_digest": message.address_digest,
        "publication_id": message.publication_id,
        "closure_root": message.closure_root,
        "effective_at": iso(now),
    }
    insert(connection, "decisions", {**DECISION, **fixed, **changes})


def attempt(connection: Connection, message: Message, now: datetime, **changes: object) -> None:
    fixed = {
        "message_id": message.id,
        "epoch": message.epoch,
        "address_digest": message.address_digest,
        "closure_root": message.closure_root,
        "released_at": iso(now),
    }
    insert(connection, "attempts", {**ATTEMPT, **fixed, **changes})


def refused(connection: Connection, match: str | None = None) -> ExitStack:
    """The block is refused by the database, and the transaction goes on as if it had not been tried."""
    stack = ExitStack()
    stack.enter_context(pytest.raises(DBAPIError, match=match))
    stack.enter_context(connection.begin_nested())
    return stack


def execute(connection: Connection, statement: str, **values: object) -> None:
    connection.execute(text(statement), values)
