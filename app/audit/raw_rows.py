"""The digest of a row as the database really has it, computed without trusting any type conversion. No I/O."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Table

from app.kernel.digest import Json, canonical, digest_of
from app.storage.base import CanonicalJson


def raw_digest(table: Table, row: Mapping[str, Any]) -> str | None:
    """What :func:`app.storage.rows.row_digest` gives for the same row when nobody touched it; None when unreadable."""
    try:
        return digest_of(plain_row(table, row))
    except ValueError:
        return None


def plain_row(table: Table, row: Mapping[str, Any]) -> dict[str, Json]:
    """The row as the JSON object that is digested; raises ``ValueError`` for a value no type of ours ever wrote."""
    return {column.name: _plain(column.type, row[column.name]) for column in table.columns}


def _plain(kind: Any, value: Any) -> Json:
    if value is None:
        return None
    if isinstance(kind, CanonicalJson):
        parsed: Json = json.loads(value) if isinstance(value, str) else None
        if parsed is None or canonical(parsed).decode() != value:
            raise ValueError("not the canonical text of a value")
        return parsed
    if isinstance(kind, Boolean) and value in (0, 1):
        return bool(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value  # type: ignore[no-any-return]  # canonical JSON refuses what it does not know
