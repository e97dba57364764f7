"""The send log: every planned message, with what became of it."""

from datetime import timedelta

import pytest

from app.accounts.model import Role
from app.gate.operations import StopSending, stop_sending
from app.insights.send_log import send_line, sends, sends_of_lead, sends_of_publication
from app.kernel.errors import NotFound
from app.outbox.model import MessageAction, MessageState
from app.outbox.operations import claim
from app.publishing.operations import Recall, recall
from tests.builders.leads import MAX
from tests.builders.review import SIGNERS
from tests.builders.sending import Desk, Sending
from tests.chaos.smtp import silence
from tests.insights.conftest import Read
from tests.web.sent import settle

CORA = SIGNERS[Role.COMPLIANCE]


def test_a_line_names_piece_version_sequence_and_step(sending: Sending, read: Read) -> None:
    line = read(send_line, sending.message().id)
    assert (line.item_key, line.version, line.sequence_key, line.step) == ("imaging-prep", 1, "imaging", 1)
    assert (line.state, line.reason, line.other_reasons) == (MessageState.PLANNED, "", ())
    assert (line.lead_id, line.channel, line.topic) == (sending.rita.id, "email", "education")


def test_a_message_in_a_worker_s_hands_reads_as_planned(sending: Sending, read: Read) -> None:
    message, now = sending.message(), sending.clock.now()
    sending.commit(lambda uow: claim(uow, [message.id], "worker-1", now, timedelta(minutes=2)))
    assert sending.message().state is MessageState.CLAIMED
    assert read(send_line, message.id).state is MessageState.PLANNED


def test_the_log_narrows_by_state_by_lead_and_by_publication(sending: Sending, read: Read) -> None:
    settle(sending, MessageAction.HOLD, reason="quiet_hours")
    held = sending.message().id
    assert [line.message_id for line in read(sends, states=[MessageState.HELD])] == [held]
    assert [line.message_id for line in read(sends_of_lead, sending.rita.id)] == [held]
    assert len(read(sends_of_publication, sending.publication.id)) == len(read(sends)) == 2
    assert len(read(sends, limit=1)) == 1


def test_the_newest_change_comes_first_and_older_ones_page_on(sending: Sending, read: Read) -> None:
    sending.clock.advance(timedelta(hours=1))
    settle(sending, MessageAction.HOLD, reason="quiet_hours")
    first, second = read(sends)
    assert first.message_id == sending.message().id
    assert read(sends, before=first.state_since) == (second,)


def test_a_hold_of_the_gate_brings_its_facts_and_the_other_reasons(sending: Sending, sender: Desk, read: Read) -> None:
    now, stop = sending.clock.now(), StopSending("all", "fire drill")
    sending.commit(lambda uow: stop_sending(uow, stop, actor=MAX, now=now, ids=sending.ids))
    sending.clock.advance(timedelta(hours=8))
    sender.send()
    line = read(send_line, sending.message().id)
    assert {line.reason, *line.other_reasons} == {"quiet_hours", "kill_switch"}
    assert line.facts


def test_what_a_recall_held_names_the_window_it_had(sending: Sending, read: Read) -> None:
    command = Recall(sending.publication.id, "a dose was wrong")
    sending.commit(lambda uow: recall(uow, command, actor=CORA, now=sending.clock.now()))
    line = read(send_line, sending.message().id)
    assert (line.state, line.reason) == (MessageState.HELD, "recalled")
    assert set(line.facts) == {"from", "until"}


def test_what_was_accepted_has_no_reason_and_an_unknown_outcome_has_its_own(
    sending: Sending, sender: Desk, read: Read
) -> None:
    sender.server.script = {"dot": silence(accept=True)}
    sender.send(1)
    sender.server.script = {}
    sender.send()
    reasons = {line.state: line.reason for line in read(sends)}
    assert reasons == {MessageState.UNKNOWN: "unknown_outcome", MessageState.ACCEPTED: ""}


def test_a_message_that_is_not_there_is_not_found(sending: Sending, read: Read) -> None:
    with pytest.raises(NotFound):
        read(send_line, "nothing")
