import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring import layout
from app.authoring.fields import FIELDS
from app.authoring.model import Literal, Skeleton, Slot
from app.kernel.errors import BadInput
from tests.authoring.samples import CARE, MAIL, TEXT, WORDING, compiled, flat, with_body, with_key


def test_a_mail_has_subject_preheader_html_and_text() -> None:
    skeleton = compiled(MAIL).skeleton
    assert skeleton.subject == (Literal("Your visit, "), Slot("first_name"))
    assert flat(skeleton.preheader) == "How to prepare"
    assert "Hello ‹first_name›" in flat(skeleton.html)
    assert flat(skeleton.text) == (
        "Hello ‹first_name›\n\n"
        "Read the checklist (https://northgate.example.org/list?a=1&b=2) before you come.\n\n"
        "Book a time: ‹appointment_link›\n\n"
        "-- \n"
        "You get this e-mail because you asked Northgate Clinics for information by e-mail.\n"
        "Unsubscribe or choose what we send you: ‹unsubscribe_url›\n"
        "Northgate Clinics, 400 Riverside Drive, Springfield, IL 62701\n"
    )
    assert skeleton.layout == "ledger-mail/1"


@pytest.mark.parametrize(
    "piece",
    [
        '<html lang="en-US"',
        "<title>Your visit</title>",
        '<meta name="color-scheme" content="light dark">',
        "prefers-color-scheme: dark",
        'href="‹appointment_link›"',
        'href="‹unsubscribe_url›"',
        "400 Riverside Drive, Springfield, IL 62701",
        "because you asked Northgate Clinics",
        "https://northgate.example.org/list?a=1&amp;b=2",
        "How to prepare",
    ],
)
def test_the_html_of_a_mail_carries_what_the_law_and_readers_need(piece: str) -> None:
    assert piece in flat(compiled(MAIL).skeleton.html)


def test_a_mail_fetches_nothing_from_elsewhere() -> None:
    html = flat(compiled(MAIL).skeleton.html)
    assert "<img" not in html
    assert "@import" not in html
    assert "<link" not in html


def test_what_people_wrote_is_never_read_as_markup_or_as_a_layout() -> None:
    sender = type(CARE)("care", 1, "N", "a@x.example", "a@x.example", "A & B <i> placetbody $body", "1 Oak")
    html = flat(compiled(with_key("title: 'placetfoot <b> & \"q\"'"), sender).skeleton.html)
    assert "A &amp; B &lt;i&gt; placetbody $body" in html
    assert "placetfoot &lt;b&gt; &amp;" in html
    assert "<b>" not in re.sub(r'aria-label="[^"]*"', "", html)


def test_a_mail_that_a_mailbox_would_cut_is_refused() -> None:
    with pytest.raises(BadInput, match="Shorten the text"):
        compiled(with_body("word " * 25_000))


def test_a_text_message_starts_with_the_brand_and_has_no_html() -> None:
    skeleton = compiled(TEXT).skeleton
    assert flat(skeleton.text) == (
        "Northgate Clinics: Reminder of your visit at ‹location_name›. Reply STOP to opt out."
    )
    assert skeleton.html == skeleton.subject == ()
    named = compiled(with_body("Northgate Clinics: Come at nine.\n", TEXT)).skeleton
    assert flat(named.text) == "Northgate Clinics: Come at nine."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (with_body("Your {{ service_line }} visit", TEXT), "hint at health"),
        (with_body("Stop: {{ unsubscribe_url }}", TEXT), "only works in e-mail"),
        (with_body("Dear {{ first_name }}", WORDING), "same for everybody"),
        (with_body("  \n"), "no text after the front matter"),
        (with_body("Hello {first_name}"), "Braces"),
    ],
)
def test_a_field_that_may_not_stand_there_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        compiled(text)
    assert caught.value.line is not None
    assert caught.value.line >= text[: text.index("\n---\n")].count("\n") + 3


def test_a_wording_is_a_page_of_its_own() -> None:
    skeleton = compiled(WORDING, None).skeleton
    assert flat(skeleton.text) == "Results differ from person to person.\n"
    assert "<main>" in flat(skeleton.html)
    assert skeleton.layout == "ledger-page/1"


def test_a_quoted_disclosure_stands_in_both_parts() -> None:
    skeleton = compiled(with_key("disclosures: [small-print]"), CARE, {"small-print": "Results *differ*.\n"}).skeleton
    assert "Results <em>differ</em>." in flat(skeleton.html)
    assert "Results differ." in flat(skeleton.text)


def test_a_skeleton_survives_the_database_form() -> None:
    skeleton = compiled(MAIL).skeleton
    assert Skeleton.from_json(skeleton.as_json()) == skeleton


@given(
    st.lists(
        st.sampled_from(["Hi", " ", "{{ first_name }}", "{{last_name}}", "placetslot10x0z", "*b*", "\n\n", "- a\n"])
    )
)
def test_cutting_leaves_no_brace_and_loses_no_slot(pieces: list[str]) -> None:
    body = "Start " + "".join(pieces)
    skeleton = compiled(with_body(body)).skeleton
    for part in (skeleton.html, skeleton.text):
        literals = "".join(p.text for p in part if isinstance(p, Literal))
        assert "{{" not in literals
        slots = [p.field for p in part if isinstance(p, Slot)]
        assert slots.count("first_name") == body.count("{{ first_name }}")
        assert slots.count("last_name") == body.count("{{last_name}}")
        assert literals.count("placetslot") == body.count("placetslot")
        assert set(slots) <= set(FIELDS)
    assert not set("".join(p.text for p in skeleton.text if isinstance(p, Literal))) & {"{", "}"}


def test_the_layout_uses_only_tags_the_compiler_knows() -> None:
    layout.compiled_mail()
    with pytest.raises(ValueError, match="mj-foo"):
        layout.check_mjml("<mjml><mj-foo></mj-foo></mjml>")
