"""What holds for every page of content and review: who may, what GET changes, and what happens to hostile words."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.accounts.model import Role
from app.storage.engine import sqlite_url
from tests.builders.clinic import Clinic, source

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)> "><svg onload=alert(3)> javascript:alert(4)'


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages are the same on both databases; the journey runs on each."""
    path = tmp_path / "placet.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


class _Attributes(HTMLParser):
    """Collects what could run: elements, handlers, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if (tag == "script" and not str(named.get("src", "")).startswith("/static/")) or tag in (
            "svg:script",
            "object",
        ):
            self.harm.append(tag)
        self.harm += [f"{tag} {name}" for name in named if name.startswith("on") or name in ("srcdoc", "style")]
        self.harm += [f"{tag} {v}" for n, v in attrs if n in ("href", "src", "action") and "script:" in str(v)]


def harm_in(page: str) -> list[str]:
    parser = _Attributes()
    parser.feed(page)
    return parser.harm


def places(clinic: Clinic) -> dict[str, Role]:
    """Every page of content and review on a clinic with one live, one approved and one open piece, by who opens it."""
    live = clinic.write()
    publication = clinic.publish(live)
    approved = clinic.approve(clinic.write(key="approved-one"))
    item = clinic.write(key="open-one")
    round_id = clinic.submit(item)
    draft = clinic.write(key="draft-one")
    return {
        "/": Role.COMPLIANCE,
        "/content": Role.WRITER,
        "/content/new": Role.WRITER,
        f"/content/{live}": Role.COMPLIANCE,
        f"/content/{live}/v/1": Role.MEDICAL,
        f"/content/{live}/v/1/preview": Role.MEDICAL,
        f"/content/{draft}/edit": Role.WRITER,
        f"/content/{draft}/v/1/submit": Role.WRITER,
        "/reviews": Role.MEDICAL,
        f"/reviews/{round_id}": Role.MEDICAL,
        f"/reviews/{round_id}?against=9": Role.MEDICAL,
        f"/reviews/{round_id}/sign": Role.MEDICAL,
        f"/reviews/{round_id}/changes": Role.MEDICAL,
        f"/reviews/{round_id}/decline": Role.MEDICAL,
        f"/reviews/{round_id}/withdraw": Role.WRITER,
        f"/reviews/{approved}/publish": Role.COMPLIANCE,
        f"/publications/{publication}/recall": Role.COMPLIANCE,
    }


def test_looking_changes_nothing(clinic: Clinic) -> None:
    found = places(clinic)
    desks = {role: clinic.desk(role) for role in set(found.values())}
    size = clinic.log_size()
    for address, role in found.items():
        assert desks[role].get(address).status_code == 200, address
        desks[role].client.head(address)
    assert clinic.log_size() == size


def test_no_address_or_tab_names_more_than_an_id(clinic: Clinic) -> None:
    for address, role in places(clinic).items():
        assert not re.search("ready|visit|one", address)
        page = clinic.desk(role).get(address).text
        title = re.search(r"<title>(.*?)</title>", page)
        assert title is None or "preview" in address or "ready" not in title.group(1)


def test_those_who_may_not_are_told_who_may(clinic: Clinic) -> None:
    item = clinic.write()
    round_id = clinic.submit(item)
    closed = {
        "/content": Role.ADMINISTRATOR,
        f"/content/{item}": Role.ADMINISTRATOR,
        f"/content/{item}/v/1/preview": Role.ADMINISTRATOR,
        "/reviews": Role.ADMINISTRATOR,
        "/content/new": Role.MEDICAL,
        f"/content/{item}/edit": Role.MEDICAL,
        f"/content/{item}/v/1/submit": Role.MEDICAL,
        f"/reviews/{round_id}/sign": Role.WRITER,
        f"/reviews/{round_id}/changes": Role.WRITER,
        f"/reviews/{round_id}/publish": Role.WRITER,
        "/publications/any/recall": Role.WRITER,
    }
    for address, role in closed.items():
        for answer in (clinic.desk(role).get(address), clinic.desk(role).post(address)):
            assert answer.status_code in (403, 405), address
            if answer.status_code == 403:
                assert "Your roles do not allow this" in answer.text
                assert "These roles may:" in answer.text


def test_a_form_without_its_token_does_nothing(clinic: Clinic) -> None:
    item = clinic.write()
    round_id = clinic.submit(item)
    size = clinic.log_size()
    writer, medic = clinic.desk(Role.WRITER).client, clinic.desk(Role.MEDICAL).client
    size = max(size, clinic.log_size())
    for client, address in (
        (writer, "/content/new"),
        (writer, f"/content/{item}/edit"),
        (writer, f"/reviews/{round_id}/withdraw"),
        (medic, f"/reviews/{round_id}/sign"),
        (medic, f"/reviews/{round_id}/threads"),
        (medic, f"/reviews/{round_id}/decline"),
    ):
        answer = client.post(
            address, data={"reason": "because of it", "source": source(), "comment": "x", "kind": "note"}
        )
        assert answer.status_code == 400, address
        assert "older than your session" in answer.text
    assert clinic.log_size() == size


def test_hostile_words_stay_words_everywhere(clinic: Clinic) -> None:
    title = EVIL.replace("'", "")
    item = clinic.write(f"# Hi\n\n{EVIL}\n", title=title, subject=title)
    round_id = clinic.approve(item)
    clinic.edit(item, f"# Hi there\n\n{EVIL} 2\n", title=title + " again", subject=title)
    round_id = clinic.submit(item, 2)
    medic = clinic.desk(Role.MEDICAL)
    medic.post(f"/reviews/{round_id}/threads", quote=EVIL, comment=EVIL, kind="note")
    bad = clinic.desk(Role.WRITER).post("/content/new", source=EVIL, act="save")
    pages = {"bad": bad.text}
    for address in (
        "/",
        "/content",
        "/reviews",
        f"/reviews/{round_id}",
        f"/reviews/{round_id}/sign",
        f"/content/{item}",
    ):
        pages[address] = medic.get(address).text
    pages["edit"] = clinic.desk(Role.WRITER).get(f"/content/{item}/edit").text
    pages["submit"] = clinic.desk(Role.WRITER).get(f"/content/{item}/v/2/submit").text
    assert EVIL.split("<img", maxsplit=1)[0] not in "".join(pages.values())
    assert "&lt;script&gt;alert(1)" in pages[f"/reviews/{round_id}"]
    assert {address: harm_in(page) for address, page in pages.items()} == {address: [] for address in pages}
    preview = medic.get(f"/content/{item}/v/2/preview")
    assert [harm for harm in harm_in(preview.text) if not harm.endswith(" style")] == []
    assert preview.headers["Content-Security-Policy"].startswith("sandbox;")
