"""Input that cannot be used: every command says what, where and what to do, and nothing is changed by it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.journeys.stage import CONTENT, done, refused, unusable

PIECE = (CONTENT / "imaging" / "mri-prep-1.md").read_text(encoding="utf-8")
SUBJECT = 'subject: "Your visit: how to prepare"'
Change = Callable[[str], str]


def instead(old: str, new: str) -> Change:
    assert old in PIECE
    return lambda text: text.replace(old, new, 1)


UNUSABLE = {
    "a key that is not known": (instead("locale: en-US", "local: en-US"), 9, "'local' is not a known key. Did you mean 'locale'"),
    "a value that is not allowed": (instead("audience: patients", "audience: everybody"), 5, "'everybody' is not one of"),
    "a key given twice": (instead("stage: information", "stage: information\nstage: awareness"), 9, "'stage' is given twice"),
    "a header in the subject": (instead(SUBJECT, 'subject: "Hello\\r\\nBcc: all@home.example"'), 13, "one line of plain text"),
    "a header in the preheader": (instead('preheader: "What', 'preheader: "\\nTo: x What'), 14, "one line of plain text"),
    "an owner without address": (instead("owner: max@northgate.example.org", "owner: max at northgate"), 10, "owner"),
    "an unknown sender": (instead("sender: northgate-care", "sender: northgate-cars"), 12, "there is no sender"),
    "a window that ends before it starts": (
        instead("service_line: imaging", "valid_from: 2027-05-01\nvalid_until: 2027-04-01\nservice_line: imaging"),
        20,
        "The window ends before it starts",
    ),
    "an unknown merge field": (instead("{{ first_name }}", "{{ frist_name }}"), 26, "Did you mean 'first_name'"),
    "a field about health in the subject": (instead(SUBJECT, 'subject: "Your {{ service_line }} visit"'), 13, "subject"),
    "half a brace": (instead("Hello {{ first_name }}", "Hello {{ first_name }"), 26, "Remove the brace or complete the field"),
    "no front matter": (instead("---\n", ""), 1, "Put a line --- first"),
    "front matter without end": (lambda text: text.replace("\n---\n", "\n"), 1, "Put a line --- after the last key"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reading_room(opened: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A clinic for all of these: what is refused leaves no trace, so they share it."""
    from tests.journeys.conftest import copied

    return copied(opened("sqlite"), tmp_path_factory.mktemp("reading") / "clinic")


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_content_file_is_refused_with_its_place(reading_room: Desk, case: str, tmp_path: Path) -> None:
    change, line, words = UNUSABLE[case]
    file = tmp_path / "piece.md"
    file.write_bytes(change(PIECE).encode())
    said = unusable(reading_room, "ada", "import", str(file))
    assert f"{file}:{line}:" in said
    assert words in said
    assert reading_room.ask("content", "show", "mri-prep-1")["version"] == 1


def test_an_oversized_file_is_refused_before_it_is_read(reading_room: Desk, tmp_path: Path) -> None:
    file = tmp_path / "long.md"
    file.write_text(PIECE + "More words. " * 200_000, encoding="utf-8")
    assert "Split it into several items" in unusable(reading_room, "ada", "import", str(file))


def test_markup_and_script_do_not_get_through(reading_room: Desk, tmp_path: Path) -> None:
    marked = PIECE.replace("mri-prep-1", "marked").replace(
        "## Before you come", '<script>steal()</script>\n\n<img src=x onerror="steal()">\n\n## Before you come'
    )
    file = tmp_path / "marked.md"
    file.write_text(marked.replace("<img", "[Click](javascript:steal()) <img"), encoding="utf-8")
    assert "'javascript:steal()' is not allowed" in unusable(reading_room, "ada", "import", str(file))
    file.write_text(marked, encoding="utf-8")
    checked = reading_room.run("check", str(file))
    assert checked.exit_code == 1
    assert "block: Scripts, frames, forms" in checked.stdout
    done(reading_room, "ada", "import", str(file))
    assert "block_findings" in refused(reading_room, "ada", "submit", "marked")


def test_a_template_language_is_text_or_refused(reading_room: Desk, tmp_path: Path) -> None:
    for place in ("{{ 7 * 7 }}", "{{ first_name.__class__ }}", "{{ config }}"):
        file = tmp_path / "template.md"
        file.write_text(PIECE.replace("{{ first_name }}", place), encoding="utf-8")
        assert f"{file}:26:" in unusable(reading_room, "ada", "import", str(file))


def test_addresses_and_names_of_leads_are_checked(reading_room: Desk, tmp_path: Path) -> None:
    for address in ("rita", "rita@", "rita@home.example\nBcc: x@home.example", "Rita <rita@home.example>"):
        said = unusable(reading_room, "cleo", "leads", "add", "--type", "patient", "--email", address)
        assert "address" in said
    named = [
        "leads",
        "add",
        "--type",
        "patient",
        "--email",
        "new@home.example",
        "--first-name",
        "Eve\r\nBcc: x@home.example",
    ]
    unusable(reading_room, "cleo", *named)
    sheet = tmp_path / "leads.csv"
    sheet.write_text("email,lead_type,first_name\nnot an address,patient,Eve\n", encoding="utf-8")
    said = unusable(reading_room, "cleo", "leads", "import", str(sheet))
    assert f"{sheet}:2: email" in said
    sheet.write_text("email,email,lead_type\na@home.example,b@home.example,patient\n", encoding="utf-8")
    assert "two columns called ‘email’" in unusable(reading_room, "cleo", "leads", "import", str(sheet))


def test_a_sequence_that_cannot_be_read_is_named_with_its_place(reading_room: Desk, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(
        "key: late\ntitle: Late\nlead_type: patient\nsteps:\n  - item: mri-prep-1\n    delay: soon\n", encoding="utf-8"
    )
    assert f"{file}:" in unusable(reading_room, "max", "sequence", "import", str(file))
    assert "late" in unusable(reading_room, "", "sequence", "show", "late")


def test_dates_in_a_wrong_order_are_a_refusal_and_a_wrong_password_is_no_key(
    reading_room: Desk, tmp_path: Path
) -> None:
    done(reading_room, "ada", "submit", "not-medical-advice", "--note", "For the sheet.")
    for who, role in (("lev", "legal"), ("cora", "compliance")):
        done(reading_room, who, "sign", "not-medical-advice", "--role", role)
    backwards = ["publish", "not-medical-advice", "--from", "2030-02-01", "--until", "2030-01-01"]
    assert "window_order" in refused(reading_room, "max", *backwards)
    assert "zone" in unusable(reading_room, "max", "publish", "not-medical-advice", "--until", "2030-01-01T09:00")
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password\n", encoding="utf-8")
    tried = Desk(reading_room.data, wrong, reading_room.env)
    assert "sign_in_failed" in refused(tried, "max", "publish", "not-medical-advice")
