"""The figures: where everything stands, to the unit."""

from datetime import timedelta

from app.gate.operations import StopSending, stop_sending
from app.insights.status import outcomes_since, status
from app.outbox.model import MessageAction
from tests.builders.content import make_version
from tests.builders.leads import MAX
from tests.builders.review import make_round
from tests.builders.sending import Desk, Sending
from tests.chaos.smtp import silence
from tests.insights.conftest import Read
from tests.web.sent import settle

MICRO = timedelta(microseconds=1)


def test_what_was_planned_is_counted_once_each(sending: Sending, read: Read) -> None:
    settle(sending, MessageAction.REFUSE, reason="consent_out")
    found = read(status, sending.clock.now())
    assert found.sends.balances
    assert (found.sends.planned, found.sends.refused, found.sends.pending) == (2, 1, 1)
    assert (found.refused, found.held) == ({"consent_out": 1}, {})
    assert (found.people, found.leads, sum(found.pieces.values())) == (9, 2, 1)
    assert found.sequences == {"imaging": "active"}
    assert found.next_due == sending.message(1).due_at
    assert (found.log_size > 5, len(found.log_root), found.checkpoint_size) == (True, 64, 0)


def test_a_review_is_overdue_after_its_due_instant_not_at_it(sending: Sending, read: Read) -> None:
    now, ids = sending.clock.now(), sending.ids
    made = []
    sending.commit(
        lambda uow: made.append(
            make_round(uow, make_version(uow, now=now, ids=ids, subject="Another"), now=now, ids=ids)
        )
    )
    due = made[0].due_at
    figures = [read(status, at) for at in (now, due, due + MICRO)]
    assert [(f.open_rounds, f.overdue_rounds) for f in figures] == [(1, 0), (1, 0), (1, 1)]
    assert figures[0].pieces == {"in_review": 1}


def test_a_piece_is_expiring_for_thirty_days_with_the_sequences_that_will_stop(sending: Sending, read: Read) -> None:
    until = sending.publication.valid_until
    assert read(status, until - timedelta(days=30) - MICRO).expiring == ()
    (ending,) = read(status, until - timedelta(days=10)).expiring
    assert (ending.item_key, ending.until, ending.used_in) == ("imaging-prep", until, ("imaging",))


def test_a_stop_is_shown_with_its_reason(sending: Sending, read: Read) -> None:
    stop, now = StopSending("all", "fire drill"), sending.clock.now()
    sending.commit(lambda uow: stop_sending(uow, stop, actor=MAX, now=now, ids=sending.ids))
    (switch,) = read(status, now).switches
    assert (switch.scope, switch.reason) == ("all", "fire drill")


def test_outcomes_count_what_came_to_rest_since_an_instant(sending: Sending, sender: Desk, read: Read) -> None:
    now = sending.clock.now()
    settle(sending, MessageAction.HOLD, reason="no_delivery")
    sending.clock.advance(timedelta(minutes=1))
    sender.server.script = {"dot": silence(accept=True)}
    sender.send()
    counted = read(outcomes_since, now)
    assert (counted.held, counted.unknown, counted.accepted) == (1, 1, 0)
    assert counted.reasons == (("no_delivery", 1),)
    later = read(outcomes_since, sending.clock.now())
    assert (later.held, later.unknown, later.reasons) == (0, 1, ())
    assert read(outcomes_since, sending.clock.now() + MICRO).unknown == 0
