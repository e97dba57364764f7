"""Every rule carries texts it must flag and texts it must leave alone, and all of them come out so."""

import pytest

from app.checks import linting
from app.checks.rule_files import Pack, read_packs
from tests.architecture.sources import project_files

PACKS = read_packs(linting.RULES, ())


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_rule_has_both_kinds_of_examples(pack: Pack) -> None:
    assert pack.rules
    assert [rule.id for rule in pack.rules if not (rule.examples.flag and rule.examples.pass_)] == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_example_comes_out_as_it_says(pack: Pack) -> None:
    failing = [(r.rule, r.expected, r.number, r.why) for r in linting.test_pack(pack) if not r.holds]
    assert failing == []


def test_every_folder_of_rules_is_a_pack() -> None:
    folders = {
        name.split("/")[1] for name in project_files() if name.startswith("review_rules/") and name.count("/") == 2
    }
    assert folders == {pack.name for pack in PACKS}
