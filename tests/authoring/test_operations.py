from datetime import datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.accounts.model import Actor, Role
from app.authoring import queries
from app.authoring.model import Imported, ImportOutcome
from app.authoring.operations import ImportSenders, ImportSource, import_senders, import_source
from app.authoring.tables import ContentItemRow, ContentVersionRow
from app.kernel.errors import BadInput, NotFound
from app.kernel.finding import Refusal
from app.storage.rows import insert_row, table_of
from app.storage.unit_of_work import Units
from tests.authoring.samples import MAIL, SENDERS, TEXT, WORDING, with_key
from tests.fakes import CountingIds


@pytest.fixture
def desk(units: Units, ids: CountingIds, now: datetime, ada: Actor, nora: Actor) -> "Desk":
    """Where Ada saves files; Nora has set up the sender."""
    made = Desk(units, ids, now, ada)
    assert made.senders(SENDERS, nora) != ()
    return made


class Desk:
    def __init__(self, units: Units, ids: CountingIds, now: datetime, ada: Actor) -> None:
        self.units, self.ids, self.now, self.ada = units, ids, now, ada

    def save(self, text: str, actor: Actor | None = None) -> Imported | Refusal:
        with self.units() as uow:
            command = ImportSource(text.encode(), "visit.md")
            result = import_source(uow, command, actor=actor or self.ada, now=self.now, ids=self.ids)
            uow.commit()
        return result

    def senders(self, text: str, actor: Actor) -> object:
        with self.units() as uow:
            result = import_senders(uow, ImportSenders(text.encode(), "senders.yml"), actor=actor, now=self.now)
            uow.commit()
        return result

    def saved(self, text: str, actor: Actor | None = None) -> Imported:
        result = self.save(text, actor)
        assert isinstance(result, Imported)
        return result


def test_a_new_file_makes_an_item_and_its_first_version(desk: Desk) -> None:
    saved = desk.saved(MAIL)
    assert saved.outcome is ImportOutcome.CREATED
    assert (saved.version.number, saved.version.parent_id) == (1, None)
    with desk.units.reading() as connection:
        assert queries.version(connection, saved.version.id) == saved.version
        assert queries.item_by_key(connection, "visit-mail") == saved.item
        assert queries.closure_leaves(connection, saved.version.id) == saved.version.closure.leaves


def test_saving_the_same_bytes_again_changes_nothing(desk: Desk) -> None:
    first, second = desk.saved(MAIL), desk.saved(MAIL)
    assert second.outcome is ImportOutcome.UNCHANGED
    assert second.version == first.version


def test_an_edit_is_a_new_version_after_the_old_one(desk: Desk) -> None:
    first = desk.saved(MAIL)
    second = desk.saved(MAIL.replace("before you come", "before you go"))
    assert second.outcome is ImportOutcome.NEW_VERSION
    assert (second.version.number, second.version.parent_id) == (2, first.version.id)
    with desk.units.reading() as connection:
        assert [v.number for v in queries.versions_of(connection, first.item.id)] == [2, 1]
        (line,) = queries.list_items(connection)
        assert (line.number, line.closure_root) == (2, second.version.closure.root)


@pytest.mark.parametrize("text", [MAIL, MAIL.replace("---\n# Hello", "---   \n\n\n# Hello"), TEXT, MAIL.rstrip("\n")])
def test_export_gives_the_bytes_that_were_imported(desk: Desk, text: str) -> None:
    saved = desk.saved(text)
    desk.saved(text.replace("stage: appointment", "stage: information"))
    with desk.units.reading() as connection:
        assert queries.export_source(connection, saved.item.key, 1) == text.encode()
        assert queries.export_source(connection, saved.item.key) != text.encode()


def test_exporting_what_does_not_exist_says_so(desk: Desk) -> None:
    with desk.units.reading() as connection, pytest.raises(NotFound):
        queries.export_source(connection, "nothing")


def test_a_new_title_and_owner_reach_the_item(desk: Desk) -> None:
    desk.saved(MAIL)
    after = desk.saved(with_key("owner: cora@clinic.example", with_key("title: Your day")))
    assert (after.item.title, after.item.owner_id) == ("Your day", "cora")
    with desk.units.reading() as connection:
        assert queries.item_by_key(connection, "visit-mail") == after.item


