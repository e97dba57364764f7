"""What the product says, and never says: no promise of lawfulness, no chatter, no health words in addresses."""

import ast
import re
from pathlib import Path

import pytest

from app.audit.operations import open_units
from app.insights.wording import ALL
from app.settings import WebSettings
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import SigningKey
from app.web.application import create_app
from app.web.context import WebContext, WebKeys
from tests.architecture.sources import project_files, python_files, text_of, tree_of
from tests.fakes import CountingIds, CountingTokens, FixedClock

PROMISE = re.compile(r"\bcomplian(?:t|tly)\b", re.IGNORECASE)
CHATTER = re.compile(r"\b(?:please|sorry|oops|invalid|whoops|uh-oh)\b", re.IGNORECASE)
MACHINE_PATHS = re.compile("|".join(f"/{folder}/" for folder in ("work", "farm", "tmp/plan", "tmp/toolv")))
HEALTH = (
    "patient", "clinic", "condition", "diagnos", "disease", "health", "medical", "surg", "imaging", "mri", "cancer",
    "treat", "therapy", "symptom", "illness", "aesthetic", "bariatric", "oncolog",
)  # fmt: skip
NEGATED = re.compile(r"(?:never|not|no)\b[^.]{0,60}\"compliant\"", re.IGNORECASE | re.DOTALL)
"""A document may say that the word is never used."""

PAGES = [name for name in project_files() if name.startswith("app/web/templates/")]
PAPERS = ["README.md", "CHANGELOG.md", "SECURITY.md", "ARCHITECTURE.md"]
PEOPLE_READ = [name for name in project_files() if name.startswith("static/js/placet")]
BINARY = (".woff2", ".png", ".ico", ".jpg", ".pdf")


def spoken(name: str) -> list[str]:
    """Texts of a Python file that are not docstrings: what a person may be shown, f-strings in their fixed parts."""
    tree = tree_of(name)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    attribute_docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | attribute_docs
    ]


@pytest.mark.parametrize("name", [*PAGES, *PAPERS, *PEOPLE_READ])
def test_nothing_a_person_reads_claims_lawfulness(name: str) -> None:
    assert PROMISE.findall(NEGATED.sub("", text_of(name))) == []


def test_no_command_help_or_message_claims_lawfulness() -> None:
    # Help texts of commands are docstrings, so the whole of the command line is read, and elsewhere what is spoken.
    whole = {name: PROMISE.findall(text_of(name)) for name in python_files("app/cli")}
    said = {name: [text for text in spoken(name) if PROMISE.search(text)] for name in python_files("app")}
    assert {name: found for name, found in {**said, **whole}.items() if found} == {}


@pytest.mark.parametrize("name", [*PAGES, *PEOPLE_READ])
def test_pages_do_not_chat(name: str) -> None:
    assert [
        line.strip() for line in text_of(name).splitlines() if CHATTER.search(line) and "aria-invalid" not in line
    ] == []


def test_messages_do_not_chat() -> None:
    lists_of_words = {"app/checks/sentences.py"}
    files = [name for name in python_files("app") if name not in lists_of_words]
    found = {name: [text for text in spoken(name) if CHATTER.search(text) and " " in text] for name in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_help_of_commands_does_not_chat() -> None:
    found = {name: CHATTER.findall(text_of(name)) for name in python_files("app/cli")}
    assert {name: words for name, words in found.items() if words} == {}


def test_wordings_do_not_chat() -> None:
    assert len(ALL) > 50
    said = {code: f"{w.sentence} {w.fix}" for code, w in ALL.items()}
    assert {code: text for code, text in said.items() if CHATTER.search(text) or PROMISE.search(text)} == {}


def test_no_address_of_a_page_holds_a_health_word(tmp_path: Path) -> None:
    keys = WebKeys(SigningKey(b"s" * 32), b"u" * 32, b"a" * 32, ("c" * 40,))
    clock = FixedClock()
    settings = WebSettings.from_mapping({}, data_dir=tmp_path)
    context = WebContext(
        open_units(open_engine(sqlite_url(tmp_path / "none.sqlite3"))),
        clock,
        clock,
        CountingIds(),
        CountingTokens(),
        settings,
        keys,
        "Lindenhof",
        rate_limits=False,
    )
    rules = [str(rule) for rule in create_app(context).url_map.iter_rules()]
    # The health of the process, which machines ask for under the name they know, says nothing of anybody.
    rules = [rule for rule in rules if not rule.startswith("/health/")]
    assert len(rules) > 10
    assert [rule for rule in rules if any(word in rule.lower() for word in HEALTH)] == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    texts = [name for name in project_files() if not name.endswith(BINARY)]
    found = {name: MACHINE_PATHS.findall(text_of(name)) for name in texts}
    assert {name: paths for name, paths in found.items() if paths} == {}


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("This mail is compliant.", True),
        ("HIPAA-compliant clinics", True),
        ("Checks passed on rule pack X", False),
        ("Compliance signs first", False),
        ('Placet never says "compliant".', False),
    ],
)
def test_the_search_knows_a_promise(text: str, *, promises: bool) -> None:
    assert bool(PROMISE.search(NEGATED.sub("", text))) is promises


@pytest.mark.parametrize("text", ["Please try again", "Oops!", "Invalid value", "We are sorry"])
def test_the_search_knows_chatter(text: str) -> None:
    assert CHATTER.search(text)
