"""Facts of the gate: some that pass every check, and any."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.gate.model import ConsentFacts, ContentFacts, GateFacts, PacingFacts, RenderedFacts, SenderFacts
from tests.fakes import MONDAY

ROOT = "a" * 64
PASSING = GateFacts(
    content=ContentFacts(
        publication_id="p1",
        state="live",
        valid_from=MONDAY - timedelta(days=1),
        valid_until=MONDAY + timedelta(days=90),
        publication_root=ROOT,
        message_root=ROOT,
        recomputed_root=ROOT,
        signatures_valid=True,
        required_roles=("compliance", "medical"),
        signed_roles=("compliance", "medical"),
        channel="email",
        message_channel="email",
        purpose="education",
        message_purpose="education",
        lead_type="patient",
        jurisdictions=("US",),
    ),
    rendered=RenderedFacts("", "b" * 64, True, (), (), (), True, True, True),
    consent=ConsentFacts(False, "patient", "US-OH", "in", True, "e1", "w1", "single", ()),
    pacing=PacingFacts(
        ("America/New_York",), 9, 17, (0, 1, 2, 3, 4), 3, 7, 0, None, MONDAY, MONDAY + timedelta(days=2)
    ),
    sender=SenderFacts(True, (), "active", "active", "", True, 0),
)


def changed(part: str, facts: GateFacts = PASSING, **values: Any) -> GateFacts:
    """``facts`` with other values in one part."""
    return replace(facts, **{part: replace(getattr(facts, part), **values)})


_moments = st.integers(-60 * 24 * 365, 60 * 24 * 365).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
_near = st.integers(-3 * 86_400_000_000, 3 * 86_400_000_000).map(lambda us: MONDAY + timedelta(microseconds=us))
_flag = st.sampled_from([True, True, True, False])
_roots = st.sampled_from([ROOT, ROOT, ROOT, "c" * 64])
_names = st.lists(st.sampled_from(["first_name", "last_name"]), max_size=2, unique=True).map(tuple)
_roles = st.lists(st.sampled_from(["compliance", "medical", "legal"]), max_size=3, unique=True).map(tuple)


def _built(kind: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    assert set(given) == {field.name for field in fields(kind)}
    return st.builds(kind, **given)


_CONTENT_FACTS = _built(
    ContentFacts,
    publication_id=st.just("p1"),
    state=st.sampled_from(["live", "live", "superseded", "quarantined", "expired", "recalled", "?"]),
    valid_from=_near,
    valid_until=_near,
    publication_root=_roots,
    message_root=_roots,
    recomputed_root=_roots,
    signatures_valid=_flag,
    required_roles=_roles,
    signed_roles=_roles,
    channel=st.sampled_from(["email", "sms"]),
    message_channel=st.sampled_from(["email", "sms"]),
    purpose=st.sampled_from(["education", "offers"]),
    message_purpose=st.sampled_from(["education", "offers"]),
    lead_type=st.sampled_from(["patient", "partner"]),
    jurisdictions=st.sampled_from([("US",), ("US-OH",), ("UK",), ()]),
)
_RENDERED_FACTS = _built(
    RenderedFacts,
    failure=st.sampled_from(["", "", "TypeError"]),
    digest=st.just("b" * 64),
    matches_skeleton=_flag,
    missing_fields=_names,
    refused_fields=_names,
    block_findings=st.sampled_from([(), (), ("CL-01",)]),
    has_postal_address=_flag,
    has_unsubscribe=_flag,
    has_sender=_flag,
)
_CONSENT_FACTS = _built(
    ConsentFacts,
    erased=st.sampled_from([False, False, True]),
    lead_type=st.sampled_from(["patient", "partner", ""]),
    region=st.sampled_from(["", "US-OH", "US-FL", "UK"]),
    state=st.sampled_from(["in", "in", "out", "unknown", "expired", "?"]),
    sendable=_flag,
    event_id=st.sampled_from(["e1", None]),
    wording_version_id=st.sampled_from(["w1", None]),
    proof=st.sampled_from(["single", None]),
    suppressions=st.sampled_from([(), (), ("opt_out",), ("bounce", "opt_out")]),
)
_PACING_FACTS = _built(
    PacingFacts,
    zones=st.sampled_from([("America/New_York",), (), ("Pacific/Honolulu", "America/New_York")]),
    start_hour=st.just(9),
    end_hour=st.integers(10, 24),
    weekdays=st.sampled_from([(0, 1, 2, 3, 4), (5, 6), ()]),
    cap_count=st.just(3),
    cap_days=st.just(7),
    sent_in_window=st.integers(0, 5),
    oldest_in_window=st.none() | _near,
    due_at=_near,
    not_after=st.none() | _near,
)
_SENDER_FACTS = _built(
    SenderFacts,
    from_address_known=_flag,
    kill_switches=st.sampled_from([(), (), ("all",)]),
    sequence_state=st.sampled_from(["active", "paused", "retired", "draft", "?"]),
    enrollment_state=st.sampled_from(["active", "stopped", "finished"]),
    instance_hold=st.sampled_from(["", "", "database_behind_journal"]),
    transport_ready=_flag,
    clock_behind_ms=st.integers(0, 5_000),
)


def gate_facts() -> st.SearchStrategy[GateFacts]:
    """Any facts, with enough that pass for the interesting cases to come up."""
    mixed = st.builds(
        GateFacts,
        content=st.just(PASSING.content) | _CONTENT_FACTS,
        rendered=st.just(PASSING.rendered) | _RENDERED_FACTS,
        consent=st.just(PASSING.consent) | _CONSENT_FACTS,
        pacing=st.just(PASSING.pacing) | _PACING_FACTS,
        sender=st.just(PASSING.sender) | _SENDER_FACTS,
    )
    return st.just(PASSING) | mixed


def instants() -> st.SearchStrategy[datetime]:
    """Near the Monday of the tests, or anywhere in its year."""
    return st.just(MONDAY) | _near | _moments
