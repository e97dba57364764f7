"""Recompute everything that can be recomputed: the log, every protected row, signatures, publications, decisions."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from app.audit.checkpoints import LogIdentity
from app.audit.model import VerifyReport
from app.audit.operations import Verifier, verify_all
from app.gate import verification as gate
from app.insights import schema
from app.publishing import verification as publishing
from app.review import verification as review
from app.storage.keys import VerifyKey


def verify(
    connection: Connection, *, organisation: VerifyKey, log: LogIdentity, witnessed: Sequence[str] = ()
) -> VerifyReport:
    """One snapshot, everything recomputed; ``connection`` must not have been used in its transaction yet.

    ``organisation`` and ``log`` are keys known from outside the database; ``witnessed`` are checkpoints that others kept.
    """
    tables = list(schema.metadata().tables.values())
    names = [guard.name for guard in schema.guards()]
    return verify_all(connection, tables, log, verifiers=verifiers(organisation), witnessed=witnessed, guards=names)


def verifiers(organisation: VerifyKey) -> tuple[Verifier, ...]:
    """What each stage recomputes beyond its rows."""
    return (partial(review.signatures, organisation_key=organisation), publishing.publications, gate.decisions)
