"""Everything a send stands on, made through the real operations, and a delivery on a chaos server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.consent.model import Lead
from app.delivery.context import Delivery
from app.delivery.dkim_signer import unsigned
from app.delivery.journal import Journal
from app.delivery.model import BatchCounts
from app.delivery.operations import send_due
from app.delivery.render import SignMime
from app.gate.approved_content import ApprovedContents
from app.gate.operations import Gate
from app.kernel.clock import SystemClock
from app.kernel.ids import IdSource
from app.outbox import queries as outbox
from app.outbox.model import Accounting, Message, MessageState
from app.publishing.model import Publication
from app.sequences.commands import ImportedPlan, ImportPlan
from app.sequences.model import Enrollment, SequenceVersion
from app.sequences.operations import activate, import_plan, plan_due
from app.storage.unit_of_work import UnitOfWork, Units
from app.transports.smtp import SmtpTransport
from app.transports.smtp_settings import SmtpSettings
from tests.builders.content import make_version
from tests.builders.leads import MAX, VAULT, agree, make_enrollment, make_lead
from tests.builders.review import ORGANISATION, make_publication
from tests.chaos.smtp import ChaosSmtp
from tests.fakes import CountingIds, FixedClock

WINDOW = '{from: "09:00", to: "17:00", days: [mon, tue, wed, thu, fri]}'
SECRET = bytes(range(32, 64))


class At:
    """Does something when delivery reaches a named point, once."""

    def __init__(self, **acts: Callable[[], object]) -> None:
        self._acts = acts
        self.reached: list[str] = []

    def reach(self, point: str) -> None:
        self.reached.append(point)
        act = self._acts.pop(point, None)
        if act is not None:
            act()


class Died(BaseException):
    """The worker's process ends here; no ``except Exception`` of the program sees it."""


def die() -> None:
    raise Died


def plan_source(
    steps: int, *, item: str = "imaging-prep", pin: str = "latest", key: str = "imaging", days: int = 3
) -> bytes:
    """A sequence of e-mails on one item, ``days`` apart."""
    lines = [f"key: {key}", "title: Getting ready", "lead_type: patient", "steps:"]
    for number in range(steps):
        delay = "0 hours" if number == 0 else f"{days} days"
        lines += [
            f"  - item: {item}",
            "    channel: email",
            f"    pin: {pin}",
            f'    delay: "{delay}"',
            f"    window: {WINDOW}",
            '    useful_for: "2 days"',
        ]
    return ("\n".join(lines) + "\n").encode()


def run_plan(uow: UnitOfWork, source: bytes, *, now: datetime, ids: IdSource) -> SequenceVersion:
    """Import a plan and let it run."""
    imported = import_plan(uow, ImportPlan(source, "plan.yml"), actor=MAX, now=now, ids=ids)
    assert isinstance(imported, ImportedPlan), imported
    running = activate(uow, imported.version.id, actor=MAX, now=now)
    assert isinstance(running, SequenceVersion), running
    return running


@dataclass(frozen=True)
class Sending:
    """A published piece, leads who agreed, their enrollments, and planned first messages."""

    units: Units
    clock: FixedClock
    ids: CountingIds
    publication: Publication
    sequence: SequenceVersion
    leads: tuple[Lead, ...]
    enrollments: tuple[Enrollment, ...]

    @property
    def rita(self) -> Lead:
        return self.leads[0]

    def message(self, number: int = 0, step: int = 1) -> Message:
        """A lead's message of a step, as it stands now."""
        with self.units.reading() as connection:
            found = outbox.of_enrollment(connection, self.enrollments[number].id)
        return next(m for m in found if m.step_number == step)

    def states(self) -> list[MessageState]:
        """Where each lead's first message stands."""
        return [self.message(number).state for number in range(len(self.leads))]

    def accounting(self) -> Accounting:
        with self.units.reading() as connection:
            return outbox.accounting(connection)

    def commit(self, act: Callable[[UnitOfWork], object]) -> None:
        """Run one operation in a unit of its own."""
        with self.units() as uow:
            act(uow)
            uow.commit()

    def plan(self) -> int:
        """Plan what has come due."""
        with self.units() as uow:
            planned = plan_due(uow, now=self.clock.now(), limit=100, vault=VAULT, ids=self.ids)
            uow.commit()
        return planned


