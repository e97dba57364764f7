"""A sequence as people read it: what each step would send now, who stands before it, what became of the rest."""

from datetime import timedelta

import pytest

from app.insights.sequence_flow import Flow, flow, flows
from app.kernel.errors import NotFound
from app.outbox.model import MessageAction, MessageState
from app.publishing.model import VersionState
from app.sequences.commands import ImportPlan
from app.sequences.operations import import_plan
from tests.builders.leads import MAX
from tests.builders.sending import Desk, Sending, plan_source
from tests.insights.conftest import Read
from tests.web.sent import settle


def the_flow(sending: Sending, read: Read, later: timedelta = timedelta(0), number: int | None = None) -> Flow:
    (line,) = read(flows, sending.clock.now())
    found: Flow = read(flow, line.sequence_id, sending.clock.now() + later, number)
    return found


def test_a_step_shows_what_it_would_send_and_who_stands_before_it(sending: Sending, read: Read) -> None:
    found = the_flow(sending, read)
    first, second = found.steps
    assert (found.key, found.title, found.people) == ("imaging", "Getting ready", 2)
    assert first.publication is not None
    assert (first.publication.id, first.number, first.here) == (sending.publication.id, 1, 2)
    assert first.outcomes[MessageState.PLANNED] == 2
    assert (second.here, sum(second.outcomes.values())) == (0, 0)


def test_people_move_on_to_the_next_step_when_theirs_was_sent(sending: Sending, sender: Desk, read: Read) -> None:
    sender.send(1)
    first, second = the_flow(sending, read).steps
    assert (first.here, second.here) == (1, 1)
    assert first.outcomes[MessageState.ACCEPTED] == 1


def test_a_held_message_still_stands_before_its_step(sending: Sending, read: Read) -> None:
    settle(sending, MessageAction.HOLD, reason="quiet_hours")
    assert the_flow(sending, read).steps[0].here == 2
    assert the_flow(sending, read).steps[0].outcomes[MessageState.HELD] == 1


def test_a_step_whose_approval_ended_shows_how_it_ended(sending: Sending, read: Read) -> None:
    (status,) = {step.status.state for step in the_flow(sending, read, timedelta(days=91)).steps}
    assert status is VersionState.EXPIRED
    assert the_flow(sending, read, timedelta(days=91)).steps[0].publication is not None


def test_an_older_version_can_be_looked_at(sending: Sending, read: Read) -> None:
    plan = ImportPlan(plan_source(1), "plan.yml")
    now, ids = sending.clock.now(), sending.ids
    sending.commit(lambda uow: import_plan(uow, plan, actor=MAX, now=now, ids=ids))
    shown = [len(the_flow(sending, read, number=number).steps) for number in (None, 1, 2)]
    assert shown == [2, 2, 1]
    assert [v.number for v in the_flow(sending, read).versions] == [2, 1]
    with pytest.raises(NotFound):
        the_flow(sending, read, number=3)
    with pytest.raises(NotFound):
        read(flow, "nothing", now)
