"""The only line of the program that lets a message go."""

from app.delivery.model import HOLD_LIMIT_SECONDS, Rendered
from app.delivery.transport import HeldMessage, NotSent, Uncertain
from app.gate.permit import SendPermit
from app.kernel.digest import sha256
from app.kernel.errors import Untrustworthy
from app.outbox.model import Message


def write_dot(
    permit: SendPermit, message: Message, rendered: Rendered, held: HeldMessage, monotonic_now: float
) -> NotSent | Uncertain | str | None:
    """Write the end marker of ``message`` under ``permit``.

    Returns None when it is written, a sentence when it was withheld because the permit is older than 250 ms, or what the
    wire says when it could not be written. Raises ``Untrustworthy``, with the connection closed, when the permit is for
    another message, address or rendering, or was used before: the pair of the gate's own check.
    """
    expected = (message.id, message.epoch, message.address_digest, sha256(rendered.mime))
    if (permit.message_id, permit.epoch, permit.address_digest, permit.rendered_digest) != expected:
        held.abandon()
        raise Untrustworthy("A permit was used for a message it was not made for. Nothing was sent; the worker stops.")
    if monotonic_now - permit.committed_at > HOLD_LIMIT_SECONDS:
        held.abandon()
        return "More than 250 ms had passed since the release; the message was not sent and is planned again."
    try:
        permit.spend()
    except Untrustworthy:
        held.abandon()
        raise
    return held.write_dot()
