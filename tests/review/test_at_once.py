"""Two people act at the same instant: there is one order, and the later one decides on what the earlier one left (F13)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from app.accounts.model import Actor, Role
from app.authoring.operations import ImportSource
from app.kernel.finding import Refusal
from app.review import queries
from app.review.model import Meaning, Round, RoundState
from app.review.operations import Sign, import_content, sign
from app.storage.unit_of_work import UnitOfWork, Units
from tests.builders.content import content_source, make_version
from tests.builders.review import ORGANISATION, SIGNERS, confirm, make_round
from tests.fakes import CountingIds, CountingTokens

pytestmark = pytest.mark.usefixtures("people")
Act = Callable[[UnitOfWork], object]


def at_once(units: Units, *acts: Act) -> list[object]:
    """Run each act in a unit of its own, all starting together."""
    barrier = Barrier(len(acts))

    def run(act: Act) -> object:
        barrier.wait()
        with units() as uow:
            outcome = act(uow)
            uow.commit()
        return outcome

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def signing(round_: Round, role: Role, step_up: str, now: datetime) -> Act:
    def act(uow: UnitOfWork) -> object:
        command = Sign(round_.id, round_.closure_root, round_.report_digest, role, step_up)
        ids, tokens = CountingIds(role.value[:4]), CountingTokens(role.value)
        return sign(uow, command, actor=SIGNERS[role], now=now, ids=ids, tokens=tokens, key=ORGANISATION)

    return act


@pytest.mark.parametrize("attempt", range(5))
def test_two_last_signatures_at_once_approve(units: Units, now: datetime, ids: CountingIds, attempt: int) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        root = round_.closure_root
        mara = confirm(uow, SIGNERS[Role.MEDICAL], root, Meaning.MEDICAL_APPROVAL.value, now=now, ids=ids)
        cora = confirm(uow, SIGNERS[Role.COMPLIANCE], root, Meaning.COMPLIANCE_APPROVAL.value, now=now, ids=ids)
        uow.commit()
    at_once(units, signing(round_, Role.MEDICAL, mara, now), signing(round_, Role.COMPLIANCE, cora, now))
    with units.reading() as connection:
        after = queries.round_(connection, round_.id)
    assert after is not None
    assert after.state is RoundState.APPROVED


@pytest.mark.parametrize("attempt", range(5))
def test_an_edit_and_the_last_signature_at_once_have_one_order(
    units: Units, ada: Actor, now: datetime, ids: CountingIds, attempt: int
) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        round_ = make_round(uow, version, now=now, ids=ids, roles=[Role.MEDICAL])
        meaning = Meaning.MEDICAL_APPROVAL.value
        mara = confirm(uow, SIGNERS[Role.MEDICAL], round_.closure_root, meaning, now=now, ids=ids)
        uow.commit()
    edited = ImportSource(content_source(subject="Another subject"), "imaging-prep.md")

    def edit(uow: UnitOfWork) -> object:
        return import_content(uow, edited, actor=ada, now=now, ids=CountingIds("edit"))

    signed, _ = at_once(units, signing(round_, Role.MEDICAL, mara, now), edit)
    with units.reading() as connection:
        after = queries.round_(connection, round_.id)
    assert after is not None
    if isinstance(signed, Refusal):
        assert (after.state, after.signatures) == (RoundState.VOIDED, ())
    else:
        assert after.state is RoundState.APPROVED
        assert after.closure_root == version.closure.root