def make_sending(
    units: Units,
    clock: FixedClock,
    ids: CountingIds,
    *,
    leads: int = 1,
    steps: int = 1,
    pin: str = "latest",
    source: Mapping[str, str] | None = None,
    days: int = 90,
    planned: bool = True,
) -> Sending:
    """All of it at the clock's instant; the people of the fixtures must be saved. ``source`` changes the content file."""
    now = clock.now()
    with units() as uow:
        version = make_version(uow, now=now, ids=ids, **(source or {}))
        publication = make_publication(uow, version, now=now, ids=ids, days=days)
        pinned = f"{{publication: {publication.id}}}" if pin == "exact" else pin
        sequence = run_plan(uow, plan_source(steps, pin=pinned), now=now, ids=ids)
        made = tuple(make_lead(uow, f"rita{n}@home.example", now=now, ids=ids) for n in range(leads))
        for lead in made:
            agree(uow, lead, publication.version_id, now=now, ids=ids)
        entered = tuple(make_enrollment(uow, lead, now=now, ids=ids) for lead in made)
        uow.commit()
    sending = Sending(units, clock, ids, publication, sequence, made, entered)
    if planned:
        sending.plan()
    return sending


def smtp_to(server: ChaosSmtp, connections: int = 10, *, reply_timeout: float = 2.0) -> SmtpTransport:
    """An impatient transport to a chaos server."""
    settings = SmtpSettings(
        "127.0.0.1", server.port, "none", connect_timeout=5.0, command_timeout=3.0, reply_timeout=reply_timeout
    )
    return SmtpTransport(settings, connections, clock=SystemClock())


@dataclass(frozen=True)
class Desk:
    """A worker's delivery on one server, and how to run it."""

    delivery: Delivery
    server: ChaosSmtp
    transport: SmtpTransport

    def send(self, limit: int = 10) -> BatchCounts:
        """One batch."""
        return send_due(self.delivery, limit)

    def again(self, at: At | None = None, **changes: object) -> "Desk":
        """A successor after a crash: same name and journal file, everything else new. Nothing is recovered yet."""
        self.transport.close()
        self.delivery.journal.close()
        return desk(
            self.delivery.units, self.delivery.clock, self.delivery.ids, self.server, self.delivery.journal.path, at=at,
            worker=self.delivery.worker, **changes,  # type: ignore[arg-type]
        )  # fmt: skip

    def close(self) -> None:
        self.transport.close()
        self.delivery.journal.close()


def desk(
    units: Units,
    clock: FixedClock,
    ids: IdSource,
    server: ChaosSmtp,
    journal: Path,
    *,
    at: At | None = None,
    worker: str = "worker-1",
    sign: SignMime = unsigned,
    scan: Callable[[str, str], tuple[str, ...]] = lambda subject, text: (),
    reply_timeout: float = 2.0,
    connections: int = 10,
    pause: Callable[[float], bool] = lambda seconds: False,
    hold: str = "",
    public_url: str = "https://placet.example",
) -> Desk:
    """A delivery with the real transport; time is the test's clock, except on the wire."""
    transport = smtp_to(server, connections, reply_timeout=reply_timeout)
    delivery = Delivery(
        units=units,
        clock=clock,
        ids=ids,
        gate=Gate(ApprovedContents(ORGANISATION.verify_key), clock, ids, worker),
        vault=VAULT,
        transports={"email": transport},
        journal=Journal(journal),
        scan=scan,
        sign=sign,
        unsubscribe_secret=SECRET,
        public_url=public_url,
        worker=worker,
        pause=pause,
        hold=hold,
        faults=at or At(),
    )
    return Desk(delivery, server, transport)
