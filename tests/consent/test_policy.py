"""What an agreement may prove, what a withdrawal reaches, and what ends one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consent.model import (
    ANY,
    OWN_ACTS,
    PROOF_ORDER,
    STRONGEST_PROOF,
    Act,
    ConsentChannel,
    ConsentState,
    Lead,
    Proof,
    SourceKind,
)
from app.consent.policy import (
    covers,
    ends_withdrawal,
    may_agree,
    may_lift,
    rank,
    sendable,
    standing_withdrawal,
    suppressions_for,
)
from tests.builders.leads import an_event
from tests.fakes import MONDAY, CountingIds

EMAIL, SMS, CALL = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL
LATER = MONDAY + timedelta(hours=1)
LEAD = Lead("rita", "patient", "", "", "en-US", "", MONDAY, None, "e" * 64, "f" * 64, None)
OUT = an_event("out", act=Act.WITHDREW, source="one_click:", wording_version_id=None)


@pytest.mark.parametrize("channel", list(ConsentChannel))
@pytest.mark.parametrize("state", list(ConsentState))
@pytest.mark.parametrize("proof", [None, *Proof])
def test_only_an_agreement_that_is_in_and_proven_enough_may_be_sent_on(
    channel: ConsentChannel, state: ConsentState, proof: Proof | None
) -> None:
    enough = {EMAIL: {Proof.SINGLE, Proof.DOUBLE, Proof.SIGNED}, SMS: {Proof.SIGNED}, CALL: {Proof.SIGNED}}
    assert sendable(channel, state, proof) is (state is ConsentState.IN and proof in enough[channel])


@pytest.mark.parametrize(
    ("scope", "asked", "reached"),
    [
        ((ANY, ANY), ("sms", "offers"), True),
        (("email", ANY), ("email", "offers"), True),
        (("email", ANY), ("sms", "offers"), False),
        ((ANY, "education"), ("sms", "education"), True),
        (("email", "education"), ("email", "offers"), False),
        (("email", "education"), (ANY, "education"), False),
    ],
)
def test_a_withdrawal_reaches_its_scope_and_nothing_beside_it(
    scope: tuple[str, str], asked: tuple[str, str], reached: bool
) -> None:
    assert covers(*scope, *asked) is reached


@pytest.mark.parametrize("kind", sorted(OWN_ACTS))
def test_nobody_acts_for_rita_where_only_she_can(kind: SourceKind) -> None:
    refusal = may_agree(kind, Proof.ASSERTED, "w1", own_act=False)
    assert refusal is not None
    assert (refusal.code, refusal.facts) == ("own_act_only", {"source": kind.value})


@pytest.mark.parametrize("kind", list(SourceKind))
@pytest.mark.parametrize("proof", list(Proof))
def test_a_source_proves_no_more_than_it_can(kind: SourceKind, proof: Proof) -> None:
    refusal, most = may_agree(kind, proof, "w1", own_act=True), STRONGEST_PROOF.get(kind)
    if most is not None and rank(proof) <= rank(most):
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.code == "proof_too_strong"
        assert refusal.facts["most"] == ("" if most is None else most.value)


def test_only_what_is_merely_asserted_needs_no_wording() -> None:
    needed = [
        p for p in Proof if (r := may_agree(SourceKind.PAPER, p, None, own_act=False)) and r.code == "wording_needed"
    ]
    assert needed == [Proof.SINGLE, Proof.DOUBLE, Proof.SIGNED]
    assert may_agree(SourceKind.IMPORT, Proof.ASSERTED, None, own_act=False) is None


@pytest.mark.parametrize(
    ("source", "proof", "at", "counts"),
    [
        ("form:visit", Proof.SINGLE, LATER, True),
        ("form:visit", Proof.SINGLE, MONDAY, False),
        ("form:visit", Proof.SIGNED, MONDAY - timedelta(hours=1), False),
        ("staff:desk", Proof.SINGLE, LATER, False),
        ("paper:sheet", Proof.SIGNED, LATER, True),
        ("import:file", Proof.SIGNED, LATER, False),
        ("of tomorrow", Proof.SIGNED, LATER, False),
        ("form:visit", Proof.ASSERTED, LATER, False),
    ],
)
def test_after_a_no_only_a_later_and_stronger_yes_counts(source: str, proof: Proof, at, counts: bool) -> None:  # noqa: ANN001
    agreed = an_event("in", source=source, proof=proof, occurred_at=at, recorded_at=LATER)
    assert ends_withdrawal(agreed, OUT) is counts


@pytest.mark.parametrize("proof", list(Proof))
@pytest.mark.parametrize("source", ["form:x", "paper:x", "import:x", "nonsense"])
def test_a_single_click_or_a_file_lifts_no_suppression(proof: Proof, source: str) -> None:
    lifts = may_lift(an_event(source=source, proof=proof))
    assert lifts is (proof in {Proof.DOUBLE, Proof.SIGNED} and source in {"form:x", "paper:x"})


def test_saying_no_again_finds_the_no_that_stands() -> None:
    wide = an_event("wide", act=Act.WITHDREW, channel=ANY, purpose=ANY, recorded_at=LATER)
    assert standing_withdrawal([wide, OUT], "email", "education") == OUT
    assert standing_withdrawal([wide, OUT], "sms", "education") == wide
    assert standing_withdrawal([OUT], ANY, ANY) is None


def test_a_yes_in_between_makes_the_next_no_a_new_one() -> None:
    again = an_event("in", recorded_at=LATER)
    assert standing_withdrawal([OUT, again], "email", "education") is None
    elsewhere = an_event("in", channel="sms", recorded_at=LATER)
    assert standing_withdrawal([OUT, elsewhere], "email", "education") == OUT


@pytest.mark.parametrize(
    ("channel", "digests"),
    [("email", ["e" * 64]), ("sms", ["f" * 64]), ("call", ["f" * 64]), (ANY, ["e" * 64, "f" * 64])],
)
def test_a_no_suppresses_the_addresses_of_its_channel(channel: str, digests: list[str]) -> None:
    made = suppressions_for(LEAD, channel, "education", MONDAY, CountingIds())
    assert [s.address_digest for s in made] == digests
    assert {(s.channel, s.purpose, s.reason.value) for s in made} == {(channel, "education", "opt_out")}


@given(st.sampled_from(PROOF_ORDER), st.sampled_from(PROOF_ORDER), st.sampled_from(list(ConsentChannel)))
def test_a_stronger_proof_is_never_worth_less(one: Proof, other: Proof, channel: ConsentChannel) -> None:
    weak, strong = sorted((one, other), key=rank)
    assert sendable(channel, ConsentState.IN, strong) >= sendable(channel, ConsentState.IN, weak)
