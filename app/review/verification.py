"""What ``placet audit verify`` recomputes about review: every signature, and that approved rounds are approved."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from app.audit.model import Problem
from app.kernel.clock import iso
from app.review import authors, queries
from app.review.model import FiledSignature, RoundFacts, RoundState, Signature, SignedStatement
from app.review.signing import belongs, read_statement, verify
from app.storage.keys import VerifyKey

_TABLE = "signatures"


def signatures(connection: Connection, organisation_key: VerifyKey) -> Iterator[Problem]:
    """Every signature that does not hold for the row it is filed in, and every approved round that its signatures do not carry."""
    rounds = {facts.id: facts for facts in queries.round_facts(connection)}
    wrote = authors.of_versions(connection, {facts.version_id for facts in rounds.values()})
    good: Counter[tuple[str, str]] = Counter()
    for filed in queries.filed_signatures(connection):
        problem = _of_signature(filed, rounds, wrote, organisation_key)
        if problem is not None:
            yield problem
        else:
            good[(filed.round_id, filed.role)] += 1
    for facts in rounds.values():
        yield from _of_round(facts, good)


def _of_signature(
    filed: FiledSignature,
    rounds: Mapping[str, RoundFacts],
    wrote: Mapping[str, frozenset[str]],
    key: VerifyKey,
) -> Problem | None:
    try:
        statement = read_statement(filed.statement)
    except ValueError as error:
        return Problem(_TABLE, filed.id, None, "signature_unreadable", f"Signature {filed.id}: {error}")
    signature = Signature(filed.id, statement, filed.statement, filed.signature, filed.key_id)
    if not verify(signature, key):
        detail = f"Signature {filed.id} was not made by the organisation's key over its statement."
        return Problem(_TABLE, filed.id, None, "signature_wrong", detail)
    facts = rounds.get(filed.round_id)
    differing = _row_differs(filed, statement) + (("round",) if facts is None else belongs(signature, facts))
    if differing:
        detail = f"Signature {filed.id} was made for something else: {', '.join(sorted(set(differing)))} differ."
        return Problem(_TABLE, filed.id, None, "signature_misplaced", detail)
    if filed.signer_id in wrote.get(filed.version_id, frozenset()):
        detail = f"Signature {filed.id}: the signer wrote part of the version."
        return Problem(_TABLE, filed.id, None, "signature_own_words", detail)
    return None


def _row_differs(filed: FiledSignature, statement: SignedStatement) -> tuple[str, ...]:
    pairs = {
        "round_id": (filed.round_id, statement.round_id),
        "version_id": (filed.version_id, statement.version_id),
        "closure_root": (filed.closure_root, statement.closure_root),
        "signer_id": (filed.signer_id, statement.signer_id),
        "signer_name": (filed.signer_name, statement.signer_name),
        "role": (filed.role, statement.role.value),
        "meaning": (filed.meaning, statement.meaning.value),
        "signed_at": (iso(filed.signed_at), statement.signed_at),
    }
    return tuple(name for name, (row, said) in pairs.items() if row != said)


def _of_round(facts: RoundFacts, good: Mapping[tuple[str, str], int]) -> Iterator[Problem]:
    if facts.state is not RoundState.APPROVED:
        return
    missing = sorted(role.value for role in facts.required if not good.get((facts.id, role.value)))
    if missing or not facts.required:
        detail = f"Round {facts.id} is approved without a valid signature for: {', '.join(missing) or 'any role'}."
        yield Problem("review_rounds", facts.id, None, "round_not_carried", detail)
