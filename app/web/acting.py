"""One operation in a unit of its own, as views run them."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from app.accounts.model import Confirm, StepUp
from app.accounts.operations import confirm_identity
from app.checks.linting import ActivePacks, active_packs
from app.kernel.finding import Refusal
from app.review.policies import ApprovalPolicies, load_policies
from app.storage.unit_of_work import UnitOfWork
from app.web.context import the_context
from app.web.identity import the_actor

T = TypeVar("T")
POLICIES = "approval_policies.yml"


def act(operation: Callable[[UnitOfWork], T | Refusal]) -> T | Refusal:
    """Run an operation and commit it; a refusal commits nothing."""
    with the_context().units() as uow:
        answer = operation(uow)
        if not isinstance(answer, Refusal):
            uow.commit()
    return answer


def confirm(password: str, deed: str, digest: str, meaning: str) -> StepUp | Refusal:
    """Ask who is there once more, for one deed; committed either way, because failures are counted."""
    context = the_context()
    command = Confirm(password, deed, digest, meaning)
    with context.units() as uow:
        answer = confirm_identity(uow, command, actor=the_actor(), now=context.clock.now(), ids=context.ids)
        uow.commit()
    return answer


def the_packs() -> ActivePacks:
    """The rule packs in force, proven once per process."""
    return active_packs(_rules())


def the_policies() -> ApprovalPolicies:
    """Who must sign what."""
    return _policies(_rules() / POLICIES)


def _rules() -> Path:
    return the_context().rules


@lru_cache(maxsize=8)
def _policies(path: Path) -> ApprovalPolicies:
    return load_policies(path)
