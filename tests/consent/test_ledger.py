"""The fold of the consent ledger: sentences about people, and properties over every order and repetition."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.consent.ledger import fold
from app.consent.model import Act, ConsentChannel, ConsentEvent, ConsentState, Proof
from tests.builders.leads import an_event
from tests.fakes import MONDAY

EMAIL, SMS = ConsentChannel.EMAIL, ConsentChannel.SMS
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def later(event_id: str, hours: int, **changes: object) -> ConsentEvent:
    """Something that happened and was recorded ``hours`` after the Monday."""
    at = MONDAY + hours * HOUR
    return an_event(event_id, **{"occurred_at": at, "recorded_at": at, **changes})


def withdrawal(event_id: str, hours: int, **changes: object) -> ConsentEvent:
    plain = {"act": Act.WITHDREW, "proof": Proof.ASSERTED, "wording_version_id": None, "source": "one_click"}
    return later(event_id, hours, **{**plain, **changes})


def state(
    *events: ConsentEvent, hours: int = 100, channel: ConsentChannel = EMAIL, purpose: str = "education"
) -> ConsentState:
    return fold(events, channel, purpose, MONDAY + hours * HOUR).state


def test_no_record_means_no() -> None:
    standing = fold([], EMAIL, "education", MONDAY)
    assert (standing.state, standing.sendable) == (ConsentState.UNKNOWN, False)


def test_rita_agreed_by_a_form_and_may_be_written_to() -> None:
    standing = fold([an_event()], EMAIL, "education", MONDAY)
    assert (standing.state, standing.sendable, standing.event_id) == (ConsentState.IN, True, "e1")
    assert standing.wording_version_id == "w1"


def test_an_agreement_counts_from_the_instant_it_was_recorded() -> None:
    assert fold([an_event()], EMAIL, "education", MONDAY - TICK).state is ConsentState.UNKNOWN


def test_an_agreement_is_for_its_channel_and_purpose_only() -> None:
    assert state(an_event(), channel=SMS) is ConsentState.UNKNOWN
    assert state(an_event(), purpose="offers") is ConsentState.UNKNOWN


def test_what_a_file_asserts_is_never_sent_on() -> None:
    standing = fold([an_event(proof=Proof.ASSERTED, source="import:f:2")], EMAIL, "education", MONDAY)
    assert (standing.state, standing.sendable) == (ConsentState.IN, False)


def test_texts_need_written_consent() -> None:
    for proof, sendable in ((Proof.SINGLE, False), (Proof.DOUBLE, False), (Proof.SIGNED, True)):
        assert fold([an_event(channel="sms", proof=proof)], SMS, "education", MONDAY).sendable is sendable


def test_an_agreement_ends_exactly_when_it_expires() -> None:
    event = an_event(expires_at=MONDAY + HOUR)
    assert fold([event], EMAIL, "education", MONDAY + HOUR - TICK).state is ConsentState.IN
    standing = fold([event], EMAIL, "education", MONDAY + HOUR)
    assert (standing.state, standing.sendable) == (ConsentState.EXPIRED, False)


def test_a_withdrawal_of_everything_covers_this_too() -> None:
    assert state(an_event(), withdrawal("w", 1, channel="*", purpose="*")) is ConsentState.OUT
    assert state(an_event(), withdrawal("w", 1, purpose="*")) is ConsentState.OUT
    assert state(an_event(), withdrawal("w", 1, channel="*")) is ConsentState.OUT
    assert state(an_event(), withdrawal("w", 1, purpose="offers")) is ConsentState.IN


def test_a_withdrawal_of_the_same_instant_wins() -> None:
    assert state(an_event("z"), withdrawal("a", 0)) is ConsentState.OUT


def test_rita_may_come_back_by_her_own_act() -> None:
    assert state(an_event(), withdrawal("w", 1), later("again", 2)) is ConsentState.IN


def test_nobody_else_brings_her_back() -> None:
    gone = (an_event(), withdrawal("w", 1))
    assert state(*gone, later("i", 2, proof=Proof.ASSERTED, source="import:f:2")) is ConsentState.OUT
    assert state(*gone, later("s", 2, source="staff:phone")) is ConsentState.OUT
    assert state(*gone, later("x", 2, source="something")) is ConsentState.OUT


def test_a_signed_sheet_from_before_the_withdrawal_does_not_undo_it() -> None:
    old = later("sheet", 3, proof=Proof.SIGNED, source="paper:desk", occurred_at=MONDAY)
    assert state(withdrawal("w", 1), old) is ConsentState.OUT
    new = later("sheet", 3, proof=Proof.SIGNED, source="paper:desk")
    assert state(withdrawal("w", 1), new) is ConsentState.IN


def test_a_weaker_record_does_not_hide_a_better_one() -> None:
    weak = later("i", 5, proof=Proof.ASSERTED, source="import:f:2")
    assert fold([an_event(), weak], EMAIL, "education", MONDAY + 9 * HOUR).sendable


_EVENTS = st.lists(
    st.builds(
        lambda n, act, proof, source, channel, purpose, occurred, recorded, ends: an_event(
            f"e{n}",
            act=act,
            proof=proof,
            source=source,
            channel="*" if channel == "*" and act is Act.WITHDREW else "email",
            purpose="*" if purpose == "*" and act is Act.WITHDREW else "education",
            occurred_at=MONDAY + occurred * HOUR,
            recorded_at=MONDAY + recorded * HOUR,
            expires_at=None if ends is None else MONDAY + ends * HOUR,
        ),
        st.integers(0, 10**6),
        st.sampled_from(Act),
        st.sampled_from(Proof),
        st.sampled_from(["form:x", "import:f:1", "staff", "paper", "one_click", "confirmation"]),
        st.sampled_from(["*", "email"]),
        st.sampled_from(["*", "education"]),
        st.integers(0, 6),
        st.integers(0, 6),
        st.none() | st.integers(1, 9),
    ),
    max_size=8,
    unique_by=lambda e: e.id,
)
_AT = st.integers(0, 10).map(lambda hours: MONDAY + hours * HOUR)


@given(_EVENTS, _AT, st.randoms())
def test_order_and_repetition_change_nothing(events: list[ConsentEvent], at: object, random: object) -> None:
    shuffled = [*events, *events]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, EMAIL, "education", at) == fold(events, EMAIL, "education", at)  # type: ignore[arg-type]


@given(_EVENTS, st.integers(0, 9))
def test_a_withdrawal_recorded_last_always_ends_it(events: list[ConsentEvent], hours: int) -> None:
    last = withdrawal("last", hours)
    at = MONDAY + 20 * HOUR
    after = fold([*[e for e in events if e.recorded_at <= last.recorded_at], last], EMAIL, "education", at)
    assert after.state is ConsentState.OUT


@given(_EVENTS, st.integers(0, 9), st.integers(0, 9), _AT)
def test_no_withdrawal_ever_makes_anything_sendable(
    events: list[ConsentEvent], occurred: int, recorded: int, at: object
) -> None:
    more = withdrawal("more", recorded, occurred_at=MONDAY + occurred * HOUR)
    before = fold(events, EMAIL, "education", at)  # type: ignore[arg-type]
    after = fold([*events, more], EMAIL, "education", at)  # type: ignore[arg-type]
    assert before.sendable or not after.sendable


@given(_EVENTS, st.integers(0, 9), _AT)
def test_an_import_never_makes_anything_sendable(events: list[ConsentEvent], recorded: int, at: object) -> None:
    row = later("row", recorded, proof=Proof.ASSERTED, source="import:f:9")
    before = fold(events, EMAIL, "education", at)  # type: ignore[arg-type]
    after = fold([*events, row], EMAIL, "education", at)  # type: ignore[arg-type]
    assert before.sendable == after.sendable
