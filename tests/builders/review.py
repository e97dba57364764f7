"""Rounds, signatures and publications as tests need them, made through the real operations where there are any."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.model import Actor, Person, PersonState, Role
from app.accounts.tables import StepUpRow
from app.authoring.model import Version
from app.checks.tables import FindingReportRow
from app.kernel.digest import digest_of
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.publishing.model import Publication
from app.publishing.operations import Publish, publish
from app.review import store
from app.review.model import MEANING_OF_ROLE, SIGN_ACT, Round, RoundState, Thread, ThreadKind, ThreadState
from app.review.operations import Sign, sign
from app.storage.keys import SigningKey
from app.storage.rows import insert_row, table_of
from app.storage.unit_of_work import AuditNote, UnitOfWork
from tests.builders.content import PACK_DIGEST, make_report, make_version
from tests.fakes import MONDAY, CountingTokens

ORGANISATION = SigningKey(bytes(range(32)))
"""The organisation key of tests."""
SIGNERS = {
    Role.MEDICAL: Actor("mara", "Mara Medical", frozenset({Role.MEDICAL})),
    Role.LEGAL: Actor("lev", "Lev Legal", frozenset({Role.LEGAL})),
    Role.COMPLIANCE: Actor("cora", "Cora Compliance", frozenset({Role.COMPLIANCE})),
}
MAX = Actor("max", "Max Campaigns", frozenset({Role.CAMPAIGN_MANAGER}))
BOTH = frozenset({Role.MEDICAL, Role.COMPLIANCE})


def a_round(**changes: object) -> Round:
    """An open round that asks for medicine and compliance, on words by Ada; no database."""
    plain = Round(
        id="r1",
        item_id="i1",
        version_id="v1",
        closure_root="a" * 64,
        report_id="f1",
        report_digest="b" * 64,
        pack_digest="c" * 64,
        policy="clinical-content",
        policy_digest="d" * 64,
        state=RoundState.OPEN,
        state_since=MONDAY,
        required=BOTH,
        submitted_by="ada",
        submitted_at=MONDAY,
        due_at=MONDAY + timedelta(hours=48),
        note="",
        max_valid_days=365,
        signatures=(),
        threads=(),
        leaf_authors=frozenset({"ada"}),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_thread(kind: ThreadKind = ThreadKind.MUST, state: ThreadState = ThreadState.OPEN, by: str = "mara") -> Thread:
    """A thread of that round."""
    return Thread("t1", "r1", kind, "ten minutes", "", "", state, by, MONDAY, ())


def a_person(actor: Actor, state: PersonState = PersonState.ACTIVE) -> Person:
    """The account behind an actor."""
    return Person(actor.person_id, f"{actor.person_id}@clinic.example", actor.name, state, actor.roles)


def confirm(
    uow: UnitOfWork,
    actor: Actor,
    digest: str,
    meaning: str,
    *,
    now: datetime,
    ids: IdSource,
    act: str = SIGN_ACT,
    used: bool = False,
) -> str:
    """A confirmation of identity, as if the password had just been typed."""
    step_up_id = ids.new_id()
    values = {
        "id": step_up_id,
        "person_id": actor.person_id,
        "session_id": actor.session_id,
        "act": act,
        "digest": digest,
        "meaning": meaning,
        "method": "password",
        "granted_at": now,
        "used_at": now if used else None,
    }
    insert_row(uow, StepUpRow, values)
    uow.note(AuditNote("accounts.step_up.granted", "step_up", step_up_id, actor.person_id, now))
    return step_up_id


def make_round(
    uow: UnitOfWork,
    version: Version,
    *,
    now: datetime,
    ids: IdSource,
    roles: Iterable[Role] = BOTH,
    submitted_by: str = "ada",
    max_valid_days: int = 365,
) -> Round:
    """An open round on a version, without running checks or policies."""
    table = table_of(FindingReportRow)
    filed = uow.connection.execute(select(table).where(table.c.version_id == version.id)).first()
    report = filed or make_report(uow, version, now=now, ids=ids)
    new = a_round(
        id=ids.new_id(),
        item_id=version.item_id,
        version_id=version.id,
        closure_root=version.closure.root,
        report_id=report.id,
        report_digest=report.digest,
        pack_digest=PACK_DIGEST,
        policy_digest=digest_of("policies of tests"),
        required=frozenset(roles),
        submitted_by=submitted_by,
        submitted_at=now,
        state_since=now,
        due_at=now + timedelta(hours=48),
        max_valid_days=max_valid_days,
    )
    store.add_round(uow, new)
    uow.note(AuditNote("review.round.opened", "round", new.id, submitted_by, now))
    made = store.round_(uow.connection, new.id)
    assert made is not None
    return made


def sign_as(
    uow: UnitOfWork, round_: Round, role: Role, *, now: datetime, ids: IdSource, actor: Actor | None = None
) -> Round | Refusal:
    """Confirm and sign, as the person of that role or as ``actor``."""
    signer = actor or SIGNERS[role]
    step_up = confirm(uow, signer, round_.closure_root, MEANING_OF_ROLE[role].value, now=now, ids=ids)
    command = Sign(round_.id, round_.closure_root, round_.report_digest, role, step_up)
    # Nonces need only differ from signature to signature.
    return sign(uow, command, actor=signer, now=now, ids=ids, tokens=CountingTokens(step_up), key=ORGANISATION)


def make_approved_round(
    uow: UnitOfWork,
    version: Version,
    *,
    now: datetime,
    ids: IdSource,
    roles: Iterable[Role] = BOTH,
    max_valid_days: int = 365,
) -> Round:
    """A round that every required role signed."""
    round_ = make_round(uow, version, now=now, ids=ids, roles=roles, max_valid_days=max_valid_days)
    for role in sorted(round_.required):
        signed = sign_as(uow, round_, role, now=now, ids=ids)
        assert isinstance(signed, Round), signed
        round_ = signed
    assert round_.state is RoundState.APPROVED
    return round_


def make_publication(
    uow: UnitOfWork,
    version: Version | None = None,
    *,
    now: datetime,
    ids: IdSource,
    days: int = 90,
    valid_from: datetime | None = None,
    roles: Iterable[Role] = BOTH,
) -> Publication:
    """A live publication of a version (a new one when none is given), signed and published by the right people."""
    version = version or make_version(uow, now=now, ids=ids)
    round_ = make_approved_round(uow, version, now=now, ids=ids, roles=roles)
    start = valid_from or now
    command = Publish(round_.id, start, start + timedelta(days=days))
    published = publish(uow, command, actor=MAX, now=now, ids=ids)
    assert isinstance(published, Publication), published
    return published
