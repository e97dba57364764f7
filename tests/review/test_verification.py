"""Evidence that was copied, cut out or rewritten is found (T22), even by somebody who can remove the triggers."""

from collections.abc import Iterable
from datetime import datetime

import pytest
from sqlalchemy import Connection, text

from app.accounts.model import Role
from app.insights.schema import guards
from app.review.verification import signatures
from app.storage.guards import drop_guards
from app.storage.keys import SigningKey
from app.storage.unit_of_work import UnitOfWork, Units
from tests.builders.content import make_version
from tests.builders.review import ORGANISATION, make_approved_round, make_round
from tests.fakes import CountingIds

pytestmark = pytest.mark.usefixtures("people")
KEY = ORGANISATION.verify_key


def codes(connection: Connection) -> set[str]:
    return {problem.code for problem in signatures(connection, KEY)}


def tampering(uow: UnitOfWork, statements: Iterable[str]) -> set[str]:
    """What verification says after an owner of the database did this; foreign keys stay, triggers do not."""
    drop_guards(uow.connection, guards())
    for statement in statements:
        uow.connection.execute(text(statement))
    return codes(uow.connection)


def test_an_honest_database_has_no_problem(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        make_round(uow, make_version(uow, "open-one", now=now, ids=ids), now=now, ids=ids)
        assert codes(uow.connection) == set()
        other = SigningKey(bytes(32)).verify_key
        assert {p.code for p in signatures(uow.connection, other)} == {"signature_wrong", "round_not_carried"}


MEDICAL = "WHERE role = 'medical'"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("signer_id = 'lev'", "signature_misplaced"),
        ("signer_name = 'Somebody Else'", "signature_misplaced"),
        ("meaning = 'legal_approval'", "signature_misplaced"),
        ("signed_at = '2026-03-02T15:00:00.000001Z'", "signature_misplaced"),
        ("key_id = 'another'", "signature_wrong"),
        ("signature = '00'", "signature_wrong"),
        ("statement = replace(statement, 'Mara', 'Mora')", "signature_wrong"),
        ("statement = '{}'", "signature_unreadable"),
    ],
)
def test_a_changed_signature_row_is_named(
    units: Units, now: datetime, ids: CountingIds, change: str, expected: str
) -> None:
    with units() as uow:
        make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        found = tampering(uow, [f"UPDATE signatures SET {change} {MEDICAL}"])
    assert found == {expected, "round_not_carried"}


def test_a_signature_cut_out_leaves_a_round_that_nothing_carries(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        assert tampering(uow, [f"DELETE FROM signatures {MEDICAL}"]) == {"round_not_carried"}


def test_a_signature_copied_to_another_round_is_named(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids, roles=[Role.MEDICAL])
        other = make_version(uow, "other", now=now, ids=ids)
        target = make_round(uow, other, now=now, ids=ids, roles=[Role.MEDICAL])
        uow.connection.execute(
            text(
                "INSERT INTO step_ups SELECT 'copied', person_id, session_id, act, digest, meaning, method, granted_at, used_at "
                "FROM step_ups"
            )
        )
        copied = (
            f"INSERT INTO signatures SELECT 'copied', '{target.id}', '{other.id}', '{other.closure.root}', signer_id, "
            "signer_name, role, meaning, 'copied', statement, signature, key_id, signed_at FROM signatures"
        )
        approve = f"UPDATE review_rounds SET state = 'approved' WHERE id = '{target.id}'"
        assert tampering(uow, [copied, approve]) == {"signature_misplaced", "round_not_carried"}


@pytest.mark.parametrize("change", ["max_valid_days = 9999", "policy_digest = 'other'"])
def test_a_round_rewritten_after_signing_is_named(units: Units, now: datetime, ids: CountingIds, change: str) -> None:
    with units() as uow:
        make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        found = tampering(uow, [f"UPDATE review_rounds SET {change}"])
    assert found == {"signature_misplaced", "round_not_carried"}


def test_an_author_added_to_a_signed_version_is_named(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        make_approved_round(uow, version, now=now, ids=ids)
        added = f"INSERT INTO leaf_authors (version_id, leaf, person_id) VALUES ('{version.id}', 'body', 'mara')"
        assert tampering(uow, [added]) == {"signature_own_words", "round_not_carried"}


def test_an_approval_nobody_was_asked_for_is_named(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids, roles=[])
        assert tampering(uow, ["UPDATE review_rounds SET state = 'approved'"]) == {"round_not_carried"}
