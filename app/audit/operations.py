"""Open units of work whose every event goes into the log; sign its head; recompute and export it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from app.audit import merkle, queries, store
from app.audit.checkpoints import Checkpoint, LogIdentity, opened, sign
from app.audit.exports import export_log
from app.audit.model import StoredCheckpoint, TreeHead
from app.audit.verification import Verifier, verify_all
from app.kernel.digest import Json, leaf_hash
from app.kernel.errors import Untrustworthy
from app.kernel.finding import Refusal
from app.storage.keys import SigningKey, VerifyKey
from app.storage.unit_of_work import AuditNote, Units

__all__ = ["Verifier", "export_log", "open_units", "sign_checkpoint", "verify_all"]

_ACTION = "audit.checkpoint.signed"
_SYSTEM = "system"


def open_units(engine: Engine) -> Units:
    """The units of work of a process: the only way to write."""
    return Units(engine, store.append)


def sign_checkpoint(
    units: Units,
    key: SigningKey,
    origin: str,
    *,
    now: datetime,
    old_keys: Sequence[VerifyKey] = (),
    co_signers: Sequence[SigningKey] = (),
) -> StoredCheckpoint | None:
    """Sign the head of the log when something happened since the newest checkpoint; None when nothing did. Commits.

    Signing is an event too: its leaf comes after the leaves that the checkpoint covers. Raises ``Untrustworthy`` and
    signs nothing when the log does not contain what the newest checkpoint was signed over. ``old_keys`` are keys that
    signed earlier checkpoints; ``co_signers`` sign beside ``key`` while keys are exchanged.
    """
    signers = [key, *co_signers]
    log = LogIdentity(origin, (*(signer.verify_key for signer in signers), *old_keys))
    with units() as uow:
        head = store.lock_head(uow)
        newest = queries.newest_checkpoint(uow.connection)
        if head.size == 0 or (newest is not None and head.size <= newest.size + 1):
            return None
        frontier = _grown_since(uow.connection, newest, head, log)
        note = sign(Checkpoint(origin, head.size, head.root), signers)
        checkpoint = StoredCheckpoint(head.size, head.root.hex(), now, note)
        store.add_checkpoint(uow, checkpoint)
        data: dict[str, Json] = {
            "root": checkpoint.root,
            "keys": [signer.verify_key.key_id for signer in signers],
            "frontier": [step.hex() for step in frontier],
        }
        uow.note(AuditNote(_ACTION, "checkpoint", str(head.size), _SYSTEM, now, data))
        uow.commit()
    return checkpoint


def _grown_since(
    connection: Connection, newest: StoredCheckpoint | None, head: TreeHead, log: LogIdentity
) -> list[bytes]:
    """The frontier of the head, grown from the newest checkpoint through every leaf since: the proof of consistency.

    The leaf that each signing leaves carries the frontier it signed, so that only new leaves are read.
    """
    frontier, size = _attested(connection, newest, log)
    for row in queries.raw_leaves(connection, start=size):
        if row.index != size:
            raise Untrustworthy(f"Event {size} is missing from the log. Nothing is signed. Run `placet audit verify`.")
        frontier = merkle.grow(frontier, size, leaf_hash(str(row.leaf).encode()))
        size += 1
    if size != head.size or merkle.frontier_root(frontier) != head.root:
        raise Untrustworthy("The log's head is not what its events give. Nothing is signed. Run `placet audit verify`.")
    return frontier


def _attested(connection: Connection, newest: StoredCheckpoint | None, log: LogIdentity) -> tuple[list[bytes], int]:
    if newest is None:
        return [], 0
    checkpoint = opened(newest.note, log)
    own = queries.event(connection, newest.size)
    if isinstance(checkpoint, Refusal) or own is None or own.leaf.action != _ACTION:
        raise Untrustworthy(f"Checkpoint {newest.size} does not verify. Nothing is signed. Run `placet audit verify`.")
    stored = own.leaf.data.get("frontier")
    frontier = [bytes.fromhex(str(step)) for step in stored] if isinstance(stored, list) else []
    # As many subtrees as the size has bits, or growing it would not give the tree of that many leaves.
    if len(frontier) != checkpoint.size.bit_count() or merkle.frontier_root(frontier) != checkpoint.root:
        raise Untrustworthy(f"Event {newest.size} does not lead to its checkpoint. Nothing is signed.")
    return frontier, checkpoint.size
