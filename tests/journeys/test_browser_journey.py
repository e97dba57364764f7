"""The same way through Chromium: from Ada's words to a letter in the inbox, what stops the next one, and the evidence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.audit.operations import open_units
from app.consent import queries as consent
from app.consent.model import ConsentChannel
from app.consent.vault import Vault
from app.insights.schema import guards
from app.kernel.clock import SystemClock
from app.kernel.ids import SystemTokens
from app.sequences import queries as sequences
from app.storage.engine import open_engine, sqlite_url
from app.storage.keys import ADDRESS_KEY, KeyFiles
from tests.journeys.browser import Running, Visitor, chromium, soon, up

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
TITLE = "MRI prep 1: what to expect"
BEFORE, AFTER = "A trained technologist runs the scan", "A certified technologist runs the scan"


@pytest.fixture
def placet(demonstration: Path) -> Iterator[Running]:
    with up(demonstration) as running:
        yield running


@pytest.fixture
def visitor(placet: Running) -> Iterator[Visitor]:
    with chromium() as browser:
        yield Visitor(browser.new_page(viewport={"width": 1440, "height": 900}), placet.url)


def somebody_new(data: Path) -> str:
    """The address of somebody who agreed to hear about visits and is in no sequence."""
    engine = open_engine(sqlite_url(data / "placet.sqlite3"))
    vault, now = Vault(KeyFiles(data / "keys", SystemTokens()).secret(ADDRESS_KEY)), SystemClock().now()
    with open_units(engine).reading() as connection:
        found = next(
            lead.personal.email
            for lead in consent.leads(connection, vault, limit=100)
            if lead.personal is not None
            and consent.standing(connection, lead.id, ConsentChannel.EMAIL, "education", now).sendable
            and not sequences.enrollments_of_lead(connection, lead.id)
        )
    engine.dispose()
    return found


def test_from_ada_s_words_to_the_inbox_and_to_what_stops_it(placet: Running, visitor: Visitor) -> None:
    signs_in(placet, visitor)
    changes_the_text(visitor)
    signed_by_two(placet, visitor)
    published_and_delivered(placet, visitor)
    unsubscribed(visitor)
    refused_and_recalled(placet, visitor)
    verified_then_tampered(placet, visitor)
    assert visitor.complaints == []
    assert visitor.barriers == {}, f"of {len(visitor.seen)} pages"
    assert len(visitor.seen) >= 18


def signs_in(placet: Running, visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/sign-in?next=/content")
    visitor.look("sign in")
    page.locator("#email").fill("ada@northgate.example.org")
    page.locator("#password").fill("not her password")
    visitor.press("Sign in")
    visitor.sees("The address and the password do not go together")
    assert page.locator("#email").input_value() == "ada@northgate.example.org"
    visitor.look("sign in, refused")
    page.locator("#password").fill(placet.password)
    visitor.press("Sign in")
    assert page.url.endswith("/content")
    visitor.look("library")
    visitor.go("/")
    visitor.look("home")


def changes_the_text(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/content")
    visitor.press(TITLE)
    visitor.look("piece")
    shown = page.frame_locator("iframe.sheet").locator("body")
    assert BEFORE in shown.inner_text()
    visitor.press("Edit")
    source = page.locator("#source").input_value()
    page.locator("#source").fill(source + "\nIt cures arthritis.\n")
    page.get_by_role("button", name="Check without saving").click()
    page.locator("#checked section").wait_for()
    assert "cure" in page.locator("#checked").inner_text()
    assert page.locator("#source").input_value().endswith("It cures arthritis.\n"), "the page was not left"
    visitor.look("editor, checked")
    page.locator("#source").fill(source.replace("stage: information", "stage: infirmation"))
    visitor.press("Save as a new version")
    visitor.sees("There is a problem", "'infirmation' is not one of the allowed values")
    assert "infirmation" in page.locator("#source").input_value(), "what was typed stays"
    visitor.look("editor, refused")
    page.locator("#source").fill(source.replace(BEFORE, AFTER))
    visitor.press("Save as a new version")
    visitor.sees("Version 2 is saved.")
    visitor.press("Submit for review")
    page.get_by_role("textbox").first.fill("One word is more exact.")
    visitor.look("submit")
    page.get_by_role("main").get_by_role("button").last.click()
    visitor.sees("One word is more exact.", "Medical", "Compliance")
    assert page.get_by_role("link", name="Sign…").count() == 0, "Ada cannot sign her own words"


def signed_by_two(placet: Running, visitor: Visitor) -> None:
    page = visitor.page
    for name in ("Dr Mara Lindqvist", "Cora Whitfield"):
        visitor.become(name)
        visitor.go("/reviews")
        visitor.look("queue")
        visitor.press(TITLE)
        visitor.sees("trained", "certified")
        visitor.look("review")
        visitor.press("Sign…")
        visitor.look("sign")
        page.locator("#password").fill("not the password")
        page.get_by_role("button", name="Sign version 2").click()
        visitor.sees("The password is not the one of your account", "Sign version 2")
        visitor.look("sign, refused")
        page.locator("#password").fill(placet.password)
        page.get_by_role("button", name="Sign version 2").click()
        visitor.sees("Signed.")
    visitor.sees("the version is approved")


def published_and_delivered(placet: Running, visitor: Visitor) -> None:
    page, address = visitor.page, somebody_new(placet.data)
    visitor.become("Max Ferreira")
    visitor.go("/content")
    visitor.press(TITLE)
    visitor.press("Publish")
    visitor.look("publish")
    page.get_by_role("main").get_by_role("button").last.click()
    visitor.sees("Approved")
    visitor.go("/sequences")
    visitor.look("sequences")
    visitor.press("Getting ready for an imaging visit")
    visitor.look("sequence")
    page.locator("#who").fill(address)
    page.locator("form", has=page.locator("#who")).get_by_role("button").click()
    visitor.sees("1 person entered the sequence")

    def arrived() -> bool:
        visitor.go("/inbox")
        return page.get_by_role("row", name=address).count() == 1

    soon(arrived)
    visitor.look("inbox")
    page.get_by_role("row", name=address).get_by_role("link").click()
    assert AFTER in page.frame_locator("iframe.sheet").locator("body").inner_text()
    visitor.sees("Your visit: how to prepare", address)
    visitor.look("letter")


def unsubscribed(visitor: Visitor) -> None:
    visitor.press("Open its unsubscribe page")
    visitor.look("unsubscribe")
    visitor.press("Stop these emails")
    visitor.sees("Done", "You will not get these emails from us")
    visitor.look("unsubscribed")


def refused_and_recalled(placet: Running, visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    visitor.become("Cora Whitfield")
    visitor.go("/sends")
    visitor.look("sends")
    page.get_by_role("row", name="She opted out").get_by_role("link").first.click()
    visitor.sees("Why was this not sent?", "She opted out", "The decision on record")
    visitor.look("why")
    visitor.go("/content")
    visitor.press(TITLE)
    visitor.press("Recall")
    visitor.look("recall")
    page.locator("#reason").fill("The entrance has moved to the north side.")
    page.locator("#password").fill(placet.password)
    visitor.press("Recall now")
    visitor.sees("Recalled")


def verified_then_tampered(placet: Running, visitor: Visitor) -> None:
    visitor.become("Ari Sandoval")
    visitor.go("/audit")
    visitor.look("audit")
    visitor.press("Verify all")
    assert visitor.page.locator(".alert-ok").count() == 1
    visitor.look("audit, verified")
    row = tampered_behind_its_back(placet.data / "placet.sqlite3")
    visitor.press("Verify all")
    assert visitor.page.locator(".alert-bad").count() == 1
    visitor.sees("publications", row)
    visitor.look("audit, tampered")


def tampered_behind_its_back(file: Path) -> str:
    """Somebody with the file lets an approval run for longer; returns the id of the row."""
    with closing(sqlite3.connect(file)) as database, database:
        for guard in guards():
            if guard.table == "publications":
                database.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
        (key,) = database.execute("SELECT id FROM publications ORDER BY id LIMIT 1").fetchone()
        changed = database.execute(
            "UPDATE publications SET valid_until = '2099-01-01T00:00:00.000000Z' WHERE id = ?", (key,)
        )
        assert changed.rowcount == 1
    return str(key)
