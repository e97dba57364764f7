"""One sentence on one message, and everything it rests on."""

from datetime import timedelta

import pytest

from app.consent.commands import Withdraw
from app.consent.model import SourceKind
from app.consent.operations import withdraw
from app.gate.operations import StopSending, stop_sending
from app.insights.why import Answer, messages_for, why, why_not_planned
from app.kernel.errors import NotFound
from app.outbox.model import MessageState
from tests.builders.leads import CLEO, MAX, VAULT, make_lead
from tests.builders.sending import Desk, Sending
from tests.chaos.smtp import say, silence
from tests.insights.conftest import Read


def asked(sending: Sending, read: Read, number: int = 0) -> Answer:
    answer: Answer = read(why, sending.message(number).id, sending.clock.now())
    return answer


def test_a_planned_message_says_when(sending: Sending, read: Read) -> None:
    answer = asked(sending, read)
    assert answer.answer == "It is planned for 2026-03-02 15:00 UTC."
    assert (answer.failing, answer.passing, answer.attempts, answer.decided) == ((), (), (), None)
    assert answer.standing.sendable


@pytest.mark.parametrize(
    ("script", "words", "state"),
    [
        ({}, "It was sent: the mail server accepted it on 2026-03-02 15:00 UTC.", MessageState.ACCEPTED),
        ({"dot": say("554 no")}, "It did not arrive: the mail server rejected it on", MessageState.REJECTED),
        ({"dot": silence(accept=True)}, "It may have arrived: it was released on", MessageState.UNKNOWN),
    ],
)
def test_what_the_server_said_is_the_answer(
    script: dict, words: str, state: MessageState, sending: Sending, sender: Desk, read: Read
) -> None:
    sender.server.script = script
    sender.send(1)
    (number,) = [n for n in (0, 1) if sending.message(n).state is state]
    answer = asked(sending, read, number)
    assert answer.answer.startswith(words)
    assert answer.decided is not None
    assert (answer.failing, len(answer.attempts)) == ((), 1)
    assert len(answer.passing) > 10


def test_a_withdrawal_is_told_with_every_reason_strictest_first(sending: Sending, sender: Desk, read: Read) -> None:
    command = Withdraw(sending.rita.id, "email", "education", SourceKind.STAFF)
    stop = StopSending("all", "fire drill")
    now, ids = sending.clock.now(), sending.ids
    sending.commit(lambda uow: stop_sending(uow, stop, actor=MAX, now=now, ids=ids))
    sending.commit(lambda uow: withdraw(uow, command, actor=CLEO, now=now, ids=ids))
    sender.send()
    answer = asked(sending, read)
    assert answer.answer.startswith("It was not sent and will not be. ")
    assert [check.verdict for check in answer.failing] == ["refuse", "refuse", "hold"]
    assert {check.code for check in answer.failing} == {"consent_out", "suppressed_opt_out", "kill_switch"}
    assert all(check.spoken and check.spoken.who and check.spoken.fix for check in answer.failing)
    assert not answer.standing.sendable
    assert asked(sending, read, 1).answer.startswith("It is held. ")


def test_what_passes_by_itself_is_planned_with_its_reason(sending: Sending, sender: Desk, read: Read) -> None:
    sending.clock.advance(timedelta(hours=10))
    sender.send()
    answer = asked(sending, read)
    assert answer.line.state is MessageState.PLANNED
    assert answer.answer.startswith("It is planned for 2026-03-03 ")
    assert answer.failing[0].code == "quiet_hours"


def test_what_happened_stands_in_order(sending: Sending, sender: Desk, read: Read) -> None:
    sending.clock.advance(timedelta(minutes=1))
    sender.send()
    phases = asked(sending, read).phases
    assert [phase.at for phase in phases] == sorted(phase.at for phase in phases)
    assert phases[0].what == "planned"
    assert "gate.release.permit" in {phase.what for phase in phases}


def test_the_messages_of_a_piece_to_an_address_are_found(sending: Sending, read: Read) -> None:
    assert read(messages_for, "rita0@home.example", "imaging-prep", VAULT) == (sending.message().id,)
    for address, item in (("nobody@home.example", "imaging-prep"), ("rita0@home.example", "nothing")):
        with pytest.raises(NotFound):
            read(messages_for, address, item, VAULT)
        with pytest.raises(NotFound):
            read(why_not_planned, address, item, VAULT, sending.clock.now())


def test_whoever_is_in_no_sequence_is_told_so(sending: Sending, read: Read) -> None:
    now = sending.clock.now()
    sending.commit(lambda uow: make_lead(uow, "new@home.example", now=now, ids=sending.ids))
    answer = read(why_not_planned, "new@home.example", "imaging-prep", VAULT, now)
    assert [reason.code for reason in answer.reasons] == ["not_enrolled"]
    later = sending.publication.valid_until + timedelta(days=1)
    answer = read(why_not_planned, "new@home.example", "imaging-prep", VAULT, later)
    assert [reason.code for reason in answer.reasons] == ["approval_expired", "not_enrolled"]
    assert answer.answer.startswith("No message was planned. ")


def test_where_nothing_is_missing_its_time_has_not_come(sending: Sending, read: Read) -> None:
    answer = read(why_not_planned, "rita0@home.example", "imaging-prep", VAULT, sending.clock.now())
    assert answer.answer == "No message was planned. Its time has not come."


def test_a_message_that_is_not_there_is_not_found(sending: Sending, read: Read) -> None:
    with pytest.raises(NotFound):
        read(why, "nothing", sending.clock.now())
