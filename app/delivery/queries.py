"""Attempts and receipts, for the send log, the why page and proofs."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.delivery.model import Attempt, Outcome, Receipt, ReceiptSource
from app.delivery.store import attempt_from
from app.delivery.tables import AttemptRow, ReceiptRow
from app.kernel.errors import NotFound
from app.storage.rows import table_of

_ATTEMPTS = table_of(AttemptRow)
_RECEIPTS = table_of(ReceiptRow)


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt with the decision it stands on and its end, when it has one."""

    attempt: Attempt
    decision_id: str
    receipt: Receipt | None


def attempts_of(connection: Connection, message_id: str) -> tuple[AttemptLine, ...]:
    """All attempts of a message, oldest first."""
    attempts = connection.execute(
        select(_ATTEMPTS).where(_ATTEMPTS.c.message_id == message_id).order_by(_ATTEMPTS.c.epoch)
    ).all()
    return tuple(AttemptLine(attempt_from(row), row.decision_id, receipt_of(connection, row.id)) for row in attempts)


def message_of_header(connection: Connection, header: str) -> str | None:
    """The message that left under a Message-ID, or None."""
    query = select(_ATTEMPTS.c.message_id).where(_ATTEMPTS.c.message_id_header == header).limit(1)
    return connection.execute(query).scalar_one_or_none()


def receipt_of(connection: Connection, attempt_id: str) -> Receipt | None:
    """How an attempt ended, or None while it has not."""
    row = connection.execute(select(_RECEIPTS).where(_RECEIPTS.c.attempt_id == attempt_id)).one_or_none()
    if row is None:
        return None
    return Receipt(
        attempt_id=row.attempt_id,
        outcome=Outcome(row.outcome),
        phase=row.phase,
        code=row.code,
        reply=row.reply,
        queue_id=row.queue_id,
        source=ReceiptSource(row.source),
        at=row.at,
    )


def receipt_id_of(connection: Connection, attempt_id: str) -> str:
    """Id of the receipt of an attempt; raises ``NotFound`` while it has none."""
    found = connection.execute(select(_RECEIPTS.c.id).where(_RECEIPTS.c.attempt_id == attempt_id)).scalar_one_or_none()
    if found is None:
        raise NotFound("receipt of attempt", attempt_id)
    return str(found)
