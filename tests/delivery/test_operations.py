"""Send what is due, to a server that behaves and one that does not. The oracle is the server's own log."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.accounts.model import Actor
from app.consent.commands import Withdraw
from app.consent.model import SourceKind
from app.consent.operations import withdraw
from app.delivery.model import Outcome
from app.delivery.queries import attempts_of
from app.gate.queries import latest_decision
from app.outbox.model import MessageState
from app.publishing.operations import Recall, recall
from app.storage.unit_of_work import UnitOfWork
from tests.builders.content import make_version
from tests.builders.leads import CLEO
from tests.builders.review import make_publication
from tests.builders.sending import At, Desk, Sending
from tests.chaos.smtp import silence
from tests.delivery.conftest import MakeDesk, MakeSending

S = MessageState


def receipts(story: Sending, number: int = 0) -> list[tuple[Outcome, str, int | None]]:
    with story.units.reading() as connection:
        lines = attempts_of(connection, story.message(number).id)
    return [(r.outcome, r.phase, r.code) for line in lines if (r := line.receipt)]


def reasons(story: Sending, number: int = 0) -> tuple[str, ...]:
    with story.units.reading() as connection:
        decision = latest_decision(connection, story.message(number).id)
    assert decision is not None
    return decision.reasons


def no_dots(desk: Desk) -> None:
    desk.transport.close()
    desk.server.settle()
    assert (desk.server.dots, desk.server.accepted) == ([], [])


def _withdrawing(story: Sending) -> Callable[[], None]:
    command = Withdraw(story.rita.id, "email", "education", SourceKind.STAFF)
    return lambda: story.commit(lambda uow: withdraw(uow, command, actor=CLEO, now=story.clock.now(), ids=story.ids))


def _superseding(story: Sending, **changes: str) -> Callable[[], None]:
    def act() -> None:
        def publish(uow: UnitOfWork) -> None:
            version = make_version(uow, now=story.clock.now(), ids=story.ids, subject="Ready for your visit", **changes)
            make_publication(uow, version, now=story.clock.now(), ids=story.ids)

        story.commit(publish)

    return act


def test_what_is_due_is_sent_once_and_receipted(dialect: str, sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(leads=3), open_desk()
    counts = desk.send()
    assert (counts.claimed, counts.accepted) == (3, 3)
    assert story.states() == [S.ACCEPTED] * 3
    assert receipts(story) == [(Outcome.ACCEPTED, "reply", 250)]
    assert desk.send().claimed == 0
    assert len(desk.server.accepted) == len(desk.server.dots) == 3
    assert story.accounting().balances


@pytest.mark.parametrize("accept", [True, False])
def test_an_unknown_outcome_is_never_sent_again(
    accept: bool, dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    from app.delivery.recovery import recover, relook, sweep

    story, desk = sending(steps=2), open_desk(reply_timeout=0.5)
    desk.server.script = {"dot": silence(accept=accept)}
    desk.send()
    desk.server.script = {}
    for _ in range(12):
        story.clock.advance(timedelta(hours=7))
        story.plan()
        assert (sweep(desk.delivery), relook(desk.delivery)) == (0, 0)
        desk.send()
    desk = desk.again()
    assert recover(desk.delivery) == ""
    desk.send()
    desk.close()
    assert story.message().state is S.UNKNOWN
    assert len(desk.server.dots) == 1
    assert story.accounting().balances


def test_a_permit_older_than_250_ms_writes_no_dot(dialect: str, sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    late = At(after_release_commit=lambda: story.clock.advance(timedelta(milliseconds=251)))
    desk = open_desk(late)
    assert desk.send().aborted == 1
    assert story.message().state is S.PLANNED
    assert receipts(story) == [(Outcome.ABORTED_BEFORE_DOT, "held", None)]
    assert desk.server.dots == []
    story.clock.advance(timedelta(minutes=2))
    assert desk.send().accepted == 1
    assert [o for o, _, _ in receipts(story)] == [Outcome.ABORTED_BEFORE_DOT, Outcome.ACCEPTED]
    assert len(desk.server.dots) == len(desk.server.accepted) == 1


def test_consent_withdrawn_with_the_body_on_the_wire_stops_the_dot(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending()
    desk = open_desk(At(after_body=_withdrawing(story)))
    assert desk.send().refused == 1
    assert story.message().state is S.REFUSED
    assert set(reasons(story)) == {"consent_out", "suppressed_opt_out"}
    no_dots(desk)
    assert len(desk.server.partial) == 1


def test_a_recall_with_the_body_on_the_wire_stops_the_dot(
    dialect: str, people: dict[str, Actor], sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending()
    done: list = []
    act = lambda: story.commit(  # noqa: E731
        lambda uow: done.append(
            recall(uow, Recall(story.publication.id, "a dose was wrong"), actor=people["cora"], now=story.clock.now())
        )
    )
    desk = open_desk(At(after_body=act))
    desk.send()
    message = story.message()
    assert (message.state, message.reason) == (S.HELD, "recalled")
    assert (done[0].held_messages, done[0].released_before) == (1, 0)
    no_dots(desk)


@pytest.mark.parametrize(("offset", "sent"), [(-1, True), (0, False), (1, False)])
def test_the_window_ends_at_its_instant(
    offset: int, sent: bool, dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending(days=1)
    until = story.publication.valid_until
    target = until + timedelta(microseconds=offset)
    desk = open_desk(At(after_body=lambda: story.clock.advance(target - story.clock.now())))
    desk.send()
    if sent:
        assert story.message().state is S.ACCEPTED
        return
    assert story.message().state is S.REFUSED
    assert "approval_expired" in reasons(story)
    no_dots(desk)


def test_a_comma_changed_in_the_stored_source_stops_the_dot(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    from sqlalchemy import text

    from app.storage.guards import Guard, drop_guards

    story = sending()

    def tamper() -> None:
        with story.units.engine.connect() as connection, connection.begin():
            drop_guards(connection, [Guard("content_versions_no_update", "content_versions", "UPDATE", "", "")])
            row = connection.execute(
                text("SELECT id, source FROM content_versions WHERE id = :id"), {"id": story.publication.version_id}
            ).one()
            altered = bytes(row.source).replace(b"We look forward", b"We, look forward")
            assert altered != bytes(row.source)
            connection.execute(
                text("UPDATE content_versions SET source = :s WHERE id = :id"), {"s": altered, "id": row.id}
            )

    desk = open_desk(At(after_body=tamper))
    assert desk.send().refused == 1
    assert reasons(story) == ("bytes_changed",)
    no_dots(desk)


def test_a_message_that_follows_the_latest_version_goes_out_as_the_new_one(
    dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    from app.delivery.recovery import relook

    story = sending()
    desk = open_desk(At(after_body=_superseding(story)))
    desk.send()
    assert (story.message().state, story.message().reason) == (S.HELD, "superseded")
    assert relook(desk.delivery) == 1
    assert desk.send().accepted == 1
    assert b"Subject: Ready for your visit" in desk.server.accepted[0].message
    assert len(desk.server.dots) == 1
    assert story.message().publication_id != story.publication.id
