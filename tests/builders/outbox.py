"""The rows a release stands on, as the gate and delivery write them; for tests of stages below both."""

from datetime import datetime

from app.delivery.tables import AttemptRow
from app.gate.tables import DecisionRow
from app.kernel.ids import IdSource
from app.outbox.model import Message
from app.storage.rows import insert_row
from app.storage.unit_of_work import UnitOfWork

RENDERED = "e" * 64


def make_attempt(uow: UnitOfWork, message: Message, *, now: datetime, ids: IdSource) -> str:
    """A decision that permits a claimed message, and the attempt that goes with its release; returns the attempt's id."""
    shared = {
        "message_id": message.id,
        "epoch": message.epoch,
        "phase": "release",
        "verdict": "permit",
        "address_digest": message.address_digest,
        "closure_root": message.closure_root,
        "rendered_digest": RENDERED,
    }
    decision = {
        "id": ids.new_id(),
        **shared,
        "publication_id": message.publication_id,
        "reasons": [],
        "results": [],
        "facts": {},
        "facts_digest": "f" * 64,
        "effective_at": now,
    }
    insert_row(uow, DecisionRow, decision)
    attempt = {
        "id": ids.new_id(),
        **shared,
        "decision_id": decision["id"],
        "message_id_header": f"<{message.id}@clinic.example>",
        "worker": message.worker,
        "released_at": now,
    }
    insert_row(uow, AttemptRow, attempt)
    return str(attempt["id"])
