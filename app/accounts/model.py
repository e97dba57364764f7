"""People, the roles they hold, and what a role may do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles of ``design.md`` section 1; the first four may be asked to sign."""

    COMPLIANCE = "compliance"
    MEDICAL = "medical"
    LEGAL = "legal"
    WRITER = "writer"
    CAMPAIGN_MANAGER = "campaign_manager"
    CRM_ADMIN = "crm_admin"
    SCHEDULER = "scheduler"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


SIGNING_ROLES = frozenset({Role.COMPLIANCE, Role.MEDICAL, Role.LEGAL})


class Permission(StrEnum):
    """What a route, a command or an operation may ask for."""

    READ_CONTENT = "read_content"
    WRITE_CONTENT = "write_content"
    SUBMIT_CONTENT = "submit_content"
    REVIEW = "review"
    PUBLISH = "publish"
    RECALL = "recall"
    READ_SEQUENCES = "read_sequences"
    RUN_SEQUENCES = "run_sequences"
    READ_LEADS = "read_leads"
    MANAGE_LEADS = "manage_leads"
    RECORD_OPT_OUT = "record_opt_out"
    READ_SENDS = "read_sends"
    READ_AUDIT = "read_audit"
    MANAGE_PEOPLE = "manage_people"
    STOP_SENDING = "stop_sending"


P = Permission
_READING = frozenset({P.READ_CONTENT})
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.WRITER: _READING | {P.WRITE_CONTENT, P.SUBMIT_CONTENT, P.READ_SEQUENCES},
    Role.COMPLIANCE: _READING
    | {P.REVIEW, P.PUBLISH, P.RECALL, P.READ_SEQUENCES, P.READ_SENDS, P.READ_AUDIT, P.STOP_SENDING, P.RECORD_OPT_OUT},
    Role.MEDICAL: _READING | {P.REVIEW, P.RECALL},
    Role.LEGAL: _READING | {P.REVIEW, P.RECALL, P.READ_AUDIT},
    Role.CAMPAIGN_MANAGER: _READING
    | {P.READ_SEQUENCES, P.RUN_SEQUENCES, P.READ_LEADS, P.READ_SENDS, P.PUBLISH, P.RECALL, P.STOP_SENDING},
    Role.CRM_ADMIN: _READING | {P.READ_LEADS, P.MANAGE_LEADS, P.RECORD_OPT_OUT, P.READ_SENDS, P.STOP_SENDING},
    Role.SCHEDULER: _READING | {P.READ_LEADS, P.RECORD_OPT_OUT},
    Role.AUDITOR: _READING | {P.READ_SEQUENCES, P.READ_SENDS, P.READ_AUDIT},
    Role.ADMINISTRATOR: frozenset({P.MANAGE_PEOPLE, P.READ_AUDIT, P.STOP_SENDING}),
}
"""No role holds both WRITE_CONTENT and REVIEW; one person may hold two roles, and still never signs her own words."""


class PersonState(StrEnum):
    """An account is never deleted and its id never used again (21 CFR 11.100(a), 11.300(a))."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with what she may do now. ``session_id`` is empty for jobs and for one-shot commands."""

    person_id: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    session_id: str = ""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the roles allow together."""
        return frozenset(p for role in self.roles for p in ROLE_PERMISSIONS[role])

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Person:
    """An account as others see it; never carries the password hash."""

    id: str
    email: str
    name: str
    state: PersonState
    roles: frozenset[Role]


class SessionKind(StrEnum):
    """Where somebody is signed in."""

    WEB = "web"
    CLI = "cli"


SYSTEM = "system"
"""The actor of what no person does: the first administrator's account, jobs."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser or terminal; ``id`` is a digest of its token, not the token."""

    id: str
    person_id: str
    kind: SessionKind
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The answer to a good sign-in. ``token`` is shown to the shell once and stored nowhere."""

    token: str = field(repr=False)
    actor: Actor


@dataclass(frozen=True, slots=True)
class StepUp:
    """A fresh confirmation of identity, bound to one act on one digest with one meaning in one session."""

    id: str
    person_id: str
    session_id: str
    act: str
    digest: str
    meaning: str
    method: str
    granted_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class CreatePerson:
    """Open an account. ``password`` is at least twelve characters; ``roles`` may be empty."""

    email: str
    name: str
    roles: frozenset[Role]
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """Give a person exactly these roles."""

    person_id: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class SignIn:
    """An attempt to sign in."""

    email: str
    password: str = field(repr=False)
    kind: SessionKind = SessionKind.WEB


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Replace one's own password."""

    current: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Confirm one's identity for one act: ``digest`` is what it is about, ``meaning`` what it will say."""

    password: str = field(repr=False)
    act: str
    digest: str
    meaning: str


@dataclass(frozen=True, slots=True)
class UseStepUp:
    """Spend a confirmation on the act it was made for."""

    id: str
    act: str
    digest: str
    meaning: str
