"""The release of a batch that the database refuses: a bad message stops itself and no other."""

from datetime import timedelta

import pytest

from app.outbox.model import MessageState
from app.storage.unit_of_work import AuditNote
from tests.builders.outbox import make_attempt
from tests.builders.sending import At
from tests.delivery.conftest import MakeDesk, MakeSending

S = MessageState


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_refused_batch_is_released_one_by_one(
    bad: int, dialect: str, sending: MakeSending, open_desk: MakeDesk
) -> None:
    story = sending(leads=3)

    def meddle() -> None:
        """Somebody else's attempt on one of the claimed messages, so that ours is the second and is refused."""
        message = story.message(bad)
        now = story.clock.now()
        with story.units() as uow:
            make_attempt(uow, message, now=now, ids=story.ids)
            uow.note(AuditNote("gate.release.decided", "worker", "worker-2", "worker-2", now))
            uow.commit()

    desk = open_desk(At(after_body=meddle))
    counts = desk.send()
    assert (counts.claimed, counts.accepted, counts.deferred) == (3, 2, 1)
    assert [story.message(n).state is S.ACCEPTED for n in range(3)] == [n != bad for n in range(3)]
    desk.server.settle()
    assert len(desk.server.accepted) == len(desk.server.dots) == 2
    assert story.accounting().balances
    story.clock.advance(timedelta(minutes=1))
    assert desk.send().accepted == 1
    assert len(desk.server.dots) == len({record.message_id for record in desk.server.accepted}) == 3
