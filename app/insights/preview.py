"""A version as a recipient would see it, filled with sample values. Pure.

A preview is for eyes only. It has no recipient, no bytes and no permit, so no transport can take it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.authoring.fields import LOCATIONS, PREFERRED_TIMES, SERVICE_LINES
from app.authoring.model import Version
from app.delivery.render import encode_html, splice

TYPICAL: Mapping[str, str] = {
    "first_name": "Alex",
    "last_name": "Morgan",
    "location_name": LOCATIONS[0],
    "clinic_phone": "+1 614 555 0100",
    "appointment_link": "https://clinic.example/visits/sample",
    "preferred_time": PREFERRED_TIMES[0],
    "service_line": SERVICE_LINES[0],
    "unsubscribe_url": "https://clinic.example/u/sample",
    "postal_address": "12 River Road, Springfield, IL 62701, USA",
}
"""One value per merge field, of the type the field asks for."""


@dataclass(frozen=True, slots=True)
class Preview:
    """``html`` is empty where the channel has none."""

    subject: str
    preheader: str
    html: str
    text: str


def preview(version: Version, values: Mapping[str, str] = TYPICAL) -> Preview:
    """``version`` with ``values`` in its slots; the sender's own postal address is used where there is one."""
    skeleton = version.skeleton
    if version.sender is not None:
        values = {**values, "postal_address": version.sender.postal_address}
    return Preview(
        subject=splice(skeleton.subject, values),
        preheader=splice(skeleton.preheader, values),
        html=splice(skeleton.html, values, encode_html),
        text=splice(skeleton.text, values),
    )
