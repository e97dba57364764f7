"""Who must sign what, and what a broken policy file says."""

from pathlib import Path

import pytest

from app.accounts.model import Role
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.review.policies import LONGEST_VALID_DAYS, ApprovalPolicy, Traits, load_policies, parse_policies

SHIPPED = Path(__file__).parents[2] / "review_rules" / "approval_policies.yml"
M, L, C = Role.MEDICAL, Role.LEGAL, Role.COMPLIANCE


def traits(**changes: object) -> Traits:
    facts = {
        "channel": "email",
        "content_type": "email",
        "audience": "patients",
        "purpose": "education",
        "service_line": "",
        "claims": frozenset(),
        "finding_categories": frozenset(),
        **changes,
    }
    return Traits(**facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "roles", "days"),
    [
        ({}, {C}, 365),
        ({"content_type": "newsletter", "purpose": "newsletter"}, {C}, 365),
        ({"service_line": "imaging"}, {M, C}, 365),
        ({"service_line": "surgery_programme"}, {M, C}, 365),
        ({"service_line": "surgery_programme", "purpose": "offers"}, {M, L, C}, 90),
        ({"service_line": "aesthetics", "purpose": "offers"}, {M, L, C}, 90),
        ({"service_line": "aesthetics", "purpose": "offers", "channel": "sms", "content_type": "sms"}, {M, L, C}, 90),
        ({"purpose": "offers"}, {L, C}, 90),
        ({"claims": frozenset({"knee-mri-duration"})}, {M, C}, 365),
        ({"channel": "sms", "content_type": "sms"}, {L, C}, 365),
        ({"channel": "sms", "content_type": "sms", "service_line": "imaging"}, {L, C}, 365),
        ({"channel": "sms", "content_type": "sms", "claims": frozenset({"x"})}, {M, L, C}, 365),
        ({"channel": "document", "content_type": "consent_wording"}, {L, C}, 365),
        ({"channel": "document", "content_type": "disclosure"}, {L, C}, 365),
        ({"audience": "partners", "service_line": "referrals", "purpose": "partner"}, {C}, 365),
    ],
)
def test_the_shipped_policies_ask_the_right_people(changes: dict[str, object], roles: set[Role], days: int) -> None:
    chosen = load_policies(SHIPPED).choose(traits(**changes))
    assert isinstance(chosen, ApprovalPolicy)
    assert chosen.roles == roles
    assert chosen.max_valid_days == days


def test_no_policy_means_no() -> None:
    chosen = load_policies(SHIPPED).choose(traits(content_type="hologram", channel="hologram"))
    assert isinstance(chosen, Refusal)
    assert chosen.code == "no_policy"
    assert chosen.facts["channel"] == "hologram"


RULE = """policies:
  - id: one
    why: because
    when: {when}
    roles: [medical]
    max_valid_days: 30
    sla_hours: 24
"""


@pytest.mark.parametrize(
    ("when", "changes", "covers"),
    [
        ("{}", {}, True),
        ("{channel: [sms, email]}", {}, True),
        ("{channel: [sms]}", {}, False),
        ("{channel: [email], audience: [carers]}", {}, False),
        ("{claims: [any]}", {}, False),
        ("{claims: [any]}", {"claims": frozenset({"a"})}, True),
        ("{claims: [none]}", {}, True),
        ("{claims: [none]}", {"claims": frozenset({"a"})}, False),
        ("{claims: [a, b]}", {"claims": frozenset({"b", "c"})}, True),
        ("{finding_categories: [cure]}", {"finding_categories": frozenset({"cure"})}, True),
        ("{service_line: [none]}", {}, True),
        ("{service_line: [any]}", {}, False),
    ],
)
def test_every_condition_must_hold(when: str, changes: dict[str, object], covers: bool) -> None:
    (rule,) = parse_policies(RULE.replace("{when}", when), "p.yml").rules
    assert rule.covers(traits(**changes)) is covers


def test_the_first_policy_that_matches_counts() -> None:
    text = RULE.replace("{when}", "{}")
    second = text.split("\n", 1)[1].replace("one", "two").replace("medical", "legal")
    policies = parse_policies(text + second, "p.yml")
    chosen = policies.choose(traits())
    assert isinstance(chosen, ApprovalPolicy)
    assert chosen.id == "one"


def test_the_digest_is_of_what_is_decided_not_of_the_layout() -> None:
    plain = RULE.replace("{when}", "{channel: [sms]}")
    assert parse_policies("# a remark\n" + plain, "a").digest == parse_policies(plain, "b").digest
    stricter = plain.replace("[medical]", "[medical, legal]")
    assert parse_policies(stricter, "a").digest != parse_policies(plain, "a").digest
    longer = plain.replace("30", "31")
    assert parse_policies(longer, "a").digest != parse_policies(plain, "a").digest


GOOD = RULE.replace("{when}", "{}")


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "empty"),
        ("policies: []\n", 1, 1, "no policy"),
        ("rules: []\n", 1, 1, "'rules' is not known"),
        ("policies: {}\n", 1, 11, "list is expected"),
        ("policies:\n  - one\n", 2, 5, "pairs are expected"),
        (GOOD.replace("roles", "rolls"), 5, 5, "'rolls' is not known"),
        (GOOD.replace("    why: because\n", ""), 2, 5, "no 'why'"),
        (GOOD.replace("[medical]", "[writer]"), 5, 13, "'writer' cannot sign"),
        (GOOD.replace("[medical]", "[]"), 5, 12, "approve by itself"),
        (GOOD.replace("30", "366"), 6, 21, "from 1 to 365"),
        (GOOD.replace("30", "0"), 6, 21, "from 1 to 365"),
        (GOOD.replace("30", "30.5"), 6, 21, "whole number"),
        (GOOD.replace("{}", "{channel: [fax]}"), 4, 22, "'fax' is no channel"),
        (GOOD.replace("{}", "{channel: []}"), 4, 21, "never match"),
        (GOOD.replace("{}", "{chanel: [sms]}"), 4, 12, "'chanel' is not known"),
        (GOOD.replace("why: because", "why: because\n    why: twice"), 4, 5, "given twice"),
        (GOOD + GOOD.split("\n", 1)[1], 8, 5, "two policies"),
        ("policies: [\n", 2, 1, "not YAML"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        parse_policies(text, "p.yml")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.source == "p.yml"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_policies(tmp_path / "absent.yml")


def test_no_shipped_policy_outlasts_a_year() -> None:
    assert max(rule.max_valid_days for rule in load_policies(SHIPPED).rules) <= LONGEST_VALID_DAYS
