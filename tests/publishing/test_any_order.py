"""Whatever people do, in whatever order: what is published was signed by every required role, and by no author."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.accounts.model import Actor, PersonState, Role
from app.accounts.tables import PersonRoleRow, PersonRow
from app.audit.operations import open_units
from app.authoring.operations import ImportSource
from app.kernel.finding import Refusal
from app.publishing import queries
from app.publishing.model import PublicationState
from app.publishing.operations import (
    Publish,
    Quarantine,
    Recall,
    Release,
    expire_due,
    publish,
    quarantine,
    recall,
    release,
)
from app.publishing.verification import publications
from app.review import queries as review
from app.review import signing
from app.review.model import MEANING_OF_ROLE, RoundState, ThreadKind, ThreadState
from app.review.operations import (
    EndRound,
    MoveThread,
    OpenThread,
    Sign,
    decline,
    import_content,
    open_thread,
    request_changes,
    settle,
    sign,
    withdraw,
)
from app.review.verification import signatures
from app.storage.engine import open_engine, sqlite_url
from app.storage.migrate import upgrade
from app.storage.rows import insert_rows
from app.storage.unit_of_work import AuditNote, UnitOfWork
from tests.builders.content import content_source, make_sender
from tests.builders.review import BOTH, ORGANISATION, confirm, make_round
from tests.fakes import CountingIds, CountingTokens, FixedClock

# Everybody holds everything: only who wrote what may decide.
ALL = frozenset({Role.WRITER, Role.MEDICAL, Role.COMPLIANCE, Role.LEGAL, Role.CAMPAIGN_MANAGER})
NAMES = ("ada", "mara", "cora", "max")
writer = st.sampled_from([Actor(name, name.title(), ALL) for name in NAMES[:2]])
"""Two of the four write, so that some remain who may sign."""
who = st.sampled_from([Actor(name, name.title(), ALL) for name in NAMES])
role = st.sampled_from(sorted(BOTH))


@cache
def _migrated() -> bytes:
    """A migrated, empty database file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "placet.sqlite3"
        engine = open_engine(sqlite_url(path))
        upgrade(engine)
        engine.dispose()  # the last connection folds the write-ahead log into the file
        return path.read_bytes()


