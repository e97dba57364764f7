"""From a claimed message to the bytes that would leave, and what the gate may know of them."""

from hashlib import sha256

from app.consent import queries as consent
from app.consent.model import Lead
from app.consent.tokens import key_ring, make
from app.delivery.context import Delivery
from app.delivery.model import Rendered
from app.delivery.render import RenderRequest, render
from app.gate.readings import Readings
from app.kernel.errors import NotFound
from app.outbox.model import Message


def message_id_header(enrollment_id: str, step_number: int, domain: str) -> str:
    """The Message-ID of a step: stable over every attempt, so that servers may drop a duplicate; says nothing of the lead."""
    name = sha256(f"placet/{enrollment_id}/{step_number}".encode()).hexdigest()[:32]
    return f"<{name}@{domain}>"


def unsubscribe_url(delivery: Delivery, message: Message) -> str:
    """The one-click address of a message (RFC 8058): a GET of it changes nothing, a POST stops its topic."""
    ring = key_ring(delivery.unsubscribe_secret)
    return f"{delivery.public_url}/u/{make(ring, message.lead_id, message.channel, message.topic, message.id)}"


def prepare(readings: Readings, delivery: Delivery, message: Message) -> Rendered:
    """Render one e-mail. Raises ``NotFound`` when lead, publication or sender is gone; a wrong value is a fact, not an error."""
    lead = consent.lead(readings.connection, message.lead_id, delivery.vault)
    if lead is None or lead.personal is None:
        raise NotFound("lead", message.lead_id)
    version = readings.approved(message.publication_id).version
    if version.sender is None:
        raise NotFound("sender of version", version.id)
    url = unsubscribe_url(delivery, message)
    request = RenderRequest(
        skeleton=version.skeleton,
        sender=version.sender,
        fallbacks=version.metadata.fallbacks,
        locale=version.metadata.locale,
        version_id=version.id,
        values=values_of(lead),
        system_values={"unsubscribe_url": url, "postal_address": version.sender.postal_address},
        recipient=lead.personal.email,
        message_id=message.id,
        message_id_header=message_id_header(
            message.enrollment_id, message.step_number, version.sender.from_address.rpartition("@")[2]
        ),
        unsubscribe_url=url,
        now=delivery.clock.now(),
    )
    return render(request, delivery.scan, delivery.sign)


def values_of(lead: Lead) -> dict[str, str]:
    """Merge values that a lead brings; names and the free set of typed fields."""
    if lead.personal is None:
        return {}
    named = {"first_name": lead.personal.first_name, "last_name": lead.personal.last_name}
    return {**lead.personal.fields, **named}
