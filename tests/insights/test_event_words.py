"""Every record of the log reads as a sentence."""

import re
from pathlib import Path

import pytest

from app.audit.model import Leaf
from app.insights.event_words import KINDS, MOVES, WORDS, event_sentence, reason_text, who_text
from app.insights.wording import ALL
from app.outbox.model import MessageAction
from app.sequences.model import SequenceAction
from tests.fakes import MONDAY

APP = Path(__file__).resolve().parents[2] / "app"
NAMES = {"mara": "Mara Medical", "i1": "imaging-prep"}
ACTION = re.compile(
    r'"((?:accounts|checks|consent|content|gate|publishing|review|sender|sequences)\.[a-z_]+\.[a-z_]+)"'
)


def leaf(action: str, actor: str = "mara", subject: tuple[str, str] = ("item", "i1"), **data: object) -> Leaf:
    return Leaf(1, MONDAY, actor, action, *subject, data, ())  # type: ignore[arg-type]


def noted_actions() -> set[str]:
    """Actions that stand in the program as they are written into the log."""
    files = [*APP.rglob("operations/*.py"), *APP.rglob("operations.py")]
    return {action for file in files for action in ACTION.findall(file.read_text(encoding="utf-8"))}


def test_every_action_that_the_program_notes_has_words() -> None:
    assert len(noted_actions()) > 25
    assert sorted(noted_actions() - set(WORDS)) == []


def test_acts_named_by_a_value_have_words_too() -> None:
    made = {f"sequences.version.{action.value}" for action in SequenceAction}
    made |= {
        f"publishing.publication.{what}"
        for what in ("created", "superseded", "recalled", "expired", "quarantined", "released")
    }
    made |= {f"review.thread.{what}" for what in ("opened", "commented", "done", "settled", "reopened")}
    assert sorted(made - set(WORDS)) == []
    assert set(MOVES) == {action.value for action in MessageAction}


@pytest.mark.parametrize("action", sorted(WORDS))
def test_no_sentence_shows_its_template_or_ends_with_a_stop(action: str) -> None:
    said = event_sentence(leaf(action, stopped=2), NAMES)
    assert not re.search(r"[{}]|\.$|None", said), said
    assert said[:1].isupper() or said.startswith(("imaging-prep", "2 people"))


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (leaf("publishing.publication.created"), "Mara Medical published imaging-prep"),
        (
            leaf("consent.event.withdrew", channel="*", purpose="education"),
            "Contact imaging-prep opted out: everything, education",
        ),
        (leaf("gate.switch.engaged", subject=("kill_switch", "all")), "Mara Medical stopped sending for everything"),
        (leaf("gate.switch.engaged", subject=("kill_switch", "s1")), "Mara Medical stopped sending for sequence s1"),
        (leaf("outbox.messages.planned", "engine", count=1), "One message was planned"),
        (leaf("outbox.messages.planned", "engine", count=7), "7 messages were planned"),
        (leaf("outbox.message.accept", subject=("message", "m1")), "Message m1 was accepted by the mail server"),
        (leaf("outbox.messages.give_back", count=3), "3 messages: each went back to wait"),
        (leaf("outbox.messages.give_back", count=1), "One message went back to wait"),
        (leaf("outbox.message.of_tomorrow", subject=("message", "m1")), "Message m1 of tomorrow"),
        (leaf("stage.thing.of_tomorrow"), "Mara Medical: stage thing of tomorrow, imaging-prep"),
        (leaf("review.round.opened"), "Mara Medical submitted version (not stated) for review"),
    ],
)
def test_a_record_is_one_sentence(record: Leaf, sentence: str) -> None:
    assert event_sentence(record, NAMES) == sentence


def test_a_held_message_says_why() -> None:
    said = event_sentence(leaf("outbox.message.hold", subject=("message", "m1"), reason="quiet_hours"), NAMES)
    assert said.startswith("Message m1 was held: ")
    assert "quiet_hours" not in said


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_reason_without_facts_leaves_no_hole(code: str) -> None:
    text = reason_text(code)
    assert text
    assert not text[0].isupper()
    assert "{" not in text


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("mara", "Mara Medical"),
        ("worker-3f", "The engine"),
        ("system", "The system"),
        ("recipient", "The recipient"),
        ("x9", "x9"),
    ],
)
def test_whoever_acted_has_a_name(actor: str, name: str) -> None:
    assert who_text(actor, NAMES) == name


def test_a_filter_of_the_log_finds_something() -> None:
    stages = {action.partition(".")[0] for action in WORDS}
    assert {prefix for prefix, _ in KINDS} - {""} <= stages
