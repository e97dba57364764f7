from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import policy
from app.accounts.model import Actor, Person, PersonState, Role, Session, SessionKind, StepUp, UseStepUp
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEY = b"k" * 32


def ago(**by: int) -> datetime:
    return NOW - timedelta(**by)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        ([], None),
        ([ago(seconds=1)] * 4, None),
        ([ago(seconds=0)] * 5, 30),
        ([ago(seconds=10)] * 5, 20),
        ([ago(seconds=29, milliseconds=500)] * 5, 1),
        ([ago(seconds=30)] * 5, None),
        ([ago(seconds=0)] * 6, 60),
        ([ago(seconds=0)] * 8, 240),
        ([ago(seconds=0)] * 500, 900),
        ([ago(minutes=15)] * 5, None),
        ([ago(minutes=15)] + [ago(minutes=1)] * 4, None),
    ],
)
def test_five_failures_start_a_back_off_that_doubles(failures: list[datetime], wait: int | None) -> None:
    refusal = policy.throttle(failures, NOW, "sign_in_throttled")
    assert refusal == (None if wait is None else Refusal("sign_in_throttled", {"retry_after_seconds": wait}))


@given(st.lists(st.integers(0, 2_000), max_size=20), st.integers(0, 899))
def test_one_more_failure_never_shortens_the_wait(seconds: list[int], extra: int) -> None:
    def wait(ages: list[int]) -> int:
        refusal = policy.throttle([ago(seconds=s) for s in ages], NOW, "x")
        return 0 if refusal is None else int(str(refusal.facts["retry_after_seconds"]))

    assert wait([*seconds, extra]) >= wait(seconds)


def session(*, created: datetime, seen: datetime, ended: datetime | None = None) -> Session:
    return Session("s", "ada", SessionKind.WEB, created, seen, ended)


@pytest.mark.parametrize(
    ("created", "seen", "ended", "lives"),
    [
        (ago(minutes=1), ago(minutes=1), None, True),
        (ago(hours=1), ago(minutes=29, seconds=59), None, True),
        (ago(hours=1), ago(minutes=30), None, False),
        (ago(hours=11, minutes=59), ago(seconds=1), None, True),
        (ago(hours=12), ago(seconds=1), None, False),
        (ago(minutes=1), ago(minutes=1), ago(seconds=1), False),
        (NOW + timedelta(seconds=1), NOW, None, False),
    ],
)
def test_a_session_ends_by_silence_by_age_and_by_signing_out(
    created: datetime, seen: datetime, ended: datetime | None, lives: bool
) -> None:
    assert policy.session_lives(session(created=created, seen=seen, ended=ended), NOW) is lives


def test_use_is_written_down_only_after_five_minutes_and_only_while_the_session_lives() -> None:
    assert not policy.needs_touch(session(created=ago(hours=1), seen=ago(minutes=4, seconds=59)), NOW)
    assert policy.needs_touch(session(created=ago(hours=1), seen=ago(minutes=5)), NOW)
    assert not policy.needs_touch(session(created=ago(hours=1), seen=ago(minutes=31)), NOW)


GRANTED = StepUp("id1", "mara", "s1", "review.sign", "d" * 64, "approve", "password", ago(minutes=1), None)
USE = UseStepUp("id1", "review.sign", "d" * 64, "approve")
MARA = Actor("mara", "Mara", frozenset({Role.MEDICAL}), "s1")


@pytest.mark.parametrize(
    ("stored", "use", "actor", "code"),
    [
        (GRANTED, USE, MARA, None),
        (None, USE, MARA, "step_up_other"),
        (GRANTED, USE, Actor("lev", "Lev", frozenset(), "s1"), "step_up_other"),
        (GRANTED, USE, Actor("mara", "Mara", frozenset(), "s2"), "step_up_other"),
        (GRANTED, UseStepUp("id1", "publishing.recall", "d" * 64, "approve"), MARA, "step_up_other"),
        (GRANTED, UseStepUp("id1", "review.sign", "e" * 64, "approve"), MARA, "step_up_other"),
        (GRANTED, UseStepUp("id1", "review.sign", "d" * 64, "decline"), MARA, "step_up_other"),
    ],
)
def test_a_confirmation_serves_one_person_session_act_digest_and_meaning(
    stored: StepUp | None, use: UseStepUp, actor: Actor, code: str | None
) -> None:
    refusal = policy.step_up_refusal(stored, use, actor, NOW)
    assert (None if refusal is None else refusal.code) == code


