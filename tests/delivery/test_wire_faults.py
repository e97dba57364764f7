"""Every fault of the wire has one clear outcome. On SQLite alone: the database has no say in these."""

from datetime import timedelta

import pytest

from app.consent.commands import Withdraw
from app.consent.model import SourceKind
from app.consent.operations import withdraw
from app.consent.queries import suppressions
from app.delivery.model import Outcome
from app.delivery.queries import attempts_of
from app.outbox.model import MessageState
from tests.builders.leads import CLEO
from tests.builders.sending import Sending
from tests.chaos.smtp import Act, drop, say, silence
from tests.delivery.conftest import MakeDesk, MakeSending
from tests.delivery.sqlite_alone import database_url  # noqa: F401

S = MessageState


def receipts(story: Sending) -> list[tuple[Outcome, str, int | None]]:
    with story.units.reading() as connection:
        lines = attempts_of(connection, story.message().id)
    return [(r.outcome, r.phase, r.code) for line in lines if (r := line.receipt)]


BEFORE_THE_DOT = [
    (step, act, phase)
    for step, phase in [("mail", "mail"), ("rcpt", "rcpt"), ("data", "data")]
    for act in (say("451 4.3.0 later"), say("554 5.7.1 no"), drop())
] + [("body", drop(), "held"), ("connect", drop(), "greeting"), ("greeting", say("554 no"), "greeting")]


@pytest.mark.parametrize(("step", "act", "phase"), BEFORE_THE_DOT)
def test_before_the_dot_every_fault_is_definite_and_nothing_is_lost(
    step: str, act: Act, phase: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(), open_desk()
    desk.server.script = {step: act}
    desk.send()
    message = story.message()
    permanent = bool(act.reply) and act.reply.startswith(b"5") and step not in ("connect", "greeting")
    assert message.state is (S.REJECTED if permanent else S.PLANNED)
    assert desk.server.dots == []
    assert story.accounting().balances
    if permanent:
        assert message.reason == f"refused_at_{phase}"
        return
    assert message.due_at > story.clock.now()
    desk.server.script = {}
    story.clock.advance(timedelta(minutes=2))
    assert desk.send().accepted == 1
    assert len(desk.server.dots) == 1


def test_a_message_put_off_is_decided_on_again_each_time(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    desk.server.script = {"rcpt": say("451 later")}
    desk.send()
    story.clock.advance(timedelta(minutes=2))
    withdrawn = Withdraw(story.rita.id, "email", "education", SourceKind.STAFF)
    story.commit(lambda uow: withdraw(uow, withdrawn, actor=CLEO, now=story.clock.now(), ids=story.ids))
    desk.server.script = {}
    desk.send()
    assert story.message().state is S.REFUSED
    assert desk.server.dots == []


def test_after_the_last_try_a_person_is_asked(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    desk.server.script = {"mail": say("451 later")}
    tries = 0
    while story.message().state is S.PLANNED and tries < 60:
        tries += desk.send().claimed
        story.clock.advance(timedelta(minutes=1))
        if story.message().due_at > story.clock.now():
            story.clock.advance(min(story.message().due_at - story.clock.now(), timedelta(hours=1)))
    assert (story.message().state, story.message().reason) == (S.HELD, "no_delivery")
    assert desk.server.dots == []


AFTER_THE_DOT = [
    (say("451 4.3.0 later"), S.PLANNED, Outcome.DEFERRED, 451),
    (say("554 5.6.0 no"), S.REJECTED, Outcome.REJECTED, 554),
    (drop(accept=True), S.UNKNOWN, Outcome.UNKNOWN, None),
    (drop(accept=False), S.UNKNOWN, Outcome.UNKNOWN, None),
    (silence(accept=True), S.UNKNOWN, Outcome.UNKNOWN, None),
    (silence(accept=False), S.UNKNOWN, Outcome.UNKNOWN, None),
    (say("banana"), S.UNKNOWN, Outcome.UNKNOWN, None),
    (say("354 go on"), S.UNKNOWN, Outcome.UNKNOWN, None),
]


@pytest.mark.parametrize(("act", "state", "outcome", "code"), AFTER_THE_DOT)
def test_after_the_dot_only_an_answer_is_definite(
    act: Act, state: S, outcome: Outcome, code: int | None, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(), open_desk()
    desk.server.script = {"dot": act}
    desk.send()
    assert story.message().state is state
    [(found, _, said)] = receipts(story)
    assert (found, said) == (outcome, code)
    assert len(desk.server.dots) == 1
    assert story.accounting().balances


@pytest.mark.parametrize(
    ("reply", "suppressed"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user", True),
        ("553 5.1.3 bad address", True),
        ("550 5.7.1 your network is blocked", False),
        ("554 5.7.1 blocked", False),
        ("452 4.2.2 full", False),
    ],
)
def test_an_address_that_does_not_exist_is_suppressed_and_no_other(
    reply: str, suppressed: bool, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(), open_desk()
    desk.server.script = {"rcpt": say(reply)}
    desk.send()
    with story.units.reading() as connection:
        found = suppressions(connection, story.rita.email_digest, "email", "education")
    assert [s.reason.value for s in found] == (["bounce"] if suppressed else [])


def test_one_dead_server_costs_one_connection_attempt_not_ten(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(leads=5), open_desk()
    desk.server.script = {"greeting": say("421 closed")}
    counts = desk.send()
    assert (counts.claimed, counts.deferred, desk.server.connections) == (5, 5, 1)
    assert story.states() == [S.PLANNED] * 5
