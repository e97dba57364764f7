"""Review with people and a database."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.accounts.model import Actor, PersonState, Role
from app.accounts.tables import PersonRoleRow, PersonRow
from app.authoring.operations import ImportSource
from app.checks.linting import load_active
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal
from app.review import queries
from app.review.model import Meaning, Round, RoundState
from app.review.operations import (
    EndRound,
    MoveThread,
    Sign,
    Submit,
    decline,
    import_content,
    settle,
    sign,
    submit,
    void_open_rounds,
    withdraw,
)
from app.review.policies import ApprovalPolicies, load_policies
from app.storage.rows import change_rows, remove_rows, table_of
from app.storage.unit_of_work import UnitOfWork, Units
from tests.builders.content import content_source, make_version
from tests.builders.review import ORGANISATION, confirm, make_approved_round, make_round, sign_as
from tests.fakes import CountingIds, CountingTokens

POLICIES = load_policies(Path(__file__).parents[2] / "review_rules" / "approval_policies.yml")
pytestmark = pytest.mark.usefixtures("people")


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def submitted(uow: UnitOfWork, now: datetime, ids: CountingIds, ada: Actor) -> Round | Refusal:
    version = make_version(uow, now=now, ids=ids)
    command = Submit(version.id, "Please look at the first paragraph.", load_active(), POLICIES)
    return submit(uow, command, actor=ada, now=now, ids=ids)


def test_ada_submits_and_the_policy_names_who_signs(units: Units, ada: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = submitted(uow, now, ids, ada)
        uow.commit()
    assert isinstance(round_, Round)
    assert round_.state is RoundState.OPEN
    assert round_.required == {Role.MEDICAL, Role.COMPLIANCE}
    assert round_.leaf_authors == {"ada"}
    assert round_.due_at == now + timedelta(hours=48)
    with units.reading() as connection:
        assert queries.open_rounds(connection) == (round_,)


def test_a_finding_that_blocks_stops_submission(units: Units, ada: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        version = make_version(
            uow, now=now, ids=ids, body="We guarantee a cure. {{ postal_address }}\n{{ unsubscribe_url }}\n"
        )
        outcome = submit(uow, Submit(version.id, "", load_active(), POLICIES), actor=ada, now=now, ids=ids)
    assert code(outcome) == "block_findings"
    assert isinstance(outcome, Refusal)
    assert outcome.facts["rules"]


def test_otto_submits_nothing_and_an_absent_policy_means_no(
    units: Units, ada: Actor, otto: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        command = Submit(version.id, "", load_active(), ApprovalPolicies(()))
        assert code(submit(uow, command, actor=otto, now=now, ids=ids)) == "not_permitted"
        assert code(submit(uow, command, actor=ada, now=now, ids=ids)) == "no_policy"


def test_one_round_at_a_time_and_on_the_latest_version(
    units: Units, ada: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        first = make_version(uow, now=now, ids=ids)
        second = make_version(uow, now=now, ids=ids, body="Other words, {{ postal_address }} {{ unsubscribe_url }}\n")
        packs = load_active()
        old = submit(uow, Submit(first.id, "", packs, POLICIES), actor=ada, now=now, ids=ids)
        assert code(old) == "not_latest_version"
        make_round(uow, second, now=now, ids=ids)
        again = submit(uow, Submit(second.id, "", packs, POLICIES), actor=ada, now=now, ids=ids)
        assert code(again) == "round_open"


def test_two_signatures_approve(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        one = sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        assert isinstance(one, Round)
        assert one.state is RoundState.OPEN
        assert one.missing == {Role.COMPLIANCE}
        two = sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids)
        uow.commit()
    assert isinstance(two, Round)
    assert two.state is RoundState.APPROVED
    assert {s.statement.signer_name for s in two.signatures} == {"Cora Compliance", "Mara Medical"}
    assert two.missing == set()


def test_a_new_version_voids_the_round_and_keeps_its_signature(
    units: Units, ada: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        same = ImportSource(content_source(), "imaging-prep.md")
        import_content(uow, same, actor=ada, now=now, ids=ids)
        still = queries.round_(uow.connection, round_.id)
        assert still is not None
        assert still.state is RoundState.OPEN
        edited = ImportSource(content_source(subject="Getting ready for your visits"), "imaging-prep.md")
        import_content(uow, edited, actor=ada, now=now, ids=ids)
        voided = queries.round_(uow.connection, round_.id)
        assert voided is not None
        assert voided.state is RoundState.VOIDED
        assert [s.statement.closure_root for s in voided.signatures] == [round_.closure_root]
        late = sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids)
        assert code(late) == "round_not_allowed"
        assert void_open_rounds(uow, round_.item_id, actor=ada, now=now) == 0


def test_a_version_saved_past_review_still_stops_the_signature(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        make_version(uow, now=now, ids=ids, subject="Another subject")
        assert code(sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)) == "content_changed"


def test_a_role_lost_after_the_page_was_opened_counts(
    units: Units, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    roles = table_of(PersonRoleRow)
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        remove_rows(uow, PersonRoleRow, [roles.c.person_id == "mara"])
        assert code(sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids, actor=mara)) == "role_not_held"


def test_a_deactivated_reviewer_signs_nothing(units: Units, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        where = [table_of(PersonRow).c.id == "mara"]
        change_rows(uow, PersonRow, where, {"state": PersonState.DEACTIVATED.value})
        assert code(sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)) == "role_not_held"


def test_a_confirmation_serves_one_signature_on_one_thing(
    units: Units, mara: Actor, cora: Actor, now: datetime, ids: CountingIds, tokens: CountingTokens
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        root, report = round_.closure_root, round_.report_digest

        def attempt(step_up: str, role: Role, actor: Actor, at: datetime = now) -> str:
            command = Sign(round_.id, root, report, role, step_up)
            return code(sign(uow, command, actor=actor, now=at, ids=ids, tokens=tokens, key=ORGANISATION))

        medical = confirm(uow, mara, root, Meaning.MEDICAL_APPROVAL.value, now=now, ids=ids)
        assert attempt(medical, Role.COMPLIANCE, cora) == "step_up_other"
        assert attempt("nothing", Role.MEDICAL, mara) == "step_up_other"
        elsewhere = confirm(uow, mara, "0" * 64, Meaning.MEDICAL_APPROVAL.value, now=now, ids=ids)
        assert attempt(elsewhere, Role.MEDICAL, mara) == "step_up_other"
        assert attempt(medical, Role.MEDICAL, mara, now + timedelta(minutes=5)) == "step_up_expired"
        used = confirm(uow, mara, root, Meaning.MEDICAL_APPROVAL.value, now=now, ids=ids, used=True)
        assert attempt(used, Role.MEDICAL, mara) == "step_up_used"
        assert attempt(medical, Role.MEDICAL, mara) == ""


def test_ada_and_otto_may_not_sign(units: Units, ada: Actor, otto: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        for actor in (ada, otto):
            assert code(sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids, actor=actor)) == "not_permitted"


def test_declined_words_do_not_come_back_unchanged(
    units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        round_ = make_round(uow, version, now=now, ids=ids)
        assert code(decline(uow, EndRound(round_.id, ""), actor=mara, now=now, ids=ids)) == "reason_missing"
        ended = decline(uow, EndRound(round_.id, "Not true for children."), actor=mara, now=now, ids=ids)
        assert isinstance(ended, Round)
        assert ended.state is RoundState.DECLINED
        again = submit(uow, Submit(version.id, "", load_active(), POLICIES), actor=ada, now=now, ids=ids)
        assert code(again) == "version_declined"
        uow.commit()


def test_ada_withdraws_before_the_last_signature_and_not_after(
    units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        version = make_version(uow, now=now, ids=ids)
        round_ = make_round(uow, version, now=now, ids=ids)
        reason = EndRound(round_.id, "A better draft is coming.")
        assert code(withdraw(uow, reason, actor=mara, now=now, ids=ids)) == "not_permitted"
        assert isinstance(withdraw(uow, reason, actor=ada, now=now, ids=ids), Round)
        approved = make_approved_round(uow, version, now=now, ids=ids)
        late = EndRound(approved.id, "Oh no.")
        assert code(withdraw(uow, late, actor=ada, now=now, ids=ids)) == "round_not_allowed"


def test_the_queue_shows_mara_what_she_can_sign(
    units: Units, ada: Actor, mara: Actor, lev: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        (task,) = queries.queue(uow.connection, mara)
        assert (task.round_.id, task.roles) == (round_.id, frozenset({Role.MEDICAL}))
        assert queries.queue(uow.connection, lev) == ()
        assert queries.queue(uow.connection, ada) == ()
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        assert queries.queue(uow.connection, mara) == ()


def test_what_does_not_exist_is_said_so(units: Units, mara: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        with pytest.raises(NotFound):
            decline(uow, EndRound("nowhere", "x"), actor=mara, now=now, ids=ids)
        with pytest.raises(NotFound):
            settle(uow, MoveThread("nowhere"), actor=mara, now=now, ids=ids)


def test_everything_written_is_in_the_log(units: Units, mara: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        uow.commit()
        sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)
        actions = [note.action for note in uow._notes]
    assert actions == ["accounts.step_up.granted", "accounts.step_up.used", "review.round.signed"]