@pytest.mark.parametrize(
    ("age", "used", "code"),
    [
        (timedelta(0), None, None),
        (timedelta(minutes=5) - timedelta(microseconds=1), None, None),
        (timedelta(minutes=5), None, "step_up_expired"),
        (timedelta(seconds=-1), None, "step_up_expired"),
        (timedelta(minutes=1), NOW, "step_up_used"),
    ],
)
def test_a_confirmation_serves_once_within_five_minutes(
    age: timedelta, used: datetime | None, code: str | None
) -> None:
    stored = StepUp("id1", "mara", "s1", "review.sign", "d" * 64, "approve", "password", NOW - age, used)
    refusal = policy.step_up_refusal(stored, USE, MARA, NOW)
    assert (None if refusal is None else refusal.code) == code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("elevenchars", "password_too_short"),
        ("twelve chars", None),
        ("aaaaaaaaaaaa", None),
        ("Ada.Long.Name@Clinic.example", "password_is_email"),
        (" ada.long.name ", "password_is_email"),
        ("x" * 257, "password_too_long"),
        ("x" * 256, None),
        ("Пароль длинный", None),
    ],
)
def test_passwords_are_long_and_not_the_address_and_nothing_else_is_asked(password: str, code: str | None) -> None:
    refusal = policy.password_refusal(password, "ada.long.name@clinic.example")
    assert (None if refusal is None else refusal.code) == code


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "ada@@x.example", "a b@x.example", "ada@x.example\nBcc: b@x.example"]
)
def test_what_is_no_address_is_named_with_what_to_do(text: str) -> None:
    with pytest.raises(BadInput, match="not an e-mail address"):
        policy.normal_email(text)


def test_an_address_has_one_form() -> None:
    assert policy.normal_email("  Ada@Clinic.Example ") == "ada@clinic.example"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "Ada\nBcc: x", "Ada\x00", "Ada\u202eevil", "Ada\u2028x"])
def test_a_name_is_one_printable_line(name: str) -> None:
    with pytest.raises(BadInput):
        policy.clean_name(name)


def test_a_login_digest_needs_the_key_and_ignores_case() -> None:
    assert policy.login_digest(KEY, "Ada@clinic.example ") == policy.login_digest(KEY, "ada@clinic.example")
    assert policy.login_digest(KEY, "ada@clinic.example") != policy.login_digest(b"other" * 7, "ada@clinic.example")


W, A = Role.WRITER, Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("who", "held", "wanted", "by", "administrators", "code"),
    [
        ("ada", {W}, {W, Role.AUDITOR}, "nora", {"nora"}, None),
        ("nora", {A}, {A, W}, "nora", {"nora", "zoe"}, "own_roles"),
        ("nora", {A, W}, {A}, "nora", {"nora"}, None),
        ("nora", {A}, set(), "nora", {"nora"}, "last_administrator"),
        ("nora", {A}, set(), "nora", {"nora", "zoe"}, None),
        ("nora", {A}, {W}, "zoe", {"nora"}, "last_administrator"),
    ],
)
def test_nobody_grants_herself_a_role_and_one_administrator_remains(
    who: str, held: set[Role], wanted: set[Role], by: str, administrators: set[str], code: str | None
) -> None:
    person = Person(who, f"{who}@clinic.example", who, PersonState.ACTIVE, frozenset(held))
    refusal = policy.roles_refusal(person, frozenset(wanted), Actor(by, by, frozenset({A})), administrators)
    assert (None if refusal is None else refusal.code) == code
