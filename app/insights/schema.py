"""The whole database: every stage's tables and guards in one place, for migrations and the tests that compare them.

Stages stand in import order, low first, so that guards are created in a stable order. A test holds the list complete.
"""

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from app.storage.base import Base
from app.storage.guards import Guard, append_only_guards

STAGES = (
    "audit",
    "outbox",
    "accounts",
    "authoring",
    "checks",
    "review",
    "publishing",
    "consent",
    "sequences",
    "gate",
    "delivery",
)


def metadata() -> MetaData:
    """Every table of the program."""
    for stage in STAGES:
        if find_spec(f"app.{stage}.tables") is not None:
            import_module(f"app.{stage}.tables")
    return Base.metadata


def guards() -> list[Guard]:
    """Every trigger of the program: append-only tables first, then what each stage declares."""
    declared = append_only_guards(metadata())
    for stage in STAGES:
        if find_spec(f"app.{stage}.guards") is not None:
            declared.extend(import_module(f"app.{stage}.guards").GUARDS)
    return declared
