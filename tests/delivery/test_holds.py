"""What holds a message, what lets it go on, and what may not touch its neighbours. On SQLite alone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.accounts.model import Actor
from app.delivery.model import ReceiptSource
from app.delivery.queries import attempts_of
from app.gate.operations import StopSending, resume_sending, stop_sending
from app.gate.queries import decisions_of, latest_decision
from app.outbox.model import MessageState
from app.storage.unit_of_work import AuditNote, RowNote, UnitOfWork
from tests.builders.content import make_version
from tests.builders.review import make_publication
from tests.builders.sending import At, Desk, Sending
from tests.chaos.smtp import Act
from tests.delivery.conftest import MakeDesk, MakeSending
from tests.delivery.sqlite_alone import database_url  # noqa: F401

S = MessageState


def reasons(story: Sending, number: int = 0) -> tuple[str, ...]:
    with story.units.reading() as connection:
        decision = latest_decision(connection, story.message(number).id)
    assert decision is not None
    return decision.reasons


def no_dots(desk: Desk) -> None:
    desk.transport.close()
    desk.server.settle()
    assert (desk.server.dots, desk.server.accepted) == ([], [])


def _superseding(story: Sending, **changes: str) -> Callable[[], None]:
    def act() -> None:
        def publish(uow: UnitOfWork) -> None:
            version = make_version(uow, now=story.clock.now(), ids=story.ids, subject="Ready for your visit", **changes)
            make_publication(uow, version, now=story.clock.now(), ids=story.ids)

        story.commit(publish)

    return act


def test_all_dots_of_a_batch_are_written_before_the_first_reply_is_awaited(
    sending: MakeSending, open_desk: MakeDesk
) -> None:
    story, desk = sending(leads=4), open_desk(reply_timeout=20.0)
    desk.server.script = {"dot": Act(delay=2.0)}
    assert desk.send().accepted == 4
    seen = sorted(datetime.fromisoformat(record.received_at) for record in desk.server.dots)
    assert seen[-1] - seen[0] < timedelta(seconds=2), "the last dot came before the first reply could"
    assert story.states() == [S.ACCEPTED] * 4


def test_a_process_that_slept_inside_its_commit_writes_no_dot(sending: MakeSending, open_desk: MakeDesk) -> None:
    story, desk = sending(), open_desk()
    units = desk.delivery.units
    before = units._recorder

    def slow(connection: Connection, notes: Sequence[AuditNote], rows: Sequence[RowNote]) -> None:
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


def test_a_kill_switch_with_the_body_on_the_wire_stops_the_dot(
    people: dict[str, Actor], sending: MakeSending, open_desk: MakeDesk
) -> None:
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


def test_a_stopped_message_goes_out_when_the_switch_is_let_go(
    people: dict[str, Actor], sending: MakeSending, open_desk: MakeDesk
) -> None:
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