class AnyOrder(RuleBasedStateMachine):
    """One item; each step is one unit of work."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "placet.sqlite3"
        path.write_bytes(_migrated())
        self.engine = open_engine(sqlite_url(path))
        self.units = open_units(self.engine)
        self.clock, self.ids, self.tokens = FixedClock(), CountingIds(), CountingTokens()
        self.edits = 0
        self.item = ""

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        self.clock.advance(timedelta(minutes=1))
        with self.units() as uow:
            yield uow
            uow.commit()

    @initialize()
    def begin(self) -> None:
        at = self.clock.now()
        with self.unit() as uow:
            person = {"password_hash": "x", "state": PersonState.ACTIVE.value, "created_at": at}
            insert_rows(
                uow, PersonRow, [{**person, "id": n, "email": f"{n}@clinic.example", "name": n.title()} for n in NAMES]
            )
            grant = {"granted_by": "setup", "granted_at": at}
            insert_rows(
                uow, PersonRoleRow, [{**grant, "person_id": n, "role": r.value} for n in NAMES for r in sorted(ALL)]
            )
            make_sender(uow, at)
            uow.note(AuditNote("accounts.people.added", "people", "setup", "setup", at))
        self.edit(Actor("ada", "Ada", ALL))

    @rule(actor=writer)
    def edit(self, actor: Actor) -> None:
        self.edits += 1
        source = ImportSource(content_source(subject=f"Edition {self.edits}"), "piece.md")
        with self.unit() as uow:
            imported = import_content(uow, source, actor=actor, now=self.clock.now(), ids=self.ids)
            assert not isinstance(imported, Refusal)
            self.item = imported.item.id
            self.version = imported.version

    @rule(actor=who)
    def submit(self, actor: Actor) -> None:
        with self.unit() as uow:
            if not any(r.state is RoundState.OPEN for r in review.rounds_of_item(uow.connection, self.item)):
                make_round(uow, self.version, now=self.clock.now(), ids=self.ids, submitted_by=actor.person_id)

    @rule(actor=who, as_role=role)
    def sign(self, actor: Actor, as_role: Role) -> None:
        with self.unit() as uow:
            for round_ in review.rounds_of_item(uow.connection, self.item)[-2:]:
                meaning = MEANING_OF_ROLE[as_role].value
                step_up = confirm(uow, actor, round_.closure_root, meaning, now=self.clock.now(), ids=self.ids)
                command = Sign(round_.id, round_.closure_root, round_.report_digest, as_role, step_up)
                sign(
                    uow, command, actor=actor, now=self.clock.now(), ids=self.ids, tokens=self.tokens, key=ORGANISATION
                )

    @rule(writer=writer, first=who, second=who, publisher=who)
    def go_all_the_way(self, writer: Actor, first: Actor, second: Actor, publisher: Actor) -> None:
        """The way everybody hopes for, so that the other rules meet rounds that are signed and publications that live."""
        with self.unit() as uow:
            for thread in (t for r in review.open_rounds(uow.connection) for t in r.threads):
                actor = Actor(thread.opened_by, thread.opened_by.title(), ALL)
                settle(uow, MoveThread(thread.id), actor=actor, now=self.clock.now(), ids=self.ids)
        self.edit(writer)
        self.submit(writer)
        self.sign(first, Role.MEDICAL)
        self.sign(second, Role.COMPLIANCE)
        self.publish(publisher, 60, 0)

    @rule(actor=who, end=st.sampled_from([request_changes, decline, withdraw]))
    def end(self, actor: Actor, end: object) -> None:
        with self.unit() as uow:
            for round_ in review.open_rounds(uow.connection):
                end(uow, EndRound(round_.id, "Because."), actor=actor, now=self.clock.now(), ids=self.ids)  # type: ignore[operator]

    @rule(actor=who, kind=st.sampled_from(ThreadKind))
    def discuss(self, actor: Actor, kind: ThreadKind) -> None:
        with self.unit() as uow:
            for round_ in review.open_rounds(uow.connection):
                command = OpenThread(round_.id, kind, "Edition", "Why?")
                open_thread(uow, command, actor=actor, now=self.clock.now(), ids=self.ids)

    @rule(actor=who)
    def settle(self, actor: Actor) -> None:
        with self.unit() as uow:
            for round_ in review.open_rounds(uow.connection):
                for thread in round_.threads:
                    if thread.state is not ThreadState.SETTLED:
                        settle(uow, MoveThread(thread.id), actor=actor, now=self.clock.now(), ids=self.ids)

    @rule(actor=who, days=st.integers(1, 400), later=st.integers(0, 3))
    def publish(self, actor: Actor, days: int, later: int) -> None:
        with self.unit() as uow:
            for round_ in review.rounds_of_item(uow.connection, self.item):
                start = self.clock.now() + timedelta(days=later)
                command = Publish(round_.id, start, start + timedelta(days=days))
                publish(uow, command, actor=actor, now=self.clock.now(), ids=self.ids)

    @rule(actor=who, act=st.sampled_from(["recall", "quarantine", "release"]))
    def stop(self, actor: Actor, act: str) -> None:
        with self.unit() as uow:
            for publication in queries.publications_of(uow.connection, self.item)[:1]:
                at = self.clock.now()
                if act == "recall":
                    recall(uow, Recall(publication.id, "It was wrong."), actor=actor, now=at)
                elif act == "quarantine":
                    quarantine(uow, Quarantine(publication.id, "A new rule."), actor=actor, now=at)
                else:
                    release(uow, Release(publication.id, "Looked at."), actor=actor, now=at)

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        with self.unit() as uow:
            expire_due(uow, now=self.clock.now(), limit=10)

    @invariant()
    def published_means_signed_by_all_and_by_no_author(self) -> None:
        with self.units.reading() as connection:
            live = 0
            for publication in queries.publications_of(connection, self.item):
                live += publication.state is PublicationState.LIVE
                round_ = review.round_(connection, publication.round_id)
                assert round_ is not None
                assert round_.state is RoundState.APPROVED
                assert round_.closure_root == publication.closure_root
                assert signing.round_holds(round_, ORGANISATION.verify_key)
                assert {s.statement.role for s in round_.signatures} == round_.required
                assert not {s.statement.signer_id for s in round_.signatures} & round_.leaf_authors
            assert live <= 1
            assert list(signatures(connection, ORGANISATION.verify_key)) == []
            assert list(publications(connection)) == []


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=25, stateful_step_count=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
