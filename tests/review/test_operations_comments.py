"""Comments with people and a database."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.accounts.model import Actor, Role
from app.kernel.finding import Refusal
from app.review.model import Round, Thread, ThreadKind, ThreadState
from app.review.operations import (
    Comment,
    EndRound,
    MoveThread,
    OpenThread,
    comment,
    mark_done,
    open_thread,
    reopen,
    request_changes,
    settle,
    withdraw,
)
from app.review.policies import load_policies
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.review import make_round, sign_as
from tests.fakes import CountingIds

POLICIES = load_policies(Path(__file__).parents[2] / "review_rules" / "approval_policies.yml")
pytestmark = pytest.mark.usefixtures("people")


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def test_a_must_comment_blocks_until_mara_settles_it(
    units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds
) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        opened = OpenThread(round_.id, ThreadKind.MUST, "ten minutes", "Say why.", prefix="x" * 99, suffix="y" * 99)
        thread = open_thread(uow, opened, actor=mara, now=now, ids=ids)
        assert isinstance(thread, Thread)
        assert (len(thread.prefix), len(thread.suffix)) == (64, 64)
        move = MoveThread(thread.id)
        assert code(sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids)) == "open_must_thread"
        assert code(settle(uow, move, actor=ada, now=now, ids=ids)) == "thread_not_yours"
        done = mark_done(uow, MoveThread(thread.id, "Done."), actor=ada, now=now, ids=ids)
        assert isinstance(done, Thread)
        assert done.state is ThreadState.DONE
        assert [body for _, body, _ in done.comments] == ["Say why.", "Done."]
        assert code(sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids)) == "open_must_thread"
        assert isinstance(settle(uow, move, actor=mara, now=now, ids=ids), Thread)
        assert isinstance(sign_as(uow, round_, Role.COMPLIANCE, now=now, ids=ids), Round)
        assert isinstance(reopen(uow, move, actor=mara, now=now, ids=ids), Thread)
        assert code(sign_as(uow, round_, Role.MEDICAL, now=now, ids=ids)) == "open_must_thread"
        uow.commit()


def test_a_comment_outlives_its_round(units: Units, ada: Actor, mara: Actor, now: datetime, ids: CountingIds) -> None:
    later = now + timedelta(hours=1)
    with units() as uow:
        first = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        opened = OpenThread(first.id, ThreadKind.MUST, "ten minutes", "Say why.")
        thread = open_thread(uow, opened, actor=mara, now=now, ids=ids)
        assert isinstance(thread, Thread)
        ended = request_changes(uow, EndRound(first.id, ""), actor=mara, now=now, ids=ids)
        assert isinstance(ended, Round)
        assert ended.decision is not None
        assert ended.decision.person_id == "mara"
        version = make_version(uow, now=later, ids=ids, subject="Another subject")
        second = make_round(uow, version, now=later, ids=ids)
        assert [t.id for t in second.threads] == [thread.id]
        assert code(sign_as(uow, second, Role.MEDICAL, now=later, ids=ids)) == "open_must_thread"
        assert isinstance(settle(uow, MoveThread(thread.id), actor=mara, now=later, ids=ids), Thread)
        assert isinstance(sign_as(uow, second, Role.MEDICAL, now=later, ids=ids), Round)


def test_who_may_comment(units: Units, ada: Actor, mara: Actor, otto: Actor, now: datetime, ids: CountingIds) -> None:
    with units() as uow:
        round_ = make_round(uow, make_version(uow, now=now, ids=ids), now=now, ids=ids)
        question = OpenThread(round_.id, ThreadKind.QUESTION, "ten", "Why ten?")
        assert code(open_thread(uow, question, actor=otto, now=now, ids=ids)) == "not_permitted"
        empty = OpenThread(round_.id, ThreadKind.NOTE, "ten", "  ")
        assert code(open_thread(uow, empty, actor=mara, now=now, ids=ids)) == "comment_missing"
        thread = open_thread(uow, question, actor=mara, now=now, ids=ids)
        assert isinstance(thread, Thread)
        assert isinstance(comment(uow, Comment(thread.id, "The desk asks."), actor=ada, now=now, ids=ids), Thread)
        assert code(comment(uow, Comment(thread.id, " "), actor=ada, now=now, ids=ids)) == "comment_missing"
        assert code(comment(uow, Comment(thread.id, "x"), actor=otto, now=now, ids=ids)) == "not_permitted"
        withdraw(uow, EndRound(round_.id, "Later."), actor=ada, now=now, ids=ids)
        assert code(open_thread(uow, question, actor=mara, now=now, ids=ids)) == "round_not_allowed"
