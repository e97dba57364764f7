"""ARCHITECTURE.md says what the program is: its generated parts are those of today, and nothing is left out of it."""

import re
from datetime import timedelta

import pytest

from app.accounts.policy import ABSOLUTE_LIMIT, IDLE_LIMIT, STEP_UP_LIMIT
from app.delivery.model import HOLD_LIMIT_SECONDS
from tests.architecture.generated import BLOCKS, DOCUMENT, block_in, with_blocks
from tests.architecture.literals import audit_actions, refusal_codes
from tests.architecture.sources import project_files, text_of

AGAIN = "run `python -m tests.architecture.regenerate`"
WORDS = (
    "content item", "draft", "version", "closure digest", "finding", "waiver", "claim", "reference", "disclosure",
    "rule pack", "review round", "thread", "decision", "signature", "publication", "recall", "expiry", "quarantine", "lead",
    "consent event", "suppression", "sequence", "step", "enrollment", "message", "gate decision", "attempt", "receipt",
    "outcome", "audit event", "checkpoint", "proof",
)  # fmt: skip


@pytest.fixture(scope="module")
def architecture() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_a_generated_part_is_that_of_today(architecture: str, name: str) -> None:
    assert block_in(architecture, name) == BLOCKS[name](), AGAIN


def test_writing_the_parts_again_changes_nothing(architecture: str) -> None:
    assert with_blocks(architecture) == architecture, AGAIN


def test_every_audit_action_is_named_by_kind_and_event(architecture: str) -> None:
    found = audit_actions()
    assert [action for action in found if not re.fullmatch(r"[a-z_]+(\.[a-z_]+){2}", action)] == []
    assert [action for action in found if f"`{action}`" not in architecture] == []


def test_every_refusal_code_is_listed(architecture: str) -> None:
    found = refusal_codes()
    assert len(found) > 50
    assert [code for code in found if f"`{code}`" not in architecture] == []


def settings() -> set[str]:
    """Every variable that the settings read."""
    text = text_of("app/settings.py")
    named = set(re.findall(r"PLACET_[A-Z_]+[A-Z]\b", text))
    return named - {"PLACET_DKIM"} | {f"PLACET_DKIM_{part}" for part in ("KEY_FILE", "SELECTOR", "DOMAIN")}


def test_every_setting_is_documented_and_no_other(architecture: str) -> None:
    documented = set(re.findall(r"`(PLACET_[A-Z_]+)`", architecture))
    assert documented == settings()


def test_the_glossary_has_every_word_of_the_house(architecture: str) -> None:
    glossary = architecture.partition("## Words")[2].partition("\n## ")[0].lower()
    assert [word for word in WORDS if f"**{word}**" not in glossary] == []


def test_the_times_it_states_are_those_of_the_program(architecture: str) -> None:
    assert HOLD_LIMIT_SECONDS == 0.25
    assert (
        timedelta(minutes=30),
        timedelta(hours=12),
        timedelta(minutes=5),
    ) == (IDLE_LIMIT, ABSOLUTE_LIMIT, STEP_UP_LIMIT)
    assert "250 ms" in architecture


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md", "README.md"])
def test_files_that_a_document_names_exist(document: str) -> None:
    known = set(project_files())
    folders = {name.rsplit("/", depth)[0] for name in known for depth in range(1, name.count("/") + 1)}
    named = re.findall(r"`((?:app|tests|migrations|review_rules|content|static)/[\w./-]*)`", text_of(document))
    assert [name for name in named if name.rstrip("/") not in known | folders] == []
