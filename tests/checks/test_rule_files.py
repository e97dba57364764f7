"""Rule packs on disk: what is refused, and where the complaint points."""

from pathlib import Path

import pytest

from app.checks.linting import RULES, load_active
from app.checks.linting import test_pack as run_examples
from app.checks.rule_files import Pack, read_packs
from app.kernel.errors import BadInput

HEAD = """id: house
title: House
owner: ada@northgate.example
effective: "2026-01-01"
reviewed: "2026-01-01"
review_by: "2027-01-01"
why: Because.
"""
RULE = """id: no-cure
kind: existence
category: cure
severity: block
remedy: rewrite
message: No cures.
citation: House rule
why: Because.
phrases:
  - cure~
examples:
  flag: [It cures acne.]
  pass: [Nothing here.]
"""


def pack(directory: Path, rule: str = RULE, head: str = HEAD) -> Path:
    folder = directory / "house"
    folder.mkdir()
    (folder / "pack.yml").write_text(head)
    (folder / "no-cure.yml").write_text(rule)
    return directory


def test_the_packs_of_this_distribution_are_active() -> None:
    active = load_active()
    assert active.names == ("house-style", "privacy-envelope", "sms-carriers", "structure", "us-federal")
    assert len(active.digest) == 64


@pytest.mark.parametrize("pack_", read_packs(RULES), ids=lambda pack_: pack_.name)
def test_every_example_of_every_rule_holds(pack_: Pack) -> None:
    assert [result for result in run_examples(pack_) if not result.holds] == []


def test_federal_claim_rules_have_eight_examples_of_each_kind() -> None:
    (federal,) = read_packs(RULES, ("us-federal",))
    assert [rule.id for rule in federal.rules if min(len(rule.examples.flag), len(rule.examples.pass_)) < 8] == []


def test_a_sound_pack_is_read(tmp_path: Path) -> None:
    (found,) = read_packs(pack(tmp_path))
    assert (found.name, found.rules[0].id, found.rules[0].owner) == ("house", "no-cure", "ada@northgate.example")


def test_a_pack_with_a_failing_example_cannot_be_activated(tmp_path: Path) -> None:
    directory = pack(tmp_path, RULE.replace("Nothing here.", "A cure."))
    assert len(read_packs(directory)) == 1
    with pytest.raises(BadInput, match="'no-cure' fails its pass example 1, 'A cure.'"):
        load_active(directory)


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("severity: block", "severity: fatal"), 4, "severity"),
        (("remedy: rewrite", "remedy: rewrite\nremedy: qualify"), 6, "given twice"),
        (("remedy: rewrite", "remedy: rewrite\ncolour: red"), 6, "colour"),
        (("- cure~", "- (cure"), 10, "does not belong here"),
        (("message: No cures.", "message: &a No cures."), 6, "Anchors"),
        (("citation: House rule", "citation: *a"), 7, "nchor"),
        (("kind: existence", "kind: guess"), 1, "guess"),
        (("- cure~", '- "@nothing"'), 1, "no word list 'nothing'"),
        (("id: no-cure", "id: other"), 1, "not the name of the file"),
        (("message: No cures.", "message: [No: {a: b"), None, "not readable as YAML"),
    ],
)
def test_a_bad_rule_file_is_refused_at_its_place(
    tmp_path: Path, change: tuple[str, str], line: int | None, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        read_packs(pack(tmp_path, RULE.replace(*change)))
    assert caught.value.source.endswith("no-cure.yml")
    assert line is None or caught.value.line == line


def test_yaml_does_not_guess(tmp_path: Path) -> None:
    directory = pack(tmp_path, RULE.replace("- cure~", "- no\n  - 1.10").replace("It cures acne.", "no"))
    assert read_packs(directory)[0].rules[0].phrases == ("no", "1.10")  # type: ignore[union-attr]


def test_the_digest_follows_every_word(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = read_packs(pack(tmp_path / "a"))[0].digest
    other = read_packs(pack(tmp_path / "b", RULE.replace("Because.", "Because!")))[0].digest
    assert one != other


def test_an_unknown_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no rule pack nowhere"):
        read_packs(pack(tmp_path), ("nowhere",))
