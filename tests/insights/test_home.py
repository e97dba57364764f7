"""What a person's home page rests on: what needs her, what is at risk, and nothing she may not see."""

from datetime import timedelta

import pytest

from app.accounts.model import Actor, Role
from app.gate.operations import StopSending, stop_sending
from app.insights.home import HomeFacts, home_facts
from app.publishing.model import VersionState
from app.publishing.operations import Recall, recall
from app.review.model import Round, RoundState, ThreadKind
from app.review.operations import EndRound, OpenThread, open_thread, request_changes
from tests.builders.content import ADA, make_version
from tests.builders.leads import MAX
from tests.builders.review import SIGNERS, make_approved_round, make_round
from tests.builders.sending import Desk, Sending
from tests.chaos.smtp import silence
from tests.insights.conftest import Read

MARA, LEV, CORA = SIGNERS[Role.MEDICAL], SIGNERS[Role.LEGAL], SIGNERS[Role.COMPLIANCE]
OTTO = Actor("otto", "Otto Outsider")


@pytest.fixture
def round_(sending: Sending) -> Round:
    """A second version, by Ada, under review by medicine and compliance."""
    now, ids, made = sending.clock.now(), sending.ids, []
    sending.commit(
        lambda uow: made.append(
            make_round(uow, make_version(uow, now=now, ids=ids, subject="Another"), now=now, ids=ids)
        )
    )
    return made[0]


def home(sending: Sending, read: Read, actor: Actor, later: timedelta = timedelta(0)) -> HomeFacts:
    facts: HomeFacts = read(home_facts, actor, sending.clock.now() + later)
    return facts


def test_whoever_holds_no_role_sees_nothing(sending: Sending, read: Read, round_: Round) -> None:
    assert home(sending, read, OTTO) == HomeFacts()


def test_a_review_waits_for_those_who_can_sign_it(sending: Sending, read: Read, round_: Round) -> None:
    waits = {a.person_id: [line.round_.id for line in home(sending, read, a).queue] for a in (MARA, CORA, LEV, ADA)}
    assert waits == {"mara": [round_.id], "cora": [round_.id], "lev": [], "ada": []}


def test_what_a_writer_has_under_review_is_moving_and_nobody_else_s(
    sending: Sending, read: Read, round_: Round
) -> None:
    (mover,) = home(sending, read, ADA).moving
    assert mover.round_ is not None
    assert mover.round_.id == round_.id
    assert home(sending, read, LEV).moving == ()


def test_a_request_for_changes_waits_for_its_writer(sending: Sending, read: Read, round_: Round) -> None:
    assert home(sending, read, ADA).answers == ()
    now, ids = sending.clock.now(), sending.ids
    sending.commit(
        lambda uow: request_changes(uow, EndRound(round_.id, "The door has moved."), actor=MARA, now=now, ids=ids)
    )
    (waiting,) = home(sending, read, ADA).answers
    assert waiting.round_ is not None
    assert waiting.round_.state is RoundState.CHANGES_REQUESTED
    assert home(sending, read, MARA).answers == ()


@pytest.mark.parametrize(("kind", "waits"), [(ThreadKind.MUST, 1), (ThreadKind.NOTE, 0)])
def test_only_a_comment_that_blocks_waits_for_its_writer(
    kind: ThreadKind, waits: int, sending: Sending, read: Read, round_: Round
) -> None:
    command = OpenThread(round_.id, kind, "", "Ten minutes are too few.", "", "")
    now, ids = sending.clock.now(), sending.ids
    sending.commit(lambda uow: open_thread(uow, command, actor=MARA, now=now, ids=ids))
    assert len(home(sending, read, ADA).answers) == waits


def test_what_is_approved_waits_for_whoever_publishes(sending: Sending, read: Read) -> None:
    now, ids = sending.clock.now(), sending.ids
    sending.commit(
        lambda uow: make_approved_round(uow, make_version(uow, now=now, ids=ids, subject="Another"), now=now, ids=ids)
    )
    shown = {a.person_id: len(home(sending, read, a).publishable) for a in (MAX, CORA, ADA, MARA)}
    assert shown["max"] == 1
    assert (shown["ada"], shown["mara"]) == (0, 0)


@pytest.mark.parametrize(
    ("days", "state"), [(-40, None), (-10, VersionState.EXPIRING), (0, VersionState.EXPIRED), (9, VersionState.EXPIRED)]
)
def test_a_piece_in_use_is_at_risk_before_and_after_its_end(
    days: int, state: VersionState | None, sending: Sending, read: Read
) -> None:
    until = sending.publication.valid_until
    facts = home(sending, read, MAX, until + timedelta(days=days) - sending.clock.now())
    assert [(r.state, r.until, r.people) for r in facts.expiring] == ([] if state is None else [(state, until, 2)])


def test_a_recall_puts_people_at_risk_at_once(sending: Sending, read: Read) -> None:
    now, command = sending.clock.now(), Recall(sending.publication.id, "a dose was wrong")
    sending.commit(lambda uow: recall(uow, command, actor=CORA, now=now))
    (risk,) = home(sending, read, MAX).expiring
    assert (risk.state, risk.until, risk.people) == (VersionState.RECALLED, now, 2)


def test_a_stop_and_an_unknown_outcome_are_shown_to_those_who_see_sends(
    sending: Sending, sender: Desk, read: Read
) -> None:
    now, stop = sending.clock.now(), StopSending("all", "fire drill")
    sender.server.script = {"dot": silence(accept=True)}
    sender.send(1)
    sending.commit(lambda uow: stop_sending(uow, stop, actor=MAX, now=now, ids=sending.ids))
    facts = home(sending, read, MAX)
    assert [s.reason for s in facts.switches] == ["fire drill"]
    assert len(facts.unknown) == 1
    assert facts.outcomes is not None
    assert facts.outcomes.unknown == 1
    day_later = home(sending, read, MAX, timedelta(hours=24, microseconds=1))
    assert day_later.outcomes is not None
    assert day_later.outcomes.unknown == 0
    assert len(day_later.unknown) == 1
