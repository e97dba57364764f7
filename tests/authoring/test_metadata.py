import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authoring.front_matter import split
from app.authoring.metadata import from_json, validate
from app.authoring.model import Channel, Metadata
from app.kernel.errors import BadInput
from tests.authoring.samples import MAIL, TEXT, WORDING, with_key


def read(text: str) -> Metadata:
    return validate(split(text, "visit.md"))


def test_a_lawful_mail_is_read_whole() -> None:
    metadata = read(MAIL)
    assert metadata.key == "visit-mail"
    assert metadata.channel is Channel.EMAIL
    assert metadata.cta_url == "{{ appointment_link }}"
    assert metadata.fallbacks == {"first_name": "there"}


@pytest.mark.parametrize("text", [MAIL, TEXT, WORDING, with_key("valid_from: 2026-12-01")])
def test_metadata_survives_the_database_form(text: str) -> None:
    metadata = read(text)
    assert from_json(metadata.as_json()) == metadata


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("id: MRI Prep", "lower-case"),
        ("type: fax", "email, sms, landing_page"),
        ("channel: sms", "always goes by email"),
        ("audience: everyone", "patients, carers, partners"),
        ("lead_type: lead", "patient, referral_partner, stakeholder"),
        ("purpose: spam", "education, newsletter"),
        ("stage: funnel", "awareness, information"),
        ("locale: tlh", "en-US"),
        ("owner: Max", "e-mail address"),
        ("review_every_days: 0", "from 1 to 730"),
        ("review_every_days: soon", "whole number"),
        ("jurisdictions: [Mars]", "Countries"),
        ("jurisdictions: US", "give a list"),
        ("jurisdictions: [US, US]", "listed twice"),
        ("service_line: cures", "imaging"),
        ("title: ''", "empty"),
        ("subject: '{{ service_line }}'", "hint at health"),
        ("preheader: '{{ service_line }}'", "hint at health"),
        ("subject: '{{ unsubscribe_url }}'", "in the body"),
        ("subject: '{{ nobody }}'", "no merge field"),
        ("title: '{{ first_name }}'", "braces"),
        ("fallbacks: {first_name: R2D2}", "cannot fall back"),
        ("fallbacks: {unsubscribe_url: 'https://x.example'}", "cannot fall back"),
        ("fallbacks: {nobody: x}", "no merge field"),
        ("images: {'../x.png': a}", "image file name"),
        ("valid_until: 30.11.2026", "Write it as 2026-11-30"),
    ],
)
def test_a_value_that_cannot_be_used_names_key_line_and_column(line: str, words: str) -> None:
    with pytest.raises(BadInput, match=line.partition(":")[0]) as caught:
        read(with_key(line))
    assert words in caught.value.message
    assert caught.value.line == 2
    assert caught.value.column is not None
    assert caught.value.column > line.index(":")


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    text = with_key("valid_until: 2026-11-30", with_key("valid_from: 2026-12-01"))
    with pytest.raises(BadInput, match="ends before it starts"):
        read(text)


@pytest.mark.parametrize("key", ["id", "title", "type", "audience", "stage", "owner", "sender", "subject", "purpose"])
def test_a_missing_key_is_named(key: str) -> None:
    text = "\n".join(line for line in MAIL.split("\n") if not line.startswith(f"{key}:"))
    with pytest.raises(BadInput, match=f"{key}: this key is missing"):
        read(text)


@pytest.mark.parametrize("line", ["subject: Hello", "preheader: Hello", "cta: {label: a, url: 'https://x.example'}"])
def test_a_text_message_has_no_subject_and_no_button(line: str) -> None:
    with pytest.raises(BadInput, match="Remove the key"):
        read(with_key(line, TEXT))


@pytest.mark.parametrize(
    "url",
    [
        "http://x.example",
        "javascript:alert(1)",
        "{{ first_name }}",
        "https://x.example/{{ appointment_link }}",
        "/book",
    ],
)
def test_the_button_leads_only_where_it_may(url: str) -> None:
    base = MAIL.replace('  url: "{{ appointment_link }}"', f'  url: "{url}"')
    with pytest.raises(BadInput, match="cta.url"):
        read(base)


@given(
    st.sampled_from(["subject", "preheader", "title", "cta.label", "fallbacks"]),
    st.sampled_from(["\\r\\n", "\\n", "\\r", "\\0", "\\x0b", "\\x85", "\\u2028", "\\u2029", "\\u202e", "\\t"]),
    st.sampled_from(["", "x", "Bcc: a@b.example"]),
)
def test_nobody_smuggles_a_line_into_a_header(key: str, separator: str, tail: str) -> None:
    value = f'"Hello{separator}{tail}"'
    if key == "cta.label":
        text = MAIL.replace("  label: Book a time", f"  label: {value}")
    elif key == "fallbacks":
        text = MAIL.replace("  first_name: there", f"  first_name: {value}")
    else:
        text = with_key(f"{key}: {value}")
    with pytest.raises(BadInput, match=r"not allowed here"):
        read(text)
