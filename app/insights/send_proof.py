"""The proof of one send: what was approved, agreed, decided, released and answered, each row with its place in the log.

Verifies without Placet (``app/audit/offline_verifier.py``). The recipient appears only by the random id of her lead and the
keyed digest of her address.
"""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table

from app.audit import queries as audit
from app.audit.checkpoints import LogIdentity
from app.audit.raw_rows import plain_row
from app.delivery import queries as delivery
from app.gate import queries as gate
from app.insights import schema
from app.kernel.digest import Json
from app.kernel.errors import NotFound, Untrustworthy
from app.kernel.finding import Refusal
from app.outbox import queries as outbox
from app.publishing import queries as publishing
from app.review import queries as review
from app.storage.keys import VerifyKey

SEND_PROOF_FORMAT = 1


def send_proof(
    connection: Connection, message_id: str, *, log: LogIdentity, organisation: VerifyKey
) -> dict[str, Json] | Refusal:
    """The proof of the last attempt of a message, as JSON. Raises ``NotFound``.

    Codes: ``never_released`` when no attempt was made, ``not_settled`` while its outcome is open, ``not_checkpointed``
    when the newest signed checkpoint does not cover it yet.
    """
    message = outbox.message(connection, message_id)
    if message is None:
        raise NotFound("message", message_id)
    attempts = delivery.attempts_of(connection, message_id)
    if not attempts:
        return Refusal("never_released", {"message": message_id})
    last = attempts[-1]
    if last.receipt is None:
        return Refusal("not_settled", {"message": message_id})
    rows: list[tuple[str, str]] = [
        ("attempts", last.attempt.id),
        ("receipts", delivery.receipt_id_of(connection, last.attempt.id)),
        ("decisions", last.decision_id),
        *_approval(connection, message.publication_id),
        *_agreement(connection, message_id, last.decision_id),
    ]
    evidence = _evidence(connection, rows)
    if isinstance(evidence, Refusal):
        return evidence
    return {
        "placet_send_proof": SEND_PROOF_FORMAT,
        "message": message_id,
        "origin": log.origin,
        "keys": [key.raw.hex() for key in (*log.keys, organisation)],
        "evidence": evidence,
    }


def proof_text(proof: Mapping[str, Json]) -> str:
    """The proof as a file: one line, which is what the offline verifier reads."""
    return json.dumps(proof, ensure_ascii=False, separators=(",", ":")) + "\n"


def _approval(connection: Connection, publication_id: str) -> list[tuple[str, str]]:
    publication = publishing.publication(connection, publication_id)
    round_ = None if publication is None else review.round_(connection, publication.round_id)
    if publication is None or round_ is None:
        raise NotFound("publication", publication_id)
    signatures = [("signatures", signature.id) for signature in round_.signatures]
    return [
        ("publications", publication.id),
        ("review_rounds", round_.id),
        ("finding_reports", round_.report_id),
        ("content_versions", publication.version_id),
        *signatures,
    ]


def _agreement(connection: Connection, message_id: str, decision_id: str) -> list[tuple[str, str]]:
    decided = next(d for d in gate.decisions_of(connection, message_id) if d.id == decision_id)
    event_id = decided.facts.get("consent", {}).get("event_id")
    return [] if event_id is None else [("consent_events", event_id)]


def _evidence(connection: Connection, rows: Sequence[tuple[str, str]]) -> list[Json] | Refusal:
    tables = schema.metadata().tables
    found: list[Json] = []
    for name, key in rows:
        entry = _entry(connection, tables[name], key)
        if isinstance(entry, Refusal):
            return entry
        found.append(entry)
    return found


def _entry(connection: Connection, table: Table, key: str) -> dict[str, Json] | Refusal:
    row = audit.raw_row(connection, table, key)
    index = audit.index_naming(connection, table.name, key)
    if row is None or index is None:
        raise Untrustworthy(f"{table.name} {key} is missing or no leaf of the log names it. Run `placet audit verify`.")
    proof = audit.proof_of(connection, index)
    if isinstance(proof, Refusal):
        return proof
    return {
        "table": table.name,
        "key": key,
        "row": plain_row(table, dict(row._mapping)),
        "leaf": proof.leaf,
        "index": proof.index,
        "size": proof.size,
        "path": list(proof.path),
        "checkpoint": proof.checkpoint,
    }
