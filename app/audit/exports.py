"""The whole log as JSON lines that :mod:`app.audit.offline_verifier` checks without Placet."""

import json
from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.audit import merkle, queries
from app.audit.checkpoints import LogIdentity
from app.kernel.digest import canonical, leaf_hash
from app.storage.engine import is_postgresql

EXPORT_FORMAT = 1


def export_log(connection: Connection, log: LogIdentity) -> Iterator[str]:
    """Lines without line feeds: a header with keys, every checkpoint, every leaf in order, and a closing line.

    One snapshot: ``connection`` must not have been used in its transaction yet. What is stored is exported, wrong or
    not; judging is the reader's.
    """
    if is_postgresql(connection):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    keys = [key.raw.hex() for key in log.keys]
    yield canonical({"placet_log": EXPORT_FORMAT, "origin": log.origin, "keys": keys}).decode()
    for checkpoint in queries.raw_checkpoints(connection):
        yield canonical({"checkpoint": checkpoint.note}).decode()
    frontier: list[bytes] = []
    size = 0
    for row in queries.raw_leaves(connection):
        yield json.dumps({"leaf": row.leaf}, ensure_ascii=False, separators=(",", ":"))
        frontier = merkle.grow(frontier, size, leaf_hash(str(row.leaf).encode()))
        size += 1
    yield canonical({"end": {"leaves": size, "root": merkle.frontier_root(frontier).hex()}}).decode()
