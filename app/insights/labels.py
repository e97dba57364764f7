"""Words for values of the model that are not states: roles, permissions, channels, meanings. Pure."""

from collections.abc import Mapping

from app.accounts.model import Permission, Role
from app.authoring.model import Audience, Channel, ContentType
from app.review.model import Meaning, ThreadKind

ROLES: Mapping[Role, str] = {
    Role.COMPLIANCE: "Compliance reviewer",
    Role.MEDICAL: "Medical reviewer",
    Role.LEGAL: "Legal reviewer",
    Role.WRITER: "Writer",
    Role.CAMPAIGN_MANAGER: "Campaign manager",
    Role.CRM_ADMIN: "CRM administrator",
    Role.SCHEDULER: "Scheduling",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}
SHORT_ROLES: Mapping[Role, str] = {Role.COMPLIANCE: "Compliance", Role.MEDICAL: "Medical", Role.LEGAL: "Legal"}
PERMISSIONS: Mapping[Permission, str] = {
    Permission.READ_CONTENT: "read content",
    Permission.WRITE_CONTENT: "write content",
    Permission.SUBMIT_CONTENT: "submit content for review",
    Permission.REVIEW: "review and sign",
    Permission.PUBLISH: "publish",
    Permission.RECALL: "recall",
    Permission.READ_SEQUENCES: "read sequences",
    Permission.RUN_SEQUENCES: "run sequences",
    Permission.READ_LEADS: "read leads",
    Permission.MANAGE_LEADS: "manage leads",
    Permission.RECORD_OPT_OUT: "record an opt-out",
    Permission.READ_SENDS: "read the send log",
    Permission.READ_AUDIT: "read the audit log",
    Permission.MANAGE_PEOPLE: "manage people",
    Permission.STOP_SENDING: "stop sending",
}
CHANNELS: Mapping[Channel, str] = {
    Channel.EMAIL: "Email",
    Channel.SMS: "SMS",
    Channel.PAGE: "Web page",
    Channel.CALL: "Call script",
    Channel.DOCUMENT: "Wording",
}
AUDIENCES: Mapping[Audience, str] = {
    Audience.PATIENTS: "patients",
    Audience.CARERS: "carers",
    Audience.PARTNERS: "referral partners",
}
CONTENT_TYPES: Mapping[ContentType, str] = {
    ContentType.EMAIL: "Email",
    ContentType.SMS: "SMS",
    ContentType.LANDING_PAGE: "Landing page",
    ContentType.CALL_SCRIPT: "Call script",
    ContentType.FAQ: "Questions and answers",
    ContentType.NEWSLETTER: "Newsletter",
    ContentType.REFERRAL_GUIDE: "Referral guide",
    ContentType.CONSENT_WORDING: "Consent wording",
    ContentType.DISCLOSURE: "Disclosure",
}
MEANINGS: Mapping[Meaning, str] = {
    Meaning.COMPLIANCE_APPROVAL: "I reviewed the claims and required disclosures, and approve this content.",
    Meaning.MEDICAL_APPROVAL: "I reviewed the medical content, and approve it.",
    Meaning.LEGAL_APPROVAL: "I reviewed the legal content, and approve it.",
}
THREAD_KINDS: Mapping[ThreadKind, str] = {
    ThreadKind.MUST: "Must change",
    ThreadKind.SHOULD: "Should change",
    ThreadKind.QUESTION: "Question",
    ThreadKind.NOTE: "Note",
}
