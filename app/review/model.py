"""Words of review: rounds, signatures, threads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.accounts.model import Role
from app.kernel.digest import Json


class RoundState(StrEnum):
    OPEN = "open"
    CHANGES_REQUESTED = "changes_requested"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    """A newer version was made while the round was open: its signatures stay with the old digest."""
    APPROVED = "approved"


class RoundAction(StrEnum):
    REQUEST_CHANGES = "request_changes"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    VOID = "void"
    COMPLETE = "complete"
    """The last required role signed."""


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50(a)(3)); one per signing role."""

    COMPLIANCE_APPROVAL = "compliance_approval"
    MEDICAL_APPROVAL = "medical_approval"
    LEGAL_APPROVAL = "legal_approval"


MEANING_OF_ROLE = {
    Role.COMPLIANCE: Meaning.COMPLIANCE_APPROVAL,
    Role.MEDICAL: Meaning.MEDICAL_APPROVAL,
    Role.LEGAL: Meaning.LEGAL_APPROVAL,
}


class ThreadKind(StrEnum):
    MUST = "must"
    SHOULD = "should"
    QUESTION = "question"
    NOTE = "note"


class ThreadState(StrEnum):
    OPEN = "open"
    DONE = "done"
    """The author says it is done; only the person who raised it settles it."""
    SETTLED = "settled"


class ThreadAction(StrEnum):
    MARK_DONE = "mark_done"
    SETTLE = "settle"
    REOPEN = "reopen"


SIGN_ACT = "sign"
"""Act of the confirmation of identity behind a signature; its digest is the closure root, its meaning the role's meaning."""


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """The exact thing a signature covers. ``max_valid_days`` bounds every publication made from it."""

    round_id: str
    version_id: str
    closure_root: str
    report_digest: str
    pack_digest: str
    policy_digest: str
    max_valid_days: int
    signer_id: str
    signer_name: str
    role: Role
    meaning: Meaning
    auth_method: str
    signed_at: str
    nonce: str

    def as_json(self) -> dict[str, Json]:
        plain: dict[str, Json] = {name: str(getattr(self, name)) for name in self.__slots__}
        return {**plain, "max_valid_days": self.max_valid_days}


@dataclass(frozen=True, slots=True)
class Signature:
    """A statement with its Ed25519 signature, hexadecimal, and the id of the organisation key that made it.

    ``text`` is the stored statement, which is what was signed; it equals the canonical JSON of ``statement``.
    """

    id: str
    statement: SignedStatement
    text: str
    signature: str
    key_id: str


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a statement must agree with, and the state of a round; for verification, which must not stumble over the rest."""

    id: str
    version_id: str
    closure_root: str
    report_digest: str
    pack_digest: str
    policy_digest: str
    max_valid_days: int
    state: RoundState
    required: frozenset[Role]


@dataclass(frozen=True, slots=True)
class FiledSignature:
    """A signature row as it stands, believed in nothing: verification compares it with the statement it carries."""

    id: str
    round_id: str
    version_id: str
    closure_root: str
    signer_id: str
    signer_name: str
    role: str
    meaning: str
    statement: str
    signature: str
    key_id: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment anchored to quoted text of a version."""

    id: str
    round_id: str
    kind: ThreadKind
    quote: str
    prefix: str
    suffix: str
    state: ThreadState
    opened_by: str
    opened_at: datetime
    comments: tuple[tuple[str, str, datetime], ...]

    @property
    def blocks(self) -> bool:
        """Whether it keeps a round from being signed; words of the author that it is done are not enough."""
        return self.kind is ThreadKind.MUST and self.state is not ThreadState.SETTLED


@dataclass(frozen=True, slots=True)
class Decision:
    """How a person ended a round without approval, and why."""

    person_id: str
    kind: RoundState
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One submission of one version to the people a policy names.

    ``threads`` are those of this round and the unsettled ones of earlier rounds of the item, which go on counting.
    ``leaf_authors`` are all who wrote any leaf of the version, whoever saved it included: nobody of them may sign.
    """

    id: str
    item_id: str
    version_id: str
    closure_root: str
    report_id: str
    report_digest: str
    pack_digest: str
    policy: str
    policy_digest: str
    state: RoundState
    state_since: datetime
    required: frozenset[Role]
    submitted_by: str
    submitted_at: datetime
    due_at: datetime
    note: str
    max_valid_days: int
    signatures: tuple[Signature, ...]
    threads: tuple[Thread, ...]
    leaf_authors: frozenset[str]
    decision: Decision | None = None

    @property
    def missing(self) -> frozenset[Role]:
        """Roles that have not signed yet."""
        return self.required - {s.statement.role for s in self.signatures}