def test_ada_stays_author_of_words_that_ben_only_carried(desk: Desk) -> None:
    desk.saved(MAIL)
    ben = Actor("cleo", "Ben", frozenset({Role.WRITER}))
    second = desk.saved(MAIL.replace("Book a time", "Book a visit"), ben)
    with desk.units.reading() as connection:
        authors = queries.leaf_authors(connection, second.version.id)
    assert authors["body"] == {"ada"}
    assert authors["cta"] == {"ada", "cleo"}
    assert authors.keys() == second.version.closure.leaves.keys()


def test_otto_cannot_save_content(desk: Desk, otto: Actor, mara: Actor) -> None:
    for actor in (otto, mara):
        assert desk.save(MAIL, actor) == Refusal("not_permitted", {"permission": "write_content"})


def test_a_mail_cannot_become_a_page(desk: Desk) -> None:
    desk.saved(MAIL)
    page = "\n".join(line for line in MAIL.split("\n") if not line.startswith(("subject", "preheader")))
    refused = desk.save(page.replace("type: email", "type: landing_page"))
    assert refused == Refusal("content_type_fixed", {"item": "visit-mail", "is": "email", "wanted": "landing_page"})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("owner: nobody@clinic.example", "nobody active"),
        ("sender: unknown", "Import senders.yml first"),
        ("disclosures: [small-print]", "no disclosure 'small-print'"),
    ],
)
def test_a_file_that_refers_to_nothing_is_refused_and_leaves_nothing(desk: Desk, line: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        desk.save(with_key(line))
    assert caught.value.line == 2
    with desk.units.reading() as connection:
        assert queries.list_items(connection) == ()


def test_a_changed_disclosure_or_sender_makes_a_new_version_of_the_same_bytes(desk: Desk, nora: Actor) -> None:
    quoting = with_key("disclosures: [small-print]")
    desk.saved(WORDING)
    first = desk.saved(quoting)
    desk.saved(WORDING.replace("differ", "vary"))
    second = desk.saved(quoting)
    assert second.outcome is ImportOutcome.NEW_VERSION
    desk.senders(SENDERS.replace("400 Riverside", "500 Riverside"), nora)
    third = desk.saved(quoting)
    assert len({v.version.closure.root for v in (first, second, third)}) == 3
    assert desk.saved(quoting).outcome is ImportOutcome.UNCHANGED


def test_sender_profiles_are_numbered_and_only_nora_changes_them(desk: Desk, ada: Actor, nora: Actor) -> None:
    assert desk.senders(SENDERS, ada) == ()
    changed = SENDERS.replace("400", "500")
    assert desk.senders(changed, ada) == Refusal("not_permitted", {"permission": "manage_people"})
    editions = desk.senders(changed, nora)
    assert isinstance(editions, tuple)
    assert [e.number for e in editions] == [2]


@pytest.mark.parametrize("change", ["gap", "stranger", "orphan"])
def test_the_database_refuses_a_version_out_of_line(desk: Desk, change: str) -> None:
    saved = desk.saved(MAIL)
    other = desk.saved(TEXT)
    number, parent = {
        "gap": (3, saved.version.id),
        "stranger": (2, other.version.id),
        "orphan": (2, None),
    }[change]
    table = table_of(ContentVersionRow)
    with desk.units() as uow:
        row = dict(uow.connection.execute(table.select().where(table.c.id == saved.version.id)).mappings().one())
        row |= {"id": "wrong", "number": number, "parent_id": parent}
        with pytest.raises(DBAPIError, match="content_versions: "):
            uow.connection.execute(insert(table), [row])


@pytest.mark.parametrize("values", [{"channel": "sms"}, {"key": "other"}, {"content_type": "sms"}])
def test_the_database_refuses_to_make_an_item_something_else(desk: Desk, values: dict[str, str]) -> None:
    desk.saved(MAIL)
    with desk.units() as uow, pytest.raises(DBAPIError, match="only title and owner"):
        uow.connection.execute(table_of(ContentItemRow).update().values(**values))


def test_two_items_never_share_a_key(desk: Desk) -> None:
    saved = desk.saved(MAIL)
    again = {
        "id": "second",
        "key": saved.item.key,
        "title": "x",
        "content_type": "email",
        "channel": "email",
        "owner_id": "max",
        "created_by": "ada",
        "created_at": desk.now,
    }
    with desk.units() as uow, pytest.raises(DBAPIError):
        insert_row(uow, ContentItemRow, again)
