"""Write attempts and receipts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from app.delivery.model import Attempt, Receipt
from app.delivery.tables import AttemptRow, ReceiptRow
from app.gate.model import GatePhase, Verdict
from app.outbox.model import Message
from app.storage.rows import insert_rows, table_of
from app.storage.unit_of_work import UnitOfWork

_ATTEMPTS = table_of(AttemptRow)
_RECEIPTS = table_of(ReceiptRow)


def save_attempts(uow: UnitOfWork, attempts: Sequence[tuple[Attempt, str, Message]]) -> None:
    """Insert (attempt, decision id, message). The database refuses one without a permit, and a second one that may have left."""
    insert_rows(
        uow,
        AttemptRow,
        [
            {
                "id": attempt.id,
                "decision_id": decision_id,
                "message_id": message.id,
                "epoch": message.epoch,
                "phase": GatePhase.RELEASE.value,
                "verdict": Verdict.PERMIT.value,
                "address_digest": message.address_digest,
                "closure_root": message.closure_root,
                "rendered_digest": attempt.rendered_digest,
                "message_id_header": attempt.message_id_header,
                "worker": attempt.worker,
                "released_at": attempt.released_at,
            }
            for attempt, decision_id, message in attempts
        ],
    )


def save_receipt(uow: UnitOfWork, receipt_id: str, receipt: Receipt) -> None:
    """Insert the end of an attempt; ``IntegrityError`` when it has one."""
    insert_rows(
        uow,
        ReceiptRow,
        [
            {
                "id": receipt_id,
                "attempt_id": receipt.attempt_id,
                "outcome": receipt.outcome.value,
                "phase": receipt.phase,
                "code": receipt.code,
                "reply": receipt.reply,
                "queue_id": receipt.queue_id,
                "source": receipt.source.value,
                "at": receipt.at,
            }
        ],
    )


def attempt(connection: Connection, attempt_id: str) -> Attempt | None:
    """One attempt, or None."""
    row = connection.execute(select(_ATTEMPTS).where(_ATTEMPTS.c.id == attempt_id)).one_or_none()
    return None if row is None else attempt_from(row)


def has_receipt(connection: Connection, attempt_id: str) -> bool:
    """Whether the attempt has ended."""
    found = select(_RECEIPTS.c.id).where(_RECEIPTS.c.attempt_id == attempt_id)
    return connection.execute(found).first() is not None


def open_attempt_of(connection: Connection, message_id: str, epoch: int) -> Attempt | None:
    """The attempt of a message under an epoch that has no receipt, or None."""
    query = (
        select(_ATTEMPTS)
        .outerjoin(_RECEIPTS, _RECEIPTS.c.attempt_id == _ATTEMPTS.c.id)
        .where(_ATTEMPTS.c.message_id == message_id, _ATTEMPTS.c.epoch == epoch, _RECEIPTS.c.id.is_(None))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else attempt_from(row)


def attempt_from(row: Row[Any]) -> Attempt:
    """The value of an attempt row."""
    return Attempt(
        row.id, row.message_id, row.epoch, row.worker, row.rendered_digest, row.message_id_header, row.released_at
    )
