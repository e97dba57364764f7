"""The exact bytes that a signature covers. Pure.

``placet.signature.v1`` NUL canonical JSON of the statement. The prefix keeps a signature from being read as one over
anything else that the same key signs.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.accounts.model import Person, Role
from app.kernel.clock import iso
from app.kernel.digest import canonical
from app.review.model import MEANING_OF_ROLE, Meaning, Round, RoundFacts, Signature, SignedStatement
from app.storage.keys import SigningKey, VerifyKey

PREFIX = b"placet.signature.v1\x00"


def statement_of(
    round_: Round, role: Role, signer: Person, *, auth_method: str, at: datetime, nonce: str
) -> SignedStatement:
    """What ``signer`` says when she signs ``round_`` as ``role``. Raises ``KeyError`` for a role that cannot sign."""
    return SignedStatement(
        round_id=round_.id,
        version_id=round_.version_id,
        closure_root=round_.closure_root,
        report_digest=round_.report_digest,
        pack_digest=round_.pack_digest,
        policy_digest=round_.policy_digest,
        max_valid_days=round_.max_valid_days,
        signer_id=signer.id,
        signer_name=signer.name,
        role=role,
        meaning=MEANING_OF_ROLE[role],
        auth_method=auth_method,
        signed_at=iso(at),
        nonce=nonce,
    )


def statement_text(statement: SignedStatement) -> str:
    """The statement as it is stored and printed: canonical JSON."""
    return canonical(statement.as_json()).decode("utf-8")


def signed_bytes(text: str) -> bytes:
    """What goes under the key for a stored statement."""
    return PREFIX + text.encode("utf-8")


def make(signature_id: str, statement: SignedStatement, key: SigningKey) -> Signature:
    """The statement, signed."""
    text = statement_text(statement)
    return Signature(signature_id, statement, text, key.sign(signed_bytes(text)).hex(), key.verify_key.key_id)


def read_statement(text: str) -> SignedStatement:
    """The statement in a stored text. Raises ``ValueError`` when it is not one in canonical form."""
    try:
        raw: Mapping[str, Any] = json.loads(text)
        statement = SignedStatement(**{**raw, "role": Role(raw["role"]), "meaning": Meaning(raw["meaning"])})
    except (KeyError, TypeError) as error:
        raise ValueError("The stored text is not a signed statement.") from error
    if statement_text(statement) != text:
        raise ValueError("The stored statement is not in canonical form.")
    return statement


def verify(signature: Signature, key: VerifyKey) -> bool:
    """Whether the stored text is what the organisation key signed, and says what ``signature.statement`` says."""
    if signature.key_id != key.key_id or statement_text(signature.statement) != signature.text:
        return False
    try:
        made = bytes.fromhex(signature.signature)
    except ValueError:
        return False
    return key.verifies(made, signed_bytes(signature.text))


def belongs(signature: Signature, round_: Round | RoundFacts) -> tuple[str, ...]:
    """Names of the facts in which a statement differs from the round that it is filed under; empty when it fits."""
    statement = signature.statement
    pairs: dict[str, tuple[object, object]] = {
        "round_id": (statement.round_id, round_.id),
        "version_id": (statement.version_id, round_.version_id),
        "closure_root": (statement.closure_root, round_.closure_root),
        "report_digest": (statement.report_digest, round_.report_digest),
        "pack_digest": (statement.pack_digest, round_.pack_digest),
        "policy_digest": (statement.policy_digest, round_.policy_digest),
        "max_valid_days": (statement.max_valid_days, round_.max_valid_days),
        "meaning": (statement.meaning, MEANING_OF_ROLE.get(statement.role)),
    }
    return tuple(name for name, (said, is_) in pairs.items() if said != is_)


def round_holds(round_: Round, key: VerifyKey) -> bool:
    """Whether every required role signed exactly this round, validly, and nobody signed her own words or twice."""
    good = [s for s in round_.signatures if verify(s, key) and not belongs(s, round_)]
    signers = {s.statement.signer_id for s in good}
    roles = {s.statement.role for s in good}
    return (
        bool(round_.required)
        and len(good) == len(round_.signatures) == len(signers)
        and round_.required <= roles
        and not signers & round_.leaf_authors
    )
