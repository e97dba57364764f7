"""Checks as their users call them: a file, a passage, a message on its way out."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks.linting import active_packs, check_rendered, check_source
from app.checks.model import CheckContext
from app.checks.normalise import matching_text
from app.kernel.digest import canonical
from app.kernel.finding import Severity

PACKS = active_packs()
ANYWHERE = CheckContext()
MAIL = """---
id: prep
type: email
audience: patients
owner: ada@northgate.example
review_every_days: "180"
sender: northgate
subject: {subject}
preheader: {preheader}
cta:
  label: Book
  url: https://northgate.example/book
---
{body}
"""


def mail(body: str = "Come early.", subject: str = "Your visit", preheader: str = "How to get ready") -> str:
    return MAIL.format(body=body, subject=subject, preheader=preheader)


def rules(text: str, context: CheckContext = ANYWHERE) -> dict[str, str]:
    return {finding.rule: finding.excerpt for finding in check_source(text, context, PACKS, readability=False).findings}


def test_a_lawful_mail_has_no_findings_and_is_not_called_lawful() -> None:
    report = check_source(mail(), CheckContext(), PACKS)
    assert (report.findings, report.blocks, report.warns) == ((), 0, 0)
    assert "People still have to read" in str(report.as_json()["verdict"])


def test_a_claim_across_subject_and_preheader_is_found() -> None:
    assert (
        rules(mail(subject="At last we guarantee", preheader="results in May"))["guarantee"]
        == "guarantee\npreheader: results"
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Hello {{ nickname }}", "merge-field-unknown"),
        ("Hello *|FNAME|*", "merge-field-template"),
        ("[Go](javascript:alert(1))", "link-scheme"),
        ("<script>alert(1)</script>", "html-active"),
        ("Hello<br>you", "html-raw"),
        ("gu\u200barantee", "hidden-invisible"),
        ("\u0441ures", "hidden-mixed-script"),
        ("a \u202etxet", "hidden-direction"),
        ("We offer guaranteed results.", "guarantee"),
        ("This cream cures eczema.", "cure"),
    ],
)
def test_what_must_not_leave_blocks(text: str, rule: str) -> None:
    report = check_source(mail(text), CheckContext(), PACKS, readability=False)
    assert [finding.rule for finding in report.findings if finding.severity is Severity.BLOCK] == [rule]


def test_a_loose_passage_is_not_asked_for_the_parts_of_a_message() -> None:
    assert rules("Come early.") == {}
    assert set(rules("Come early.", CheckContext(channel="sms", content_type="sms"))) == {"sms-brand-first", "sms-stop"}


def test_missing_head_fields_are_named() -> None:
    assert {"sender-given", "subject-given", "owner-and-review"} <= set(rules("---\ntype: email\n---\nHello"))


def test_severity_is_the_highest_that_applies() -> None:
    texas, california = (
        check_source("Painless lasers.", CheckContext(jurisdictions=(place,)), PACKS, readability=False)
        for place in ("US-TX", "US-CA")
    )
    assert (texas.blocks, texas.warns, california.blocks) == (0, 1, 1)


def test_rules_of_another_country_stay_out() -> None:
    assert "cure" not in rules("This cream cures eczema.", CheckContext(jurisdictions=("CA",)))


def test_a_declared_name_is_left_alone_and_that_is_recorded() -> None:
    context = CheckContext(names=("Miracle Cure Day",))
    report = check_source("Join our Miracle Cure Day.", context, PACKS, readability=False)
    assert report.findings == ()
    assert [(item.rule, item.reason) for item in report.suppressed] == [("miracle", "name")]


def test_a_rule_not_yet_in_force_stays_out() -> None:
    assert "cure" not in rules("This cream cures eczema.", CheckContext(on="2025-12-31"))
    assert "cure" in rules("This cream cures eczema.", CheckContext(on="2026-01-01"))


def test_the_report_has_a_canonical_form_and_repeats_itself() -> None:
    text = mail("This cream cures eczema. We cannot guarantee results. " + "You can come in early. " * 10)
    one, two = (check_source(text, CheckContext(), PACKS) for _ in range(2))
    assert canonical(one.as_json()) == canonical(two.as_json())
    assert one.digest == two.digest


def test_the_gate_sees_block_findings_only() -> None:
    context = CheckContext("email", "email", "patients", ("US",))
    text = "\n\n".join(["Come early and bring your card with a list of the pills you take."] * 23)
    assert check_rendered("Your visit", text, context, PACKS) == ()
    (finding,) = check_rendered("Your visit", text + " Results guaranteed.", context, PACKS)
    assert (finding.rule, finding.excerpt) == ("guarantee", "Results guaranteed")


def test_a_wrapped_line_does_not_cut_a_negation_from_its_claim() -> None:
    context = CheckContext("email", "email", "patients", ("US",))
    text = "Every person heals in a different way, and that is why we cannot\nguarantee results, and why we\nnever promise a cure."
    assert check_rendered("Your visit", text, context, PACKS) == ()


def test_a_rendered_text_message_must_name_sender_and_way_out() -> None:
    context = CheckContext("sms", "sms", "patients", ("US",))
    assert check_rendered("", "Northgate: come early. Reply STOP to opt out.", context, PACKS) == ()
    assert {finding.rule for finding in check_rendered("", "Come early.", context, PACKS)} == {
        "sms-brand-first",
        "sms-stop",
    }


@given(
    st.sampled_from(
        [
            "{}",
            "# {}",
            "- a\n- {}",
            "> {}\n> more",
            "| a | b |\n|---|---|\n| x | {} |",
            "One.\n\n{}\nmore",
            "![{}](https://a.example/p.png)",
            "See [{}](https://a.example) b",
        ]
    ),
    st.sampled_from(
        [
            "guaranteed results",
            "gua**rant**eed results",
            "guaranteed *results*",
            "guar&#97;nteed results",
            "gu\u200baranteed results",
            "guaran<!-- x -->teed results",
            "Guaranteed\\\nresults",
            "g u a r a n t e e d results",
        ]
    ),
    st.sampled_from(["", "Ünï ", "We give ", "😀 "]),
)
def test_the_span_of_a_finding_holds_what_the_rule_matched(frame: str, claim: str, before: str) -> None:
    if "\n" in claim and ("|" in frame or frame.startswith("#") or "- {}" in frame):
        return
    text = mail(frame.format(before + claim))
    found = [
        finding
        for finding in check_source(text, CheckContext(), PACKS, readability=False).findings
        if finding.rule == "guarantee"
    ]
    assert found, text
    for finding in found:
        assert text[finding.span.start : finding.span.end] == claim.rstrip("*")
        assert text.splitlines()[finding.span.line - 1][finding.span.column - 1 :].startswith(
            claim.split("\n", maxsplit=1)[0].rstrip("*")
        )


@given(
    st.sampled_from(["subject", "preheader"]),
    st.sampled_from(["guaranteed results", "'guaranteed  results'", '"guaranteed\\x20results"']),
)
def test_spans_in_the_front_matter_are_exact_too(key: str, written: str) -> None:
    text = mail(**{key: written})
    (finding,) = [
        finding
        for finding in check_source(text, CheckContext(), PACKS, readability=False).findings
        if finding.rule == "guarantee"
    ]
    cut = text[finding.span.start : finding.span.end]
    assert cut in written
    assert "guaranteed" in matching_text(cut).text
    assert "results" in cut


@pytest.mark.parametrize(
    "text",
    [
        "cure " * 20_000,
        "no " * 30_000 + "pain",
        "a.b" * 30_000,
        "guarantee" * 10_000,
        "your " * 40_000,
        "(" * 100_000,
        "1a" * 60_000,
        "a " * 90_000,
    ],
)
def test_evil_texts_end_in_bounded_time(text: str) -> None:
    started = time.process_time()
    check_source(text, CheckContext(), PACKS, readability=False)
    assert time.process_time() - started < 8


def test_a_cold_start_loads_neither_database_nor_web_nor_textstat() -> None:
    program = "import sys; from app.checks import linting; print([m for m in ('sqlalchemy', 'flask', 'nltk', 'textstat') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
