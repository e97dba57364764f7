"""Sequence files, good and bad."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.errors import BadInput
from app.outbox.model import Pin
from app.sequences.plan_files import parse_plan

FOLDER = Path(__file__).parents[2] / "content"
GOOD = """key: imaging
title: Getting ready
lead_type: patient
steps:
  - item: mri-prep-1
    channel: email
    pin: latest
    delay: "3 days"
    window: {from: "09:00", to: "17:00", days: [fri, mon]}
    useful_for: "2 days"
"""


def test_a_good_file_becomes_a_plan() -> None:
    plan = parse_plan(GOOD.encode(), "imaging.yml")
    (step,) = plan.steps
    assert (plan.key, step.number, step.pin, step.delay) == ("imaging", 1, Pin.LATEST, timedelta(days=3))
    assert (step.window.start_hour, step.window.end_hour, step.window.weekdays) == (9, 17, (0, 4))


def test_a_step_may_be_pinned_to_one_publication() -> None:
    (step,) = parse_plan(GOOD.replace("latest", "{publication: abc234}").encode(), "imaging.yml").steps
    assert (step.pin, step.publication_id) == (Pin.EXACT, "abc234")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("fax", "channel: email", 6, "email"),
        ("pin: newest", "pin: latest", 7, "latest"),
        ('delay: "3 moons"', 'delay: "3 days"', 8, "3 days"),
        ('delay: "9999 weeks"', 'delay: "3 days"', 8, "two years"),
        ('from: "09:30"', 'from: "09:00"', 9, "whole hour"),
        ('to: "08:00"', 'to: "17:00"', 9, "later"),
        ("days: [someday]", "days: [fri, mon]", 9, "mon"),
        ("days: []", "days: [fri, mon]", 9, "at least 1"),
        ('useful_for: "0 days"', 'useful_for: "2 days"', 10, "longer than nothing"),
        ("key: Imaging Prep", "key: imaging", 1, "small letters"),
        ("titel: x", "title: Getting ready", 2, "title"),
        ("key: a\nkey: b", "key: imaging", 2, "twice"),
        ("steps: {", "steps:", None, "not YAML"),
        ("colour: red\nsteps:", "steps:", 4, "not a key"),
    ],
)
def test_a_mistake_is_named_with_its_line(wrong: str, right: str, line: int | None, says: str) -> None:
    wrong = f"channel: {wrong}" if wrong == "fax" else wrong
    assert right in GOOD
    with pytest.raises(BadInput, match=says) as refusal:
        parse_plan(GOOD.replace(right, wrong, 1).encode(), "imaging.yml")
    if line is not None and "titel" not in wrong:
        assert refusal.value.line == line


@pytest.mark.parametrize("data", [b"", b"just text", b"\xff\xfe", b"a: &x 1\nb: *x\n", b"x" * 70_000, b"[" * 5000])
def test_what_is_not_a_sequence_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_plan(data, "x.yml")


def test_texts_keep_quiet_hours() -> None:
    early = GOOD.replace("channel: email", "channel: sms").replace('"09:00"', '"07:00"')
    with pytest.raises(BadInput, match="47 CFR"):
        parse_plan(early.encode(), "x.yml")


def test_the_sample_sequences_name_items_that_are_in_the_library() -> None:
    items = {
        line.removeprefix("id:").strip()
        for path in FOLDER.rglob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("id:")
    }
    files = sorted((FOLDER / "sequences").glob("*.yml"))
    assert len(files) >= 4
    for file in files:
        plan = parse_plan(file.read_bytes(), file.name)
        assert {step.item_key for step in plan.steps} <= items, file.name
