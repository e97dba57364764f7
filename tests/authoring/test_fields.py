import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.fields import FIELDS, find_slots, parse_part, resolve_value, validate_fallback, validate_value
from app.authoring.model import Literal, Slot
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal


def test_slots_are_cut_out_and_nothing_else_changes() -> None:
    assert parse_part("Hi {{ first_name }}{{last_name}}!") == (
        Literal("Hi "),
        Slot("first_name"),
        Slot("last_name"),
        Literal("!"),
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a {first_name}", 3),
        ("a {{ first_name }", 3),
        ("{{ first_name | upper }}", 1),
        ("{% for x in y %}", 1),
        ("{# note #}", 1),
        ("{{ first_name }}}", 17),
        ("{{{ first_name }}}", 1),
        ("{{ first_name\n}}", 1),
        ("{{ user.password }}", 1),
        ("{{ fist_name }}", 4),
    ],
)
def test_any_other_brace_is_refused_with_its_place(text: str, column: int) -> None:
    with pytest.raises(BadInput) as caught:
        find_slots(text)
    assert (caught.value.line, caught.value.column) == (1, column)


def test_a_mistyped_field_is_answered_with_the_likely_one() -> None:
    with pytest.raises(BadInput, match="Did you mean 'first_name'"):
        find_slots("{{ fist_name }}")


@given(st.text())
def test_text_comes_back_from_its_parts_with_no_brace_in_a_literal(text: str) -> None:
    try:
        part = parse_part(text)
    except BadInput:
        assert "{" in text or "}" in text
        return
    for piece in part:
        assert not isinstance(piece, Literal) or not set(piece.text) & {"{", "}"}


@pytest.mark.parametrize("name", ["Ana", "O'Brien", "Jean-Luc", "María José", "Dr. Best", "J.R.", "李", "Zoë"])
def test_names_people_have_pass(name: str) -> None:
    assert validate_value("first_name", name) == name


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("A" * 41, "too_long"),
        ("R2D2", "charset"),
        ("<b>Ana</b>", "charset"),
        ("https://x.example", "charset"),
        ("free.example", "looks_like_an_address"),
        ("Ana\nBcc: x", "control_character"),
        ("Ana\u2028x", "control_character"),
        ("Ana\u202eanA", "control_character"),
        ("An\u200ba", "control_character"),
        ("{{ last_name }}", "charset"),
        ("...", "charset"),
    ],
)
def test_a_name_that_is_no_name_is_refused_and_never_repeated(value: str, why: str) -> None:
    refusal = validate_value("first_name", value)
    assert refusal == Refusal("merge_value_not_allowed", {"field": "first_name", "why": why})


@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_missing_value_is_refused_unless_a_fallback_is_approved(value: str | None) -> None:
    assert validate_value("first_name", value) == Refusal("merge_value_missing", {"field": "first_name"})
    assert resolve_value("first_name", value, {"first_name": "there"}) == "there"


def test_a_bad_value_is_refused_even_when_there_is_a_fallback() -> None:
    refused = resolve_value("first_name", "R2D2", {"first_name": "there"})
    assert isinstance(refused, Refusal)
    assert refused.code == "merge_value_not_allowed"


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("location_name", "Northgate Harbor", "Elsewhere Clinic"),
        ("clinic_phone", "(217) 555-0110", "call me"),
        ("appointment_link", "https://northgate.example.org/b?c=1", "http://northgate.example.org"),
        ("appointment_link", "https://northgate.example.org", "javascript:alert(1)"),
        ("appointment_link", "https://northgate.example.org", 'https://x.example/"onclick='),
        ("appointment_link", "https://northgate.example.org", "https://northgate.example.org@evil.example/"),
        ("postal_address", "400 Riverside Drive, Springfield", "<p>400</p>"),
    ],
)
def test_each_kind_of_field_takes_its_kind_of_value(field: str, good: str, bad: str) -> None:
    assert validate_value(field, good) == good
    assert isinstance(validate_value(field, bad), Refusal)


def test_an_unknown_field_is_refused() -> None:
    assert validate_value("diagnosis", "x") == Refusal(
        "merge_value_not_allowed", {"field": "diagnosis", "why": "unknown_field"}
    )


@pytest.mark.parametrize("field", sorted(name for name, spec in FIELDS.items() if spec.system))
def test_what_placet_fills_in_never_falls_back(field: str) -> None:
    assert validate_fallback(FIELDS[field], "x") == "may_not_fall_back"


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=60))
def test_an_allowed_value_is_one_line_of_bounded_length(field: str, value: str) -> None:
    result = validate_value(field, value)
    if isinstance(result, str):
        assert len(result) <= FIELDS[field].max_length
        assert result.isprintable()
        assert not set(result) & set("<>{}")
