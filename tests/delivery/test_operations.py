"""Send what is due, to a server that behaves and one that does not. The oracle is the server's own log."""

import time
from datetime import timedelta

import pytest

from app.consent.commands import Withdraw
from app.consent.model import SourceKind
from app.consent.operations import withdraw
from app.consent.queries import suppressions
from app.delivery.model import Outcome, ReceiptSource
from app.delivery.queries import attempts_of
from app.gate.operations import StopSending, resume_sending, stop_sending
from app.gate.queries import decisions_of, latest_decision
from app.outbox.model import MessageState
from app.publishing.operations import Recall, recall
from tests.builders.leads import CLEO
from tests.builders.sending import At, Sending
from tests.builders.content import make_version
from tests.builders.review import MAX, make_publication
from tests.chaos.smtp import Act, drop, say, silence
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


def no_dots(desk) -> None:
    desk.transport.close()
    desk.server.settle()
    assert (desk.server.dots, desk.server.accepted) == ([], [])


def test_what_is_due_is_sent_once_and_receipted(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(leads=3), open_desk()
    counts = desk.send()
    assert (counts.claimed, counts.accepted) == (3, 3)
    assert story.states() == [S.ACCEPTED] * 3
    assert receipts(story) == [(Outcome.ACCEPTED, "reply", 250)]
    assert desk.send().claimed == 0
    assert len(desk.server.accepted) == len(desk.server.dots) == 3
    assert story.accounting().balances


def test_all_dots_of_a_batch_are_written_before_the_first_reply_is_awaited(
    sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(leads=4), open_desk(reply_timeout=3.0)
    desk.server.script = {"dot": Act(delay=0.4)}
    began = time.monotonic()
    assert desk.send().accepted == 4
    assert time.monotonic() - began < 1.2
    assert story.states() == [S.ACCEPTED] * 4


@pytest.mark.parametrize("accept", [True, False])
def test_an_unknown_outcome_is_never_sent_again(
    accept: bool, dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    from app.delivery.recovery import recover, relook, sweep

    story, desk = sending(steps=2), open_desk(reply_timeout=0.1)
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


def test_a_permit_older_than_250_ms_writes_no_dot(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
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


def test_a_process_that_slept_inside_its_commit_writes_no_dot(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    units = desk.delivery.units
    before = units._recorder

    def slow(connection, notes, rows) -> None:
        before(connection, notes, rows)
        if any(note.action == "gate.release.decided" for note in notes):
            story.clock.advance(timedelta(seconds=5))

    units._recorder = slow
    assert desk.send().aborted == 1
    assert desk.server.dots == []


def test_249_ms_after_the_release_the_dot_is_written(sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    desk = open_desk(At(after_release_commit=lambda: story.clock.advance(timedelta(milliseconds=249))))
    assert desk.send().accepted == 1


def _withdrawing(story: Sending):
    command = Withdraw(story.rita.id, "email", "education", SourceKind.STAFF)
    return lambda: story.commit(lambda uow: withdraw(uow, command, actor=CLEO, now=story.clock.now(), ids=story.ids))


def test_consent_withdrawn_with_the_body_on_the_wire_stops_the_dot(
    dialect, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending()
    desk = open_desk(At(after_body=_withdrawing(story)))
    assert desk.send().refused == 1
    assert story.message().state is S.REFUSED
    assert set(reasons(story)) == {"consent_out", "suppressed_opt_out"}
    no_dots(desk)
    assert len(desk.server.partial) == 1


def test_a_recall_with_the_body_on_the_wire_stops_the_dot(
    dialect, people, sending: MakeSending, open_desk: MakeDesk
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


def test_a_kill_switch_with_the_body_on_the_wire_stops_the_dot(people, sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending()
    act = lambda: story.commit(  # noqa: E731
        lambda uow: stop_sending(
            uow, StopSending("all", "a complaint"), actor=people["cora"], now=story.clock.now(), ids=story.ids
        )
    )
    desk = open_desk(At(after_body=act))
    assert desk.send().held == 1
    assert reasons(story) == ("kill_switch",)
    no_dots(desk)


@pytest.mark.parametrize(("offset", "sent"), [(-1, True), (0, False), (1, False)])
def test_the_window_ends_at_its_instant(
    offset: int, sent: bool, dialect, sending: MakeSending, open_desk: MakeDesk
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


def test_a_comma_changed_in_the_stored_source_stops_the_dot(dialect, sending: MakeSending, open_desk: MakeDesk) -> None:
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


def _superseding(story: Sending, **changes: str):
    def act() -> None:
        def publish(uow) -> None:
            version = make_version(uow, now=story.clock.now(), ids=story.ids, subject="Ready for your visit", **changes)
            make_publication(uow, version, now=story.clock.now(), ids=story.ids)

        story.commit(publish)

    return act


def test_a_message_that_follows_the_latest_version_goes_out_as_the_new_one(
    dialect, sending: MakeSending, open_desk: MakeDesk
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


def test_a_message_planned_before_a_new_version_goes_out_as_the_new_one(
    sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(), open_desk()
    _superseding(story)()
    assert desk.send().accepted == 1
    assert b"Subject: Ready for your visit" in desk.server.accepted[0].message


def test_a_message_pinned_to_one_publication_waits_when_it_is_superseded(
    sending: MakeSending, open_desk: MakeDesk
) -> None:
    from app.delivery.recovery import relook

    story, desk = sending(pin="exact"), open_desk()
    _superseding(story)()
    desk.send()
    assert (story.message().state, story.message().reason) == (S.HELD, "superseded")
    for _ in range(3):
        story.clock.advance(timedelta(hours=2))
        assert relook(desk.delivery) == 0
    no_dots(desk)


def test_a_newer_version_with_another_purpose_needs_other_consent(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    _superseding(story, purpose="offers")()
    desk.send()
    assert story.message().state is S.HELD
    assert "purpose_mismatch" in reasons(story)
    no_dots(desk)


def test_hours_that_pass_by_themselves_plan_the_message_again(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    story.clock.advance(timedelta(hours=8))
    assert desk.send().held == 1
    message = story.message()
    assert (message.state, message.tries) == (S.PLANNED, 0)
    story.clock.advance(message.due_at - story.clock.now())
    assert desk.send().accepted == 1


def test_a_stopped_message_goes_out_when_the_switch_is_let_go(people, sending: MakeSending, open_desk: MakeDesk) -> None:
    from app.delivery.recovery import relook

    story, desk = sending(), open_desk()
    cora = people["cora"]
    story.commit(
        lambda uow: stop_sending(uow, StopSending("all", "why"), actor=cora, now=story.clock.now(), ids=story.ids)
    )
    desk.send()
    assert story.message().state is S.HELD
    story.commit(lambda uow: resume_sending(uow, "all", actor=cora, now=story.clock.now()))
    assert relook(desk.delivery) == 0
    story.clock.advance(timedelta(hours=1))
    assert relook(desk.delivery) == 1
    assert desk.send().accepted == 1


def test_a_poison_message_stops_itself_and_no_other(sending: MakeSending, open_desk: MakeDesk) -> None:
    story = sending(leads=3)

    def scan(subject: str, text: str) -> tuple[str, ...]:
        scan.calls += 1
        if scan.calls == 2:
            raise RuntimeError("a rule tripped over this text")
        return ()

    scan.calls = 0
    desk = open_desk(scan=scan)
    counts = desk.send()
    assert (counts.accepted, counts.held) == (2, 1)
    assert sorted(story.states()) == [S.ACCEPTED, S.ACCEPTED, S.HELD]
    held = next(n for n in range(3) if story.message(n).state is S.HELD)
    assert "gate_error" in reasons(story, held)


def test_the_decision_at_release_stores_every_check(sending: MakeSending, open_desk: MakeDesk) -> None:
    from app.gate.policy import CHECKS
    from app.gate.verification import decisions
    from app.outbox.model import Purpose

    story, desk = sending(), open_desk()
    desk.send()
    with story.units.reading() as connection:
        [stored] = decisions_of(connection, story.message().id)
        assert list(decisions(connection)) == []
    assert [r["check"] for r in stored.results] == [check.__name__ for check in CHECKS[Purpose.NURTURE]]
    assert {r["verdict"] for r in stored.results} == {"permit"}
    assert "rita" not in str(stored).lower()


def test_a_receipt_says_who_knew(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    desk.send()
    with story.units.reading() as connection:
        [line] = attempts_of(connection, story.message().id)
    assert line.receipt is not None
    assert (line.receipt.source, line.receipt.queue_id) == (ReceiptSource.WIRE, "C0")
