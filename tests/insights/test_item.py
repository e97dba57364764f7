"""What stands around one version, and what the rules say of it now."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.checks.linting import active_packs
from app.checks.model import CheckContext
from app.insights.item import item_detail, judge, judge_source, judge_version, policy_for, siblings
from app.kernel.errors import BadInput, NotFound
from app.publishing.model import VersionState
from app.review.policies import load_policies
from tests.builders.clinic import PACK, POLICIES, RULE
from tests.builders.content import BODY, PACK_DIGEST, make_report, make_version
from tests.builders.sending import Sending
from tests.insights.conftest import Read


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of the house: one, that nobody can promise a cure."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "house").mkdir()
    (folder / "house" / "pack.yml").write_text(PACK)
    (folder / "house" / "no-cure.yml").write_text(RULE)
    (folder / "approval_policies.yml").write_text(POLICIES)
    return folder


@pytest.fixture
def item_id(sending: Sending) -> str:
    return sending.publication.item_id


def over_claim(sending: Sending) -> None:
    """Version 2, a draft, with a report by other rules that found nothing."""
    now, ids = sending.clock.now(), sending.ids
    body = BODY.replace("Please bring", "It cures acne. Please bring")
    sending.commit(lambda uow: make_report(uow, make_version(uow, now=now, ids=ids, body=body), now=now, ids=ids))


def test_siblings_stand_newest_first_each_with_its_status(sending: Sending, item_id: str, read: Read) -> None:
    over_claim(sending)
    now = sending.clock.now()
    found = read(siblings, read(item_detail, item_id, None, now), now)
    assert [v.number for v in found.versions] == [2, 1]
    assert found.statuses[2].state is VersionState.DRAFT
    assert found.statuses[1].published
    assert [p.id for p in found.publications] == [sending.publication.id]
    assert [title for title, _ in found.used_in] == ["Getting ready"]
    assert found.names["ada"] == "Ada Writer"


def test_a_draft_is_judged_by_the_rules_in_force_now(sending: Sending, item_id: str, rules: Path, read: Read) -> None:
    over_claim(sending)
    now, packs = sending.clock.now(), active_packs(rules)
    judged = judge(read(item_detail, item_id, 2, now), packs, now)
    assert [finding["rule"] for finding in judged.findings] == ["no-cure"]
    assert judged.report is not None
    assert judged.packs == f"house ({packs.digest[:8]})" or judged.packs.endswith(f"({packs.digest[:8]})")


def test_what_was_signed_keeps_the_report_it_was_signed_with(
    sending: Sending, item_id: str, rules: Path, read: Read
) -> None:
    now = sending.clock.now()
    judged = judge(read(item_detail, item_id, 1, now), active_packs(rules), now)
    assert (judged.findings, judged.report, judged.packs) == ((), None, PACK_DIGEST[:8])
    later = judge(read(item_detail, item_id, 1, now + timedelta(days=400)), active_packs(rules), now)
    assert later == judged


def test_judging_stores_nothing(sending: Sending, item_id: str, rules: Path, read: Read) -> None:
    over_claim(sending)
    now = sending.clock.now()
    before = read(item_detail, item_id, 2, now)
    judge(before, active_packs(rules), now)
    assert read(item_detail, item_id, 2, now) == before


def test_the_policy_needs_a_judgement_of_now(sending: Sending, item_id: str, rules: Path, read: Read) -> None:
    now, packs = sending.clock.now(), active_packs(rules)
    shown = read(item_detail, item_id, 1, now)
    policies = load_policies(rules / "approval_policies.yml")
    chosen = policy_for(shown.version, judge_version(shown.version, packs, now), policies)
    assert chosen is not None
    assert chosen.id == "everything"
    assert policy_for(shown.version, judge(shown, packs, now), policies) is None


def test_a_text_that_cannot_be_read_is_named_with_its_place(rules: Path) -> None:
    with pytest.raises(BadInput) as problem:
        judge_source("---\nid: x\n", active_packs(rules), CheckContext())
    assert problem.value.line == 1


def test_an_item_that_is_not_there_is_not_found(sending: Sending, read: Read) -> None:
    with pytest.raises(NotFound):
        read(item_detail, "nothing", None, sending.clock.now())
