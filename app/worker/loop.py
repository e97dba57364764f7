"""The bounded loop: jobs in order, each with a limit, at the worker's own pace."""

import signal
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

import structlog
from sqlalchemy.exc import OperationalError

from app.audit.operations import sign_checkpoint
from app.delivery import recovery
from app.delivery.model import BatchCounts
from app.delivery.operations import send_due
from app.publishing import operations as publishing
from app.sequences import operations as sequences
from app.worker.bootstrap import CONNECTIONS, Worker

PLAN_LIMIT = 200
IDLE_SECONDS = 0.5
CHECKPOINT_EVERY = timedelta(minutes=1)
_DATABASE_BUSY_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TickCounts:
    """What one round of jobs did."""

    planned: int
    expired: int
    swept: int
    relooked: int
    sent: BatchCounts

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.planned or self.expired or self.swept or self.relooked or self.sent.claimed)


def tick(worker: Worker) -> TickCounts:
    """One round: what ended, what is due to be planned, what was left behind, what may go on, and one batch of sends."""
    delivery = worker.delivery
    now = delivery.clock.now()
    with delivery.units() as uow:
        expired = publishing.expire_due(uow, now=now, limit=PLAN_LIMIT)
        if expired:
            uow.commit()
    with delivery.units() as uow:
        planned = sequences.plan_due(uow, now=now, limit=PLAN_LIMIT, vault=delivery.vault, ids=delivery.ids)
        # Also when nothing was planned: those who must wait get their reason, and make room for those behind them.
        uow.commit()
    swept = recovery.sweep(delivery)
    relooked = recovery.relook(delivery)
    sent = send_due(delivery, CONNECTIONS)
    return TickCounts(planned, expired, swept, relooked, sent)


class Stop:
    """Set by SIGTERM and SIGINT; the loop finishes what it has in hand."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def install(self) -> None:
        """Listen for the signals; main thread only."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    def pause(self, seconds: float) -> bool:
        """Wait, or less when told to stop; True when told to."""
        return self._event.wait(seconds)

    @property
    def told(self) -> bool:
        """Whether the worker was told to stop."""
        return self._event.is_set()


def run(worker: Worker, stop: Stop, *, once: bool = False) -> BatchCounts:
    """Work until told to stop, or, with ``once``, until nothing is left to do now. Returns what was sent in all."""
    total = BatchCounts()
    checkpoint_due: datetime | None = None
    while not stop.told:
        try:
            counts = tick(worker)
            checkpoint_due = _checkpoint(worker, checkpoint_due)
        except OperationalError as error:
            log.warning("database busy", error=type(error.orig).__name__)
            stop.pause(_DATABASE_BUSY_SECONDS)
            continue
        total = total.plus(counts.sent)
        if counts.idle:
            if once:
                break
            stop.pause(IDLE_SECONDS)
        else:
            log.info("round", planned=counts.planned, expired=counts.expired, accepted=counts.sent.accepted,
                     held=counts.sent.held, refused=counts.sent.refused, unknown=counts.sent.unknown)  # fmt: skip
    worker.transport.close()
    return total


def _checkpoint(worker: Worker, due: datetime | None) -> datetime:
    now = worker.delivery.clock.now()
    if due is not None and now < due:
        return due
    sign_checkpoint(worker.delivery.units, worker.log_key, worker.log_name, now=now)
    return now + CHECKPOINT_EVERY
