"""Send what is due: claim, pre-gate, hold on the wire, release, dot, receipt.

One call handles one batch, each message decided separately; several connections hold their dots for one release commit.
Steps and their numbers are those of ``design.md`` section 8.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.delivery import receipts
from app.delivery.context import Delivery
from app.delivery.model import CLAIM_LEASE, LEFT_BEFORE, BatchCounts, Rendered
from app.delivery.preparing import prepare
from app.delivery.releasing import OnWire, let_go
from app.delivery.stopping import stopped_counts, stopper, surroundings
from app.delivery.transport import Envelope, HeldMessage, NotSent
from app.gate import operations as gate
from app.gate.model import RenderedFacts, Verdict
from app.gate.operations import GateRequest
from app.gate.readings import Readings
from app.kernel.errors import StaleState
from app.outbox import operations as outbox
from app.outbox import queries as outbox_queries
from app.outbox.model import Message, MessageAction, MessageState, Pin
from app.publishing import queries as publishing
from app.storage.unit_of_work import UnitOfWork


def send_due(delivery: Delivery, limit: int) -> BatchCounts:
    """Send at most ``limit`` due messages; returns what became of them. Never raises for a fault of one message."""
    messages = _claim(delivery, limit)
    if not messages:
        return BatchCounts()
    delivery.faults.reach("after_claim")
    counts = BatchCounts(claimed=len(messages))
    passed, stopped = _pre_gate(delivery, messages)
    counts = counts.plus(stopped)
    on_wire: list[OnWire] = []
    try:
        counts = counts.plus(_hold(delivery, passed, on_wire))
        delivery.faults.reach("after_body")
        return counts.plus(let_go(delivery, on_wire)) if on_wire else counts
    finally:
        # What is over does not notice; what an error left on the wire must not keep its connection.
        for wire in on_wire:
            wire.held.abandon()


def _claim(delivery: Delivery, limit: int) -> tuple[Message, ...]:
    """Step 1. A message that follows the latest publication is pointed at it here, before anything is rendered."""
    now = delivery.clock.now()
    with delivery.units.reading() as connection:
        due = outbox_queries.due(connection, now, limit)
    if not due:
        return ()
    with delivery.units() as uow:
        claimed = outbox.claim(uow, due, delivery.worker, now, CLAIM_LEASE)
        messages = [_repinned(uow, delivery, m, now) for m in claimed if not _left_before(uow, delivery, m, now)]
        if claimed:
            uow.commit()
    return tuple(messages)


def _left_before(uow: UnitOfWork, delivery: Delivery, message: Message, now: datetime) -> bool:
    """Hold what the journal says may have left: the database went back in time under a running worker (F48)."""
    left = delivery.journal.may_have_left(message.id)
    if left:
        outbox.move(
            uow, message.id, message.epoch, MessageAction.HOLD, now=now, reason=LEFT_BEFORE, actor_id=delivery.worker
        )
    return left


def _repinned(uow: UnitOfWork, delivery: Delivery, message: Message, now: datetime) -> Message:
    if message.pin is not Pin.LATEST:
        return message
    live = publishing.live_publication(uow.connection, message.item_id, message.channel)
    if live is None or live.id == message.publication_id:
        return message
    return outbox.repin(uow, message.id, message.epoch, live.id, live.closure_root, now=now, actor_id=delivery.worker)


def _pre_gate(delivery: Delivery, messages: Sequence[Message]) -> tuple[list[tuple[Message, Rendered]], BatchCounts]:
    """Steps 2 and 3: render, and stop now what could not be released anyway."""
    with delivery.units.reading() as connection:
        readings = Readings(connection, delivery.gate.contents, delivery.clock.now())
        rendered = {message.id: _prepared(readings, delivery, message) for message in messages}
    requests = [GateRequest(m, r.facts if isinstance(r := rendered[m.id], Rendered) else r) for m in messages]
    try:
        answers = gate.pre_gate(delivery.units, delivery.gate, surroundings(delivery), requests, stopper(delivery))
    except (IntegrityError, StaleState):
        # Somebody recalled or took a message at this very moment: the whole batch waits for its leases to end.
        return [], BatchCounts(deferred=len(messages))
    passed = [
        (a.request.message, r)
        for a in answers
        if a.decision.verdict is Verdict.PERMIT and isinstance(r := rendered[a.request.message.id], Rendered)
    ]
    return passed, stopped_counts(answers)


def _prepared(readings: Readings, delivery: Delivery, message: Message) -> Rendered | RenderedFacts:
    """The rendering, or facts that say why there is none; a poison message stops itself and no other (F54)."""
    try:
        if message.channel != "email":
            return _unrendered("no_renderer_for_channel")
        return _fit_to_send(prepare(readings, delivery, message))
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a rendering trips over, the answer is no
        return _unrendered(type(error).__name__)


def _unrendered(failure: str) -> RenderedFacts:
    return RenderedFacts(failure, "", False, (), (), (), False, False, False)


def _hold(delivery: Delivery, passed: Sequence[tuple[Message, Rendered]], on_wire: list[OnWire]) -> BatchCounts:
    """Step 4, into ``on_wire``. When the server cannot be reached at all, the rest of the batch is given back unoffered."""
    counts = BatchCounts()
    unreachable: NotSent | None = None
    for message, rendered in passed:
        result = unreachable or _offered(delivery, message, rendered)
        if not isinstance(result, NotSent):
            on_wire.append(OnWire(message, rendered, result))
            continue
        unreachable = result if result.kind == "unreachable" else None
        state = receipts.record_not_sent(delivery, message, result)
        rejected = int(state is MessageState.REJECTED)
        counts = counts.plus(BatchCounts(rejected=rejected, deferred=1 - rejected))
    return counts


def _offered(delivery: Delivery, message: Message, rendered: Rendered) -> HeldMessage | NotSent:
    return delivery.transports[message.channel].hold(_envelope(rendered))


def _fit_to_send(rendered: Rendered) -> Rendered:
    """The same; raises ``BadInput`` for what a server could read as more than one message."""
    _envelope(rendered)
    return rendered


def _envelope(rendered: Rendered) -> Envelope:
    return Envelope(rendered.envelope_sender, rendered.recipient, rendered.mime)
