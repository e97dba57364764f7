"""Sequences at work: activated, entered, planned, advanced; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.model import Actor
from app.consent import operations as consent
from app.kernel.finding import Refusal
from app.outbox import operations as outbox
from app.outbox import queries as messages
from app.outbox.model import Message, MessageAction, MessageState
from app.sequences import operations, queries
from app.sequences.commands import Enroll, ImportedPlan, ImportPlan
from app.sequences.model import Enrollment, EnrollmentState, SequenceState, SequenceVersion
from app.storage.unit_of_work import Units
from tests.builders.content import make_version
from tests.builders.leads import PLAN, VAULT, make_enrollment, make_lead, make_sequence
from tests.builders.outbox import make_attempt
from tests.builders.review import make_publication
from tests.fakes import CountingIds, FixedClock

DAY = timedelta(days=1)
SOURCE = PLAN.format(key="imaging", item="imaging-prep").encode()


class World:
    """A published item and Max, who arranges it."""

    def __init__(self, units: Units, ids: CountingIds, clock: FixedClock) -> None:
        self.units, self.ids, self.clock = units, ids, clock

    def publish(self) -> None:
        with self.units() as uow:
            make_publication(uow, now=self.clock.now(), ids=self.ids, days=30)
            uow.commit()

    def run(self) -> SequenceVersion:
        with self.units() as uow:
            made = make_sequence(uow, now=self.clock.now(), ids=self.ids)
            uow.commit()
        return made

    def enroll(self, email: str = "rita@example.org", **details: str) -> Enrollment:
        with self.units() as uow:
            lead = make_lead(uow, email, now=self.clock.now(), ids=self.ids, **details)
            made = make_enrollment(uow, lead, now=self.clock.now(), ids=self.ids)
            uow.commit()
        return made

    def plan(self) -> int:
        with self.units() as uow:
            count = operations.plan_due(uow, now=self.clock.now(), limit=100, vault=VAULT, ids=self.ids)
            if uow._notes:
                uow.commit()
        return count

    def settle(self, message: Message, action: MessageAction) -> MessageState:
        now = self.clock.now()
        with self.units() as uow:
            (claimed,) = outbox.claim(uow, [message.id], "w1", max(now, message.due_at), DAY)
            make_attempt(uow, claimed, now=now, ids=self.ids)
            outbox.move(uow, claimed.id, claimed.epoch, MessageAction.RELEASE, now=now)
            done = outbox.move(uow, claimed.id, claimed.epoch, action, now=now)
            operations.advance(uow, done, done.state, now=now)
            assert operations.advance(uow, done, done.state, now=now) is None
            uow.commit()
        return done.state

    def message(self, enrollment: Enrollment) -> Message:
        with self.units.reading() as connection:
            return messages.of_enrollment(connection, enrollment.id)[-1]

    def look(self, enrollment: Enrollment) -> Enrollment:
        with self.units.reading() as connection:
            found = queries.enrollment(connection, enrollment.id)
        assert found is not None
        return found


@pytest.fixture
def world(units: Units, people: dict[str, Actor], ids: CountingIds, clock: FixedClock) -> World:
    return World(units, ids, clock)


def test_a_sequence_of_unapproved_content_cannot_be_activated(world: World, max_: Actor, now: datetime) -> None:
    with world.units() as uow:
        make_version(uow, now=now, ids=world.ids)
        imported = operations.import_plan(uow, ImportPlan(SOURCE, "x.yml"), actor=max_, now=now, ids=world.ids)
        assert isinstance(imported, ImportedPlan)
        refusal = operations.activate(uow, imported.version.id, actor=max_, now=now)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "step_not_approved"


def test_a_publication_that_has_run_out_does_not_count(world: World, max_: Actor) -> None:
    world.publish()
    world.clock.advance(30 * DAY)
    with world.units() as uow:
        imported = operations.import_plan(
            uow, ImportPlan(SOURCE, "x.yml"), actor=max_, now=world.clock.now(), ids=world.ids
        )
        assert isinstance(imported, ImportedPlan)
        refusal = operations.activate(uow, imported.version.id, actor=max_, now=world.clock.now())
    assert isinstance(refusal, Refusal)


def test_the_same_file_makes_no_second_version(world: World, max_: Actor, now: datetime) -> None:
    world.publish()
    running = world.run()
    with world.units() as uow:
        again = operations.import_plan(uow, ImportPlan(SOURCE, "x.yml"), actor=max_, now=now, ids=world.ids)
        changed = SOURCE.replace(b"3 days", b"4 days")
        newer = operations.import_plan(uow, ImportPlan(changed, "x.yml"), actor=max_, now=now, ids=world.ids)
        assert isinstance(newer, ImportedPlan)
        other = operations.activate(uow, newer.version.id, actor=max_, now=now)
    assert again == ImportedPlan(running, new=False)
    assert (newer.new, newer.version.number, newer.version.state) == (True, 2, SequenceState.DRAFT)
    assert isinstance(other, Refusal)
    assert other.code == "other_version_running"


def test_a_file_that_names_what_is_not_there_is_refused(world: World, max_: Actor, now: datetime) -> None:
    with world.units() as uow:
        unknown = operations.import_plan(uow, ImportPlan(SOURCE, "x.yml"), actor=max_, now=now, ids=world.ids)
        make_version(uow, now=now, ids=world.ids)
        sms = SOURCE.replace(b"channel: email", b"channel: sms")
        wrong = operations.import_plan(uow, ImportPlan(sms, "x.yml"), actor=max_, now=now, ids=world.ids)
        exact = SOURCE.replace(b"latest", b"{publication: nothere}")
        pinned = operations.import_plan(uow, ImportPlan(exact, "x.yml"), actor=max_, now=now, ids=world.ids)
    assert [r.code for r in (unknown, wrong, pinned) if isinstance(r, Refusal)] == [
        "item_unknown", "step_channel", "publication_unknown",
    ]  # fmt: skip


def test_ada_and_otto_do_not_run_sequences(world: World, ada: Actor, otto: Actor, now: datetime) -> None:
    for actor in (ada, otto):
        with world.units() as uow:
            refusal = operations.import_plan(uow, ImportPlan(SOURCE, "x.yml"), actor=actor, now=now, ids=world.ids)
        assert refusal == Refusal("not_permitted", {"permission": "run_sequences"})


def test_rita_goes_through_both_steps_and_is_finished(world: World) -> None:
    world.publish()
    world.run()
    enrollment = world.enroll()
    assert (world.plan(), world.plan()) == (1, 0)
    first = world.message(enrollment)
    assert (first.step_number, first.due_at, first.topic) == (1, world.clock.now(), "education")
    assert first.not_after == first.due_at + 2 * DAY
    assert world.settle(first, MessageAction.ACCEPT) is MessageState.ACCEPTED
    assert world.look(enrollment).next_due == world.clock.now() + 3 * DAY
    assert world.plan() == 0
    world.clock.advance(3 * DAY)
    assert world.plan() == 1
    second = world.message(enrollment)
    assert second.step_number == 2
    world.settle(second, MessageAction.ACCEPT)
    assert world.look(enrollment).state is EnrollmentState.FINISHED


@pytest.mark.parametrize(
    ("action", "reason"), [(MessageAction.REJECT, "step_rejected"), (MessageAction.LOSE_TRACK, "step_unknown")]
)
def test_a_step_that_did_not_arrive_holds_rita_where_she_is(world: World, action: MessageAction, reason: str) -> None:
    world.publish()
    world.run()
    enrollment = world.enroll()
    world.plan()
    world.settle(world.message(enrollment), action)
    world.clock.advance(30 * DAY)
    held = world.look(enrollment)
    assert (world.plan(), held.state, held.reason, held.next_step) == (0, EnrollmentState.ACTIVE, reason, None)
    with world.units.reading() as connection:
        assert [e.id for e in queries.waiting(connection)] == [enrollment.id]


def test_an_expired_step_waits_in_sight_and_goes_on_when_it_is_published_again(world: World) -> None:
    world.publish()
    world.run()
    world.clock.advance(28 * DAY)
    enrollment = world.enroll()
    world.clock.advance(2 * DAY)
    assert (world.plan(), world.look(enrollment).reason) == (0, "step_not_approved")
    with world.units() as uow:
        version = make_version(uow, now=world.clock.now(), ids=world.ids, title="A new edition")
        make_publication(uow, version, now=world.clock.now(), ids=world.ids)
        uow.commit()
    world.clock.advance(timedelta(minutes=5))
    assert world.plan() == 1


def test_a_night_time_step_is_planned_for_the_morning_in_every_possible_zone(world: World) -> None:
    world.publish()
    world.run()
    enrollment = world.enroll("nowhere@example.org", timezone="")
    world.plan()
    assert world.message(enrollment).due_at == datetime.fromisoformat("2026-03-02T19:00:00+00:00")


def test_whoever_does_not_fit_is_not_enrolled(world: World, max_: Actor, cleo: Actor, now: datetime) -> None:
    world.publish()
    running = world.run()
    present = world.enroll()
    codes = []
    with world.units() as uow:
        partner = make_lead(uow, "p@example.org", now=now, ids=world.ids, lead_type="referral_partner")
        phone_only = make_lead(uow, "", phone="+16145550123", now=now, ids=world.ids)
        gone = make_lead(uow, "gone@example.org", now=now, ids=world.ids)
        consent.erase(uow, gone.id, actor=cleo, now=now, ids=world.ids)
        for lead_id in (present.lead_id, partner.id, phone_only.id, gone.id):
            refusal = operations.enroll(uow, Enroll("imaging", lead_id), actor=max_, now=now, ids=world.ids)
            codes.append(refusal.code if isinstance(refusal, Refusal) else "enrolled")
        operations.pause(uow, running.id, actor=max_, now=now)
        paused = operations.enroll(uow, Enroll("imaging", present.lead_id), actor=max_, now=now, ids=world.ids)
    assert codes == ["already_enrolled", "lead_type_mismatch", "no_address", "lead_erased"]
    assert isinstance(paused, Refusal)
    assert paused.code == "sequence_not_active"


def test_a_paused_sequence_plans_nothing_and_a_retired_one_lets_everybody_go(world: World, max_: Actor) -> None:
    world.publish()
    running = world.run()
    enrollment = world.enroll()
    with world.units() as uow:
        operations.pause(uow, running.id, actor=max_, now=world.clock.now())
        uow.commit()
    assert world.plan() == 0
    with world.units() as uow:
        operations.retire(uow, running.id, actor=max_, now=world.clock.now())
        uow.commit()
    assert world.look(enrollment).reason == "sequence_retired"


def test_an_erased_lead_is_stopped_before_her_next_step(world: World, cleo: Actor, now: datetime) -> None:
    world.publish()
    world.run()
    enrollment = world.enroll()
    with world.units() as uow:
        consent.erase(uow, enrollment.lead_id, actor=cleo, now=now, ids=world.ids)
        uow.commit()
    assert world.plan() == 0
    assert (world.look(enrollment).state, world.look(enrollment).reason) == (EnrollmentState.STOPPED, "lead_erased")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sequence_versions SET source = digest",
        "UPDATE sequence_versions SET state = 'draft'",
        "DELETE FROM sequence_versions",
        "UPDATE sequence_steps SET delay_seconds = 0",
        (
            "INSERT INTO sequence_steps SELECT sequence_version_id, 9, item_id, channel, pin, publication_id, delay_seconds, "
            'useful_seconds, "window" FROM sequence_steps WHERE number = 1'
        ),
        "UPDATE enrollments SET lead_id = 'other'",
        "UPDATE enrollments SET state = 'draft'",
        "DELETE FROM enrollments",
    ],
)
def test_the_database_holds_a_running_sequence_as_it_is(world: World, statement: str) -> None:
    world.publish()
    world.run()
    world.enroll()
    with world.units.engine.connect() as connection, connection.begin(), pytest.raises(DBAPIError):
        connection.execute(text(statement))
