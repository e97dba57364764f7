"""Content files for tests: one lawful mail, and small changes of it."""

import re

from app.authoring.closure import closure_of
from app.authoring.front_matter import FrontMatter, split
from app.authoring.metadata import validate
from app.authoring.model import Closure, Literal, Part, Sender
from app.authoring.skeleton import Compiled, compile_content

MAIL = """---
id: visit-mail
title: "Your visit"
type: email
audience: patients
lead_type: patient
purpose: education
stage: appointment
locale: en-US
owner: max@clinic.example
review_every_days: 180
sender: care
subject: "Your visit, {{ first_name }}"
preheader: How to prepare
cta:
  label: Book a time
  url: "{{ appointment_link }}"
jurisdictions: [US]
service_line: imaging
fallbacks:
  first_name: there
---
# Hello {{ first_name }}

Read the [checklist](https://northgate.example.org/list?a=1&b=2) before you come.
"""
TEXT = """---
id: visit-text
title: "Visit text"
type: sms
audience: patients
lead_type: patient
purpose: appointments
stage: appointment
locale: en-US
owner: max@clinic.example
review_every_days: 180
sender: care
jurisdictions: [US]
---
Reminder of your visit at {{ location_name }}. Reply STOP to opt out.
"""
WORDING = """---
id: small-print
title: "Small print"
type: disclosure
audience: patients
lead_type: patient
stage: information
locale: en-US
owner: max@clinic.example
review_every_days: 365
jurisdictions: [US]
---
Results differ from person to person.
"""
SENDERS = """care:
  display_name: Northgate Clinics
  from_address: care@northgate.example.org
  reply_to: care@northgate.example.org
  organisation: Northgate Clinics
  postal_address: |
    400 Riverside Drive
    Springfield, IL 62701
"""
CARE = Sender(
    "care",
    1,
    "Northgate Clinics",
    "care@northgate.example.org",
    "care@northgate.example.org",
    "Northgate Clinics",
    "400 Riverside Drive, Springfield, IL 62701",
)


def with_body(body: str, base: str = MAIL) -> str:
    """``base`` with another body."""
    return base[: base.index("\n---\n") + 5] + body


def with_key(line: str, base: str = MAIL) -> str:
    """``base`` with one more line of front matter, in place of the line of that key if there is one."""
    key = line.partition(":")[0]
    kept = re.sub(rf"^{key}:.*\n(  .*\n)*", "", base, flags=re.MULTILINE)
    return kept.replace("---\n", f"---\n{line}\n", 1)


def compiled(text: str, sender: Sender | None = CARE, disclosures: dict[str, str] | None = None) -> Compiled:
    """The compiled skeleton of a content file."""
    front = split(text, "visit.md")
    return compile_content(validate(front), sender, front, disclosures or {})


def closure(text: str, sender: Sender | None = CARE) -> Closure:
    """The closure of a content file without disclosures."""
    front: FrontMatter = split(text, "visit.md")
    metadata = validate(front)
    return closure_of(metadata, sender, front.body, compile_content(metadata, sender, front, {}), {})


def flat(part: Part) -> str:
    """A part as text, slots in pointed brackets."""
    return "".join(piece.text if isinstance(piece, Literal) else f"‹{piece.field}›" for piece in part)
