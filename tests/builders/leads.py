"""Leads, consent events and running sequences as tests need them, made through the real operations."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.accounts.model import Actor, Role
from app.consent.commands import AddLead, RecordAgreement
from app.consent.model import Act, ConsentChannel, ConsentEvent, Lead, Proof, SourceKind
from app.consent.operations import RECIPIENT, add_lead, record_agreement
from app.consent.vault import Vault
from app.kernel.ids import IdSource
from app.outbox.model import Message, NewMessage, Pin, Purpose
from app.outbox.operations import plan_message
from app.outbox.queries import message
from app.publishing.model import Publication
from app.sequences.commands import Enroll, ImportedPlan, ImportPlan
from app.sequences.model import Enrollment, SequenceVersion
from app.sequences.operations import activate, enroll, import_plan
from app.storage.unit_of_work import UnitOfWork
from tests.builders.review import make_publication
from tests.fakes import MONDAY, CountingTokens

MAX = Actor("max", "Max Campaigns", frozenset({Role.CAMPAIGN_MANAGER}))
CLEO = Actor("cleo", "Cleo Contacts", frozenset({Role.CRM_ADMIN}))
VAULT = Vault(bytes(range(32)))
PLAN = """key: {key}
title: Getting ready
lead_type: patient
steps:
  - item: {item}
    channel: email
    pin: latest
    delay: "0 hours"
    window: {{from: "09:00", to: "17:00", days: [mon, tue, wed, thu, fri]}}
    useful_for: "2 days"
  - item: {item}
    channel: email
    pin: latest
    delay: "3 days"
    window: {{from: "09:00", to: "17:00", days: [mon, tue, wed, thu, fri]}}
    useful_for: "2 days"
"""


def an_event(event_id: str = "e1", **changes: object) -> ConsentEvent:
    """Rita agreed to education by e-mail, by a form, at the Monday; no database."""
    plain = ConsentEvent(
        event_id, "rita", "email", "education", "", Act.AGREED, Proof.SINGLE, "w1", "form:visit", "recipient", "US",
        MONDAY, MONDAY, None,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def make_lead(
    uow: UnitOfWork,
    email: str = "rita@example.org",
    *,
    now: datetime,
    ids: IdSource,
    phone: str = "",
    lead_type: str = "patient",
    timezone: str = "America/New_York",
) -> Lead:
    """A lead without consent."""
    command = AddLead(lead_type, email=email, phone=phone, first_name="Rita", timezone=timezone)
    tokens = CountingTokens(email or phone)
    made = add_lead(uow, command, actor=CLEO, now=now, ids=ids, tokens=tokens, vault=VAULT)
    assert isinstance(made, Lead), made
    return made


def agree(
    uow: UnitOfWork,
    lead: Lead,
    wording: str,
    *,
    now: datetime,
    ids: IdSource,
    proof: Proof = Proof.SINGLE,
    source: SourceKind = SourceKind.FORM,
    purpose: str = "education",
) -> ConsentEvent:
    """The lead agrees to e-mail herself."""
    command = RecordAgreement(lead.id, ConsentChannel.EMAIL, purpose, proof, source, "visit", wording, now)
    made = record_agreement(uow, command, actor=RECIPIENT, now=now, ids=ids)
    assert isinstance(made, ConsentEvent), made
    return made


def make_sequence(
    uow: UnitOfWork, *, now: datetime, ids: IdSource, key: str = "imaging", item: str = "imaging-prep"
) -> SequenceVersion:
    """A running sequence of two e-mails on an item that is published."""
    source = PLAN.format(key=key, item=item).encode()
    imported = import_plan(uow, ImportPlan(source, f"{key}.yml"), actor=MAX, now=now, ids=ids)
    assert isinstance(imported, ImportedPlan), imported
    running = activate(uow, imported.version.id, actor=MAX, now=now)
    assert isinstance(running, SequenceVersion), running
    return running


def make_enrollment(uow: UnitOfWork, lead: Lead, *, now: datetime, ids: IdSource, key: str = "imaging") -> Enrollment:
    """The lead enters the running version."""
    entered = enroll(uow, Enroll(key, lead.id), actor=MAX, now=now, ids=ids)
    assert isinstance(entered, Enrollment), entered
    return entered


def new_message(
    publication: Publication, enrollment: Enrollment, lead: Lead, *, ids: IdSource, due: datetime
) -> NewMessage:
    """The first step of an enrollment, to be planned."""
    return NewMessage(
        id=ids.new_id(),
        purpose=Purpose.NURTURE,
        topic="education",
        channel="email",
        lead_id=lead.id,
        address_digest=lead.email_digest,
        enrollment_id=enrollment.id,
        step_number=1,
        item_id=publication.item_id,
        pin=Pin.LATEST,
        publication_id=publication.id,
        closure_root=publication.closure_root,
        due_at=due,
        not_after=due + timedelta(days=2),
    )


def make_message(uow: UnitOfWork, *, now: datetime, ids: IdSource) -> Message:
    """A planned message to Rita, with everything it stands on."""
    publication = make_publication(uow, now=now, ids=ids)
    lead = make_lead(uow, now=now, ids=ids)
    make_sequence(uow, now=now, ids=ids)
    enrollment = make_enrollment(uow, lead, now=now, ids=ids)
    new = new_message(publication, enrollment, lead, ids=ids, due=now)
    assert plan_message(uow, new, now=now)
    planned = message(uow.connection, new.id)
    assert planned is not None
    return planned
