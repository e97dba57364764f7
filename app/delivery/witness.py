"""Whether this is the database the worker sent from, and no older copy of it (reliability I12, F48, F50)."""

from app.audit import queries as audit
from app.audit import store as log
from app.delivery import store
from app.delivery.context import Delivery
from app.delivery.journal import Witness

LONG_JOURNAL = 1_000
"""Releases after which a settled journal is replaced by a witness while the worker runs."""


def is_behind(delivery: Delivery) -> bool:
    """Whether the database lacks what its log held when the journal was last replaced."""
    witness = delivery.journal.witness
    if witness is None:
        return False
    with delivery.units.reading() as connection:
        event = audit.event(connection, witness.size - 1)
    return event is None or event.leaf_hash != witness.leaf


def forgotten(delivery: Delivery) -> tuple[str, ...]:
    """Ids of messages that the journal released and the database does not know as attempted."""
    with delivery.units.reading() as connection:
        released = delivery.journal.released().values()
        return tuple(sorted({r.message_id for r in released if store.attempt(connection, r.attempt_id) is None}))


def settle_journal(delivery: Delivery) -> bool:
    """Replace the journal by a witness when the database holds every outcome; False while it does not."""
    with delivery.units.reading() as connection:
        if not all(store.has_receipt(connection, attempt_id) for attempt_id in delivery.journal.released()):
            return False
        size = log.tree_head(connection).size
        newest = audit.event(connection, size - 1) if size else None
    if newest is not None:
        delivery.journal.replace_by(Witness(size, newest.leaf_hash))
    return True
