"""The decision: every check, every code, and that nothing which is added against a message ever lets it go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gate import policy
from app.gate.model import CheckResult, GateFacts, Verdict
from app.gate.policy import CHECKS, decide
from app.gate.stored_facts import facts_from_json, facts_to_json, results_to_json
from app.insights.wording_gate import CHECKS as CHECK_WORDS
from app.insights.wording_gate import REASONS
from app.kernel.digest import canonical, digest_of
from app.outbox.model import Purpose
from app.sequences.schedule import US_ZONES
from tests.fakes import MONDAY
from tests.strategies.gate import PASSING, changed, gate_facts, instants

REFUSE, HOLD, PERMIT = Verdict.REFUSE, Verdict.HOLD, Verdict.PERMIT
MICRO = timedelta(microseconds=1)
OTHER = "d" * 64

CASES = [
    ("approval", "approval_missing", REFUSE, "content", {"signed_roles": ("medical",)}),
    ("approval", "approval_missing", REFUSE, "content", {"required_roles": (), "signed_roles": ()}),
    ("approval", "approval_missing", REFUSE, "content", {"signatures_valid": False}),
    ("stored_bytes", "bytes_changed", REFUSE, "content", {"recomputed_root": OTHER}),
    ("stored_bytes", "bytes_changed", REFUSE, "content", {"message_root": OTHER}),
    ("stored_bytes", "bytes_changed", REFUSE, "content", {"publication_root": OTHER}),
    ("window", "approval_not_started", HOLD, "content", {"valid_from": MONDAY + MICRO}),
    ("window", "approval_expired", REFUSE, "content", {"valid_until": MONDAY}),
    ("publication_state", "recalled", REFUSE, "content", {"state": "recalled"}),
    ("publication_state", "approval_expired", REFUSE, "content", {"state": "expired"}),
    ("publication_state", "quarantined", HOLD, "content", {"state": "quarantined"}),
    ("publication_state", "superseded", HOLD, "content", {"state": "superseded"}),
    ("publication_state", "approval_missing", REFUSE, "content", {"state": "a state of tomorrow"}),
    ("channel", "channel_mismatch", REFUSE, "content", {"channel": "sms"}),
    ("purpose", "purpose_mismatch", HOLD, "content", {"purpose": "offers"}),
    ("audience", "audience_mismatch", REFUSE, "content", {"lead_type": "partner"}),
    ("audience", "audience_mismatch", REFUSE, "consent", {"lead_type": ""}),
    ("jurisdiction", "jurisdiction_mismatch", REFUSE, "consent", {"region": "UK"}),
    ("jurisdiction", "jurisdiction_mismatch", REFUSE, "content", {"jurisdictions": ()}),
    ("jurisdiction", "jurisdiction_mismatch", REFUSE, "content", {"jurisdictions": ("US-FL",)}),
    ("rendered_bytes", "gate_error", HOLD, "rendered", {"failure": "KeyError"}),
    ("rendered_bytes", "bytes_changed", REFUSE, "rendered", {"matches_skeleton": False}),
    ("merge_values", "merge_value_missing", HOLD, "rendered", {"missing_fields": ("first_name",)}),
    ("merge_values", "merge_value_not_allowed", HOLD, "rendered", {"refused_fields": ("first_name",)}),
    ("rendered_findings", "finding_on_rendered", REFUSE, "rendered", {"block_findings": ("CL-01",)}),
    ("required_content", "required_content_missing", REFUSE, "rendered", {"has_postal_address": False}),
    ("required_content", "required_content_missing", REFUSE, "rendered", {"has_unsubscribe": False}),
    ("required_content", "required_content_missing", REFUSE, "rendered", {"has_sender": False}),
    ("lead", "contact_erased", REFUSE, "consent", {"erased": True}),
    ("agreement", "consent_missing", REFUSE, "consent", {"state": "unknown"}),
    ("agreement", "consent_out", REFUSE, "consent", {"state": "out"}),
    ("agreement", "consent_expired", REFUSE, "consent", {"state": "expired"}),
    ("agreement", "consent_missing", REFUSE, "consent", {"state": "a state of tomorrow"}),
    ("agreement", "consent_missing", REFUSE, "consent", {"event_id": None}),
    ("agreement", "consent_unproven", REFUSE, "consent", {"sendable": False}),
    ("suppression", "suppressed_opt_out", REFUSE, "consent", {"suppressions": ("opt_out",)}),
    ("suppression", "suppressed_bounce", REFUSE, "consent", {"suppressions": ("bounce",)}),
    ("suppression", "suppressed_complaint", REFUSE, "consent", {"suppressions": ("complaint",)}),
    ("suppression", "suppressed_manual", REFUSE, "consent", {"suppressions": ("manual",)}),
    ("quiet_hours", "quiet_hours", HOLD, "pacing", {"start_hour": 11}),
    ("quiet_hours", "quiet_hours", HOLD, "pacing", {"end_hour": 10}),
    ("quiet_hours", "quiet_hours", HOLD, "pacing", {"weekdays": (1,)}),
    ("quiet_hours", "no_common_hours", HOLD, "pacing", {"zones": ()}),
    ("quiet_hours", "no_common_hours", HOLD, "pacing", {"weekdays": ()}),
    ("frequency_cap", "cap_reached", HOLD, "pacing", {"sent_in_window": 3}),
    ("usefulness", "too_late", HOLD, "pacing", {"not_after": MONDAY}),
    ("sender", "sender_unverified", HOLD, "sender", {"from_address_known": False}),
    ("kill_switch", "kill_switch", HOLD, "sender", {"kill_switches": ("all",)}),
    ("sequence", "step_paused", HOLD, "sender", {"sequence_state": "paused"}),
    ("sequence", "sequence_stopped", HOLD, "sender", {"sequence_state": "retired"}),
    ("sequence", "sequence_stopped", HOLD, "sender", {"sequence_state": "a state of tomorrow"}),
    ("enrollment", "enrollment_ended", REFUSE, "sender", {"enrollment_state": "stopped"}),
    ("enrollment", "enrollment_ended", REFUSE, "sender", {"enrollment_state": "finished"}),
    ("transport", "no_transport", HOLD, "sender", {"transport_ready": False}),
    ("instance", "instance_held", HOLD, "sender", {"instance_hold": "database_behind_journal"}),
    ("clock", "clock_behind", HOLD, "sender", {"clock_behind_ms": 2_001}),
]


def verdict(facts: GateFacts, at: datetime = MONDAY) -> Verdict:
    return decide(Purpose.NURTURE, facts, at).verdict


def test_what_passes_every_check_is_permitted_and_every_check_is_stored() -> None:
    decision = decide(Purpose.NURTURE, PASSING, MONDAY)
    assert decision.verdict is PERMIT
    assert decision.reasons == ()
    assert [r.check for r in decision.results] == [check.__name__ for check in CHECKS[Purpose.NURTURE]]


@pytest.mark.parametrize(("check", "code", "expected", "part", "values"), CASES)
def test_each_check_stops_for_its_own_reason_and_no_other(
    check: str, code: str, expected: Verdict, part: str, values: dict[str, object]
) -> None:
    decision = decide(Purpose.NURTURE, changed(part, **values), MONDAY)
    assert decision.verdict is expected
    assert [(r.check, r.code, r.verdict) for r in decision.reasons] == [(check, code, expected)]


def test_every_check_has_a_case_and_every_code_has_words() -> None:
    assert {check for check, *_ in CASES} == {check.__name__ for check in CHECKS[Purpose.NURTURE]}
    assert {code for _, code, *_ in CASES} <= set(REASONS)
    assert {check.__name__ for check in CHECKS[Purpose.NURTURE]} | {"facts"} == set(CHECK_WORDS)


def test_all_reasons_are_told_strictest_first() -> None:
    facts = changed("consent", changed("sender", kill_switches=("all",)), state="out", suppressions=("opt_out",))
    decision = decide(Purpose.NURTURE, facts, MONDAY)
    assert [r.code for r in decision.reasons] == ["consent_out", "suppressed_opt_out", "kill_switch"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (MONDAY - MICRO, HOLD),
        (MONDAY, PERMIT),
        (MONDAY + timedelta(hours=1) - MICRO, PERMIT),
        (MONDAY + timedelta(hours=1), REFUSE),
        (MONDAY + timedelta(hours=1) + MICRO, REFUSE),
    ],
)
def test_the_window_is_half_open_to_the_microsecond(at: datetime, expected: Verdict) -> None:
    assert verdict(changed("content", valid_from=MONDAY, valid_until=MONDAY + timedelta(hours=1)), at) is expected


@pytest.mark.parametrize("check", CHECKS[Purpose.NURTURE], ids=lambda check: check.__name__)
def test_a_check_that_raises_is_a_hold(check: policy.Check, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(facts: GateFacts, at: datetime) -> CheckResult:
        raise ZeroDivisionError

    broken.__name__ = check.__name__
    checks = tuple(broken if c is check else c for c in CHECKS[Purpose.NURTURE])
    monkeypatch.setattr(policy, "CHECKS", {Purpose.NURTURE: checks})
    decision = decide(Purpose.NURTURE, PASSING, MONDAY)
    assert decision.verdict is HOLD
    [reason] = decision.reasons
    assert (reason.check, reason.code, reason.facts) == (check.__name__, "gate_error", {"error": "ZeroDivisionError"})
    assert decision.retry_at is None


@given(gate_facts(), instants())
def test_a_permit_means_that_every_check_passed(facts: GateFacts, at: datetime) -> None:
    decision = decide(Purpose.NURTURE, facts, at)
    assert (decision.verdict is PERMIT) == all(r.verdict is PERMIT for r in decision.results)
    assert (decision.verdict is REFUSE) == any(r.verdict is REFUSE for r in decision.results)
    assert len(decision.results) == len(CHECKS[Purpose.NURTURE])
    assert all((r.code == "") == (r.verdict is PERMIT) for r in decision.results)


AGAINST = [
    lambda f: changed("consent", f, suppressions=(*f.consent.suppressions, "opt_out")),
    lambda f: changed("consent", f, state="out"),
    lambda f: changed("consent", f, state="expired"),
    lambda f: changed("consent", f, erased=True),
    lambda f: changed("content", f, state="recalled"),
    lambda f: changed("content", f, valid_until=f.content.valid_from),
    lambda f: changed("content", f, signed_roles=f.content.signed_roles[:-1]),
    lambda f: changed("rendered", f, block_findings=(*f.rendered.block_findings, "CL-99")),
    lambda f: changed("rendered", f, missing_fields=(*f.rendered.missing_fields, "x")),
    lambda f: changed("pacing", f, sent_in_window=f.pacing.sent_in_window + 1),
    lambda f: changed("sender", f, kill_switches=(*f.sender.kill_switches, "all")),
    lambda f: changed("sender", f, enrollment_state="stopped"),
    lambda f: changed("sender", f, clock_behind_ms=f.sender.clock_behind_ms + 5_000),
]


@given(gate_facts(), instants(), st.lists(st.sampled_from(AGAINST), min_size=1, max_size=4))
def test_nothing_that_speaks_against_a_message_ever_lets_it_go(facts: GateFacts, at: datetime, against: list) -> None:
    order = [PERMIT, HOLD, REFUSE]
    before = verdict(facts, at)
    for worsen in against:
        facts = worsen(facts)
        after = verdict(facts, at)
        assert order.index(after) >= order.index(before)
        before = after


@given(gate_facts(), st.lists(instants(), min_size=2, max_size=2).map(sorted))
def test_an_approval_that_ended_stays_ended(facts: GateFacts, two: list[datetime]) -> None:
    earlier, later = two
    if "approval_expired" in [r.code for r in decide(Purpose.NURTURE, facts, earlier).reasons]:
        assert verdict(facts, later) is REFUSE


@given(gate_facts(), instants())
def test_a_hold_that_passes_by_itself_looks_again_later_and_never_now(facts: GateFacts, at: datetime) -> None:
    decision = decide(Purpose.NURTURE, facts, at)
    if decision.retry_at is not None:
        assert decision.verdict is HOLD
        assert all(r.retry_at is not None for r in decision.reasons)
        held = [r for r in decision.reasons if r.code in ("quiet_hours", "approval_not_started")]
        assert all(r.retry_at is not None and r.retry_at > at for r in held)


@given(gate_facts(), instants())
def test_stored_facts_come_back_and_replay_to_the_same_decision(facts: GateFacts, at: datetime) -> None:
    stored = facts_to_json(facts)
    canonical(stored)
    back = facts_from_json(stored)
    assert back == facts
    assert digest_of(facts_to_json(back)) == digest_of(stored)
    first, second = decide(Purpose.NURTURE, facts, at), decide(Purpose.NURTURE, back, at)
    assert results_to_json(first.results) == results_to_json(second.results)


# regulation.md, section 1.14: what the gate can know of it.

EVENING = datetime(2026, 3, 2, tzinfo=UTC)


def test_case_7_a_value_that_reads_as_a_claim_is_refused_after_the_merge() -> None:
    assert verdict(changed("rendered", block_findings=("CL-01",))) is REFUSE


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 3, 0, 30, tzinfo=UTC), PERMIT),  # case 9: 19:30 in New York, 14:30 in Honolulu
        (datetime(2026, 3, 3, 1, 30, tzinfo=UTC), HOLD),  # case 10: 20:30 in Florida, where texts end at 20:00
    ],
)
def test_cases_9_and_10_hours_hold_in_every_zone_she_may_be_in(at: datetime, expected: Verdict) -> None:
    facts = changed("pacing", zones=("America/New_York", "Pacific/Honolulu"), start_hour=8, end_hour=20)
    facts = changed("pacing", facts, not_after=None)
    assert verdict(facts, at) is expected


@given(st.integers(0, 24 * 60 - 1))
def test_an_unknown_zone_means_the_hours_that_all_zones_share(minutes: int) -> None:
    at = EVENING + timedelta(minutes=minutes)
    facts = changed("pacing", zones=US_ZONES, start_hour=8, end_hour=21, not_after=None)
    shared = all(
        verdict(changed("pacing", zones=(zone,), start_hour=8, end_hour=21, not_after=None), at) is PERMIT
        for zone in US_ZONES
    )
    assert (verdict(facts, at) is PERMIT) == shared


def test_case_16_a_clock_behind_the_log_is_not_trusted() -> None:
    assert verdict(changed("sender", clock_behind_ms=2 * 60 * 60 * 1000)) is HOLD
    assert verdict(changed("sender", clock_behind_ms=2_000)) is PERMIT


def test_a_lead_of_unknown_place_needs_an_approval_for_a_whole_country() -> None:
    nowhere = changed("consent", region="")
    assert verdict(nowhere) is PERMIT
    assert verdict(replace(nowhere, content=replace(nowhere.content, jurisdictions=("US-OH",)))) is REFUSE
