"""The bounded loop: what a round does, when it stops, and that there is one worker per data directory."""

import base64
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.model import Actor
from app.audit.queries import newest_checkpoint
from app.kernel.errors import BadInput
from app.outbox.model import MessageState
from app.settings import DkimSettings, WorkerSettings
from app.storage.unit_of_work import Units
from app.transports.eml_folder import EmlFolderTransport
from app.worker.bootstrap import RULES, KillAt, Worker, build, fault_points, mime_signer, open_transport, rendered_scan
from app.worker.loop import Stop, run, tick
from app.worker.single import WorkerLock
from tests.builders.sending import Sending, make_sending
from tests.chaos.smtp import ChaosSmtp
from tests.delivery.sqlite_alone import database_url  # noqa: F401
from tests.fakes import CountingIds, FixedClock
from tests.worker.conftest import Environment

S = MessageState


@pytest.fixture
def server() -> Iterator[ChaosSmtp]:
    with ChaosSmtp() as running:
        yield running


@pytest.fixture
def story(units: Units, people: dict[str, Actor], clock: FixedClock, ids: CountingIds) -> Sending:
    return make_sending(units, clock, ids, leads=12, steps=2, planned=False)


@pytest.fixture
def worker(story: Sending, server: ChaosSmtp, clock: FixedClock, environment: Environment) -> Iterator[Worker]:
    made = build(WorkerSettings.from_mapping(environment(server.port)), lambda seconds: False, clock=clock)
    yield made
    made.transport.close()
    made.delivery.journal.close()
    made.lock.release()
    made.delivery.units.engine.dispose()


def test_a_round_plans_what_is_due_and_sends_one_batch(worker: Worker, story: Sending, server: ChaosSmtp) -> None:
    first, second, third = tick(worker), tick(worker), tick(worker)
    assert (first.planned, first.sent.claimed, first.sent.accepted, first.idle) == (12, 10, 10, False)
    assert (second.planned, second.sent.accepted) == (0, 2)
    assert third.idle
    assert len(server.accepted) == 12


def test_once_works_until_nothing_is_left_and_signs_a_checkpoint(worker: Worker, story: Sending) -> None:
    assert run(worker, Stop(), once=True).accepted == 12
    with story.units.reading() as connection:
        checkpoint = newest_checkpoint(connection)
    assert checkpoint is not None
    assert checkpoint.at == worker.delivery.clock.now()


def test_the_next_step_follows_after_its_delay(
    worker: Worker, story: Sending, clock: FixedClock, server: ChaosSmtp
) -> None:
    run(worker, Stop(), once=True)
    clock.advance(timedelta(days=3) - timedelta(microseconds=1))
    assert run(worker, Stop(), once=True).claimed == 0
    clock.advance(timedelta(microseconds=1))
    assert run(worker, Stop(), once=True).accepted == 12
    assert len({record.message_id for record in server.accepted}) == 24


def test_an_expired_publication_is_written_down_and_holds_what_waits(
    worker: Worker, story: Sending, clock: FixedClock
) -> None:
    story.plan()
    clock.advance(timedelta(days=90))
    assert tick(worker).expired == 1
    assert set(story.states()) == {S.HELD}
    assert story.message().reason == "approval_expired"


def test_told_to_stop_it_finishes_the_batch_in_hand_and_claims_no_more(
    worker: Worker, story: Sending, server: ChaosSmtp
) -> None:
    stop = Stop()

    class StopAtTheDot:
        def reach(self, point: str) -> None:
            if point == "after_dot":
                stop._on_signal(15, None)

    object.__setattr__(worker.delivery, "faults", StopAtTheDot())
    assert run(worker, stop).accepted == 10
    assert len(server.dots) == 10
    assert story.accounting().pending == 2
    assert stop.pause(60)


def test_a_locked_database_is_waited_out(worker: Worker, story: Sending) -> None:
    from sqlalchemy.exc import OperationalError

    class BusyOnce:
        left = 1

        def reach(self, point: str) -> None:
            if point == "after_claim" and self.left:
                self.left -= 1
                raise OperationalError("x", {}, Exception("database is locked"))

    class NoWait(Stop):
        def pause(self, seconds: float) -> bool:
            worker.delivery.clock.advance(timedelta(minutes=3))  # type: ignore[attr-defined]
            return False

    object.__setattr__(worker.delivery, "faults", BusyOnce())
    assert run(worker, NoWait(), once=True).accepted == 12
    assert set(story.states()) == {S.ACCEPTED}


def test_a_second_worker_does_not_start_on_the_same_directory(worker: Worker, environment: Environment) -> None:
    settings = WorkerSettings.from_mapping(environment(1))
    with pytest.raises(BadInput, match="runs on this data directory already"):
        build(settings, lambda seconds: False)


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    first = WorkerLock(tmp_path / "w.lock")
    with pytest.raises(BadInput):
        WorkerLock(tmp_path / "w.lock")
    first.release()
    WorkerLock(tmp_path / "w.lock").release()


def test_without_a_server_messages_become_files(environment: Environment, clock: FixedClock) -> None:
    env = environment(1)
    del env["PLACET_SMTP_HOST"]
    assert isinstance(open_transport(WorkerSettings.from_mapping(env), clock), EmlFolderTransport)


def test_fault_points_are_named_in_tests_only() -> None:
    assert not isinstance(fault_points(""), KillAt)
    assert isinstance(fault_points("after_dot:2"), KillAt)


@pytest.mark.parametrize("key", [b"", b"-----BEGIN RSA PRIVATE KEY-----\nnonsense\n", base64.b64encode(b"short")])
def test_a_mail_key_that_cannot_sign_is_told_at_the_start(key: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dkim.key"
    path.write_bytes(key)
    with pytest.raises(BadInput, match="no key that can sign"):
        mime_signer(DkimSettings(path, "s1", "clinic.example"))


def test_a_claim_that_a_name_makes_is_found_in_the_finished_text() -> None:
    scan = rendered_scan(RULES, FixedClock())
    assert scan("Getting ready", "Hello Rita,\n\nWe look forward to your visit.\n") == ()
    assert scan("Getting ready", "Our treatment is guaranteed to cure arthritis.\n") != ()


def test_a_rule_counts_from_the_day_it_comes_into_force_while_the_worker_runs(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    clock = FixedClock()
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    cure = rules / "us-federal" / "cure.yml"
    cure.write_text(f'{cure.read_text(encoding="utf-8")}effective: "{tomorrow}"\n', encoding="utf-8")
    scan = rendered_scan(rules, clock)
    assert scan("Your visit", "It cures arthritis.\n") == ()
    clock.advance(timedelta(days=1))
    assert scan("Your visit", "It cures arthritis.\n") == ("cure",)
