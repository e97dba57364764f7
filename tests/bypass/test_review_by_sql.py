"""Somebody with a database password tries to approve what was not approved. The database refuses each attempt."""

from datetime import datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from app.accounts.model import Actor, Role
from app.kernel.clock import iso
from app.review.model import Meaning, Round, ThreadKind
from app.review.operations import EndRound, OpenThread, open_thread, withdraw
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.review import SIGNERS, confirm, make_approved_round, make_round, sign_as
from tests.fakes import CountingIds

pytestmark = pytest.mark.usefixtures("people")


def refused(connection: Connection, statement: str, says: str, **values: object) -> None:
    """Run a statement and expect the database to refuse it for the right reason; the transaction goes on."""
    point = connection.begin_nested()
    with pytest.raises(DatabaseError, match=says):
        connection.execute(text(statement), values)
    point.rollback()


def allowed(connection: Connection, statement: str, **values: object) -> None:
    """Run a statement that must work, so that the refusals beside it are not refused for a typing error."""
    point = connection.begin_nested()
    assert connection.execute(text(statement), values).rowcount == 1
    point.rollback()


ROUND_COPY = (
    "INSERT INTO review_rounds SELECT :new, item_id, version_id, {root}, report_id, report_digest, {blocks}, pack_digest, "
    "policy, policy_digest, max_valid_days, {state}, state_since, submitted_by, submitted_at, due_at, note "
    "FROM review_rounds WHERE id = :old"
)
SIGN = (
    "INSERT INTO signatures (id, round_id, version_id, closure_root, signer_id, signer_name, role, meaning, step_up_id, "
    "statement, signature, key_id, signed_at) "
    "VALUES ('forged', :round, :version, :root, :signer, 'X', :role, :meaning, :step_up, '{{}}', '00', 'k', :at)"
).replace("{{}}", "{}")


def copy(state: str = "'open'", root: str = "closure_root", blocks: str = "report_blocks") -> str:
    return ROUND_COPY.format(state=state, root=root, blocks=blocks)


def signature(round_: Round, step_up: str, now: datetime, **changes: str) -> dict[str, str]:
    return {
        "round": round_.id,
        "version": round_.version_id,
        "root": round_.closure_root,
        "signer": "mara",
        "role": "medical",
        "meaning": "medical_approval",
        "step_up": step_up,
        "at": iso(now),
        **changes,
    }


def test_a_round_starts_open_on_the_bytes_of_its_version(
    units: Units, ada: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        old = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        withdraw(uow, EndRound(old.id, "Later."), actor=ada, now=now, ids=ids)
        db, who = uow.connection, {"old": old.id, "new": "forged"}
        allowed(db, copy(), **who)
        for state in ("approved", "declined", "voided", "anything"):
            refused(db, copy(f"'{state}'"), "a round starts open", **who)
        refused(db, copy(root=f"'{'0' * 64}'"), "(?i)foreign key", **who)
        refused(db, copy(blocks="1"), "(?i)no_block_findings|foreign key", **who)


def test_an_item_has_one_open_round(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        old = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        refused(uow.connection, copy(), "(?i)unique", old=old.id, new="forged")


def test_approval_needs_every_signature(units: Units, now: datetime, ids: CountingIds) -> None:
    approve = "UPDATE review_rounds SET state = 'approved' WHERE id = :id"
    with units() as uow:
        nobody = make_round(uow, make_version(uow, "nobody", now=now, ids=ids), now=now, ids=ids, roles=[])
        refused(uow.connection, approve, "every required role", id=nobody.id)
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        refused(uow.connection, approve, "every required role", id=round_.id)
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        refused(uow.connection, approve, "every required role", id=round_.id)


@pytest.mark.parametrize("after", ["open", "declined", "voided", "withdrawn", "changes_requested"])
def test_a_round_that_ended_stays_ended(units: Units, now: datetime, ids: CountingIds, after: str) -> None:
    with units() as uow:
        round_ = make_approved_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        change = "UPDATE review_rounds SET state = :after WHERE id = :id"
        refused(uow.connection, change, "transition table", after=after, id=round_.id)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "'other'"),
        ("item_id", "'other'"),
        ("version_id", "'other'"),
        ("closure_root", "'other'"),
        ("report_id", "'other'"),
        ("report_digest", "'other'"),
        ("report_blocks", "1"),
        ("pack_digest", "'other'"),
        ("policy", "'other'"),
        ("policy_digest", "'other'"),
        ("max_valid_days", "9999"),
        ("submitted_by", "'lev'"),
        ("submitted_at", "'2020-01-01T00:00:00.000000Z'"),
        ("due_at", "'2020-01-01T00:00:00.000000Z'"),
        ("note", "'other'"),
    ],
)
def test_only_the_state_of_a_round_changes(
    units: Units, now: datetime, ids: CountingIds, column: str, value: str
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        change = f"UPDATE review_rounds SET {column} = {value} WHERE id = :id"
        refused(uow.connection, change, "only the state of a round changes", id=round_.id)


def test_rounds_roles_signatures_and_decisions_are_not_edited_or_deleted(
    units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        open_thread(uow, OpenThread(round_.id, ThreadKind.NOTE, "a", "b"), actor=mara, now=now, ids=ids)
        withdraw(uow, EndRound(round_.id, "Later."), actor=ada, now=now, ids=ids)
        for table in ("review_rounds", "review_threads"):
            refused(uow.connection, f"DELETE FROM {table}", "never deleted")
        for table in ("round_roles", "signatures", "review_decisions", "review_comments"):
            refused(uow.connection, f"DELETE FROM {table}", "append-only")
        for change in (
            "round_roles SET role = 'legal'",
            "signatures SET signer_name = 'Somebody'",
            "review_decisions SET reason = 'another'",
            "review_comments SET body = 'another'",
        ):
            refused(uow.connection, f"UPDATE {change}", "append-only")


def test_roles_are_named_when_the_round_opens(units: Units, now: datetime, ids: CountingIds) -> None:
    add = "INSERT INTO round_roles (round_id, role) VALUES (:id, :role)"
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        allowed(uow.connection, add, id=round_.id, role="legal")
        refused(uow.connection, add, "cannot sign", id=round_.id, role="writer")
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        refused(uow.connection, add, "when the round opens", id=round_.id, role="legal")
        sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids)
        refused(uow.connection, add, "when the round opens", id=round_.id, role="legal")


def test_forged_signatures_are_refused(
    units: Units, ada: Actor, mara: Actor, lev: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        meaning = Meaning.MEDICAL_APPROVAL.value
        mine = confirm(uow, mara, round_.closure_root, meaning, now=now, ids=ids, used=True)
        allowed(db, SIGN, **signature(round_, mine, now))
        # Her own words, even with the role: by leaf and by having saved the version.
        db.execute(text(f"INSERT INTO person_roles VALUES ('ada', 'medical', 'x', '{iso(now)}')"))
        hers = confirm(uow, ada, round_.closure_root, meaning, now=now, ids=ids, used=True)
        refused(db, SIGN, "their own words", **signature(round_, hers, now, signer="ada"))
        # A role she does not hold, a role nobody asked for, a meaning that is not the role's.
        others = confirm(uow, lev, round_.closure_root, meaning, now=now, ids=ids, used=True)
        refused(db, SIGN, "does not hold the role", **signature(round_, others, now, signer="lev"))
        legal = confirm(uow, lev, round_.closure_root, "legal_approval", now=now, ids=ids, used=True)
        asked = signature(round_, legal, now, signer="lev", role="legal", meaning="legal_approval")
        refused(db, SIGN, "(?i)foreign key", **asked)
        wrong = confirm(uow, mara, round_.closure_root, "legal_approval", now=now, ids=ids, used=True)
        refused(db, SIGN, "meaning is not", **signature(round_, wrong, now, meaning="legal_approval"))
        # Other bytes, another version's round, no confirmation, somebody else's, an unused one.
        refused(db, SIGN, "(?i)confirm|foreign key", **signature(round_, mine, now, root="0" * 64))
        refused(db, SIGN, "did not confirm", **signature(round_, "nothing", now))
        refused(db, SIGN, "did not confirm", **signature(round_, others, now))
        unused = confirm(uow, mara, round_.closure_root, meaning, now=now, ids=ids)
        refused(db, SIGN, "did not confirm", **signature(round_, unused, now))
        elsewhere = confirm(uow, mara, "0" * 64, meaning, now=now, ids=ids, used=True)
        refused(db, SIGN, "did not confirm", **signature(round_, elsewhere, now))
        db.execute(text("UPDATE people SET state = 'deactivated' WHERE id = 'mara'"))
        refused(db, SIGN, "deactivated", **signature(round_, mine, now))


def test_one_person_one_role_one_confirmation(units: Units, mara: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        db.execute(text(f"INSERT INTO person_roles VALUES ('mara', 'compliance', 'x', '{iso(now)}')"))
        db.execute(text(f"INSERT INTO person_roles VALUES ('lev', 'medical', 'x', '{iso(now)}')"))
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        second = confirm(uow, mara, round_.closure_root, "compliance_approval", now=now, ids=ids, used=True)
        both = signature(round_, second, now, role="compliance", meaning="compliance_approval")
        refused(db, SIGN, "(?i)unique", **both)
        lev = SIGNERS[Role.LEGAL]
        other = confirm(uow, lev, round_.closure_root, "medical_approval", now=now, ids=ids, used=True)
        refused(db, SIGN, "(?i)unique", **signature(round_, other, now, signer="lev"))


def test_a_round_that_is_not_open_takes_no_signature(
    units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        mine = confirm(uow, mara, round_.closure_root, "medical_approval", now=now, ids=ids, used=True)
        withdraw(uow, EndRound(round_.id, "Later."), actor=ada, now=now, ids=ids)
        refused(uow.connection, SIGN, "not open", **signature(round_, mine, now))


def test_an_open_must_comment_stops_a_signature_and_cannot_be_waved_away(
    units: Units, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        db = uow.connection
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        open_thread(uow, OpenThread(round_.id, ThreadKind.MUST, "a", "b"), actor=mara, now=now, ids=ids)
        mine = confirm(uow, mara, round_.closure_root, "medical_approval", now=now, ids=ids, used=True)
        refused(db, SIGN, "must be settled", **signature(round_, mine, now))
        refused(db, "UPDATE review_threads SET kind = 'note'", "only the state")
        refused(db, "UPDATE review_threads SET quote = 'other'", "only the state")
        refused(db, "UPDATE review_threads SET state = 'gone'", "transition table")


def test_a_decision_names_how_its_round_ended(units: Units, mara: Actor, now: datetime, ids: CountingIds) -> None:
    decide = "INSERT INTO review_decisions (id, round_id, person_id, kind, reason, at) VALUES ('x', :id, 'mara', :kind, 'r', :at)"
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        for kind in ("declined", "approved", "open"):
            refused(uow.connection, decide, "how its round ended", id=round_.id, kind=kind, at=iso(now))
