"""Open a round, and end it without approval."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts import queries as accounts
from app.accounts.model import Actor, Permission, Person
from app.authoring import operations as authoring
from app.authoring import queries as content
from app.authoring.model import Imported, ImportOutcome, Version
from app.checks import operations as checks
from app.checks.linting import ActivePacks, check_source
from app.checks.model import CheckContext, Report, StoredReport
from app.kernel.digest import Json
from app.kernel.errors import NotFound
from app.kernel.finding import Refusal, Severity
from app.kernel.ids import IdSource
from app.review import policy, store
from app.review.model import Decision, Round, RoundAction, RoundState
from app.review.policies import ApprovalPolicies, ApprovalPolicy, Traits
from app.storage.unit_of_work import AuditNote, UnitOfWork


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand a version to its reviewers. The version is checked here, with the packs given; an earlier report counts not."""

    version_id: str
    note: str
    packs: ActivePacks
    policies: ApprovalPolicies


@dataclass(frozen=True, slots=True)
class EndRound:
    """End a round without approval, and why."""

    round_id: str
    reason: str


def submit(uow: UnitOfWork, command: Submit, *, actor: Actor, now: datetime, ids: IdSource) -> Round | Refusal:
    """Open a round on the closure digest of a version.

    Refuses with ``not_permitted``, ``not_latest_version``, ``round_open``, ``version_declined``,
    ``block_findings`` or ``no_policy``; raises ``NotFound``. A refusal writes nothing.
    """
    if not actor.may(Permission.SUBMIT_CONTENT):
        return Refusal("not_permitted", {"permission": Permission.SUBMIT_CONTENT.value})
    version = content.version(uow.connection, command.version_id)
    latest = content.latest_version(uow.connection, version.item_id)
    report = _check(version, command.packs, now)

    refusal = policy.may_submit(
        policy.Submission(
            version_id=version.id,
            latest_version_id=version.id if latest is None else latest.id,
            blocks=report.blocks,
            blocking_rules=tuple(sorted({f.rule for f in report.findings if f.severity is Severity.BLOCK})),
            rounds=store.rounds(uow.connection, item_id=version.item_id),
        )
    )
    if refusal is not None:
        return refusal
    chosen = command.policies.choose(traits_of(version, report))
    if isinstance(chosen, Refusal):
        return chosen

    filed = checks.record_report(uow, version, report, actor=actor, now=now, ids=ids)
    opened = _open(command, version, filed, chosen, actor=actor, now=now, ids=ids)
    store.add_round(uow, opened)
    note = {
        "version": version.id,
        "closure_root": opened.closure_root,
        "report": opened.report_digest,
        "pack": opened.pack_digest,
        "policy": opened.policy,
        "policy_digest": opened.policy_digest,
        "roles": sorted(role.value for role in opened.required),
    }
    uow.note(AuditNote("review.round.opened", "round", opened.id, actor.person_id, now, {**note}))
    return _reload(uow, opened.id)


def _check(version: Version, packs: ActivePacks, now: datetime) -> Report:
    return check_source(version.source.decode("utf-8"), CheckContext.of(version.metadata, now), packs)


def traits_of(version: Version, report: Report) -> Traits:
    """What a policy may look at in a version that was checked."""
    meta = version.metadata
    return Traits(
        channel=meta.channel.value,
        content_type=meta.content_type.value,
        audience=meta.audience.value,
        purpose=meta.purpose,
        service_line=meta.service_line,
        claims=frozenset(meta.claims),
        finding_categories=frozenset(f.category for f in report.findings),
    )


def _open(
    command: Submit,
    version: Version,
    filed: StoredReport,
    chosen: ApprovalPolicy,
    *,
    actor: Actor,
    now: datetime,
    ids: IdSource,
) -> Round:
    return Round(
        id=ids.new_id(),
        item_id=version.item_id,
        version_id=version.id,
        closure_root=version.closure.root,
        report_id=filed.id,
        report_digest=filed.digest,
        pack_digest=filed.pack_digest,
        policy=chosen.id,
        policy_digest=command.policies.digest,
        state=policy.ROUND_MOVES.initial,
        state_since=now,
        required=chosen.roles,
        submitted_by=actor.person_id,
        submitted_at=now,
        due_at=now + timedelta(hours=chosen.sla_hours),
        note=command.note.strip(),
        max_valid_days=chosen.max_valid_days,
        signatures=(),
        threads=(),
        leaf_authors=frozenset(),
    )


def request_changes(
    uow: UnitOfWork, command: EndRound, *, actor: Actor, now: datetime, ids: IdSource
) -> Round | Refusal:
    """Send the round back to the author; needs a reason, or a must-change comment that is not settled.

    Refuses with ``not_permitted``, ``round_not_allowed``, ``role_not_held``, ``own_words`` or ``reason_missing``.
    """
    if not actor.may(Permission.REVIEW):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    round_ = locked(uow, command.round_id)
    outcome = policy.request_changes(round_, person(uow, actor), command.reason)
    return _end(uow, round_, command, outcome, actor=actor, now=now, ids=ids)


def decline(uow: UnitOfWork, command: EndRound, *, actor: Actor, now: datetime, ids: IdSource) -> Round | Refusal:
    """Say a final no to this version. Refuses as :func:`request_changes` does; a reason is always needed."""
    if not actor.may(Permission.REVIEW):
        return Refusal("not_permitted", {"permission": Permission.REVIEW.value})
    round_ = locked(uow, command.round_id)
    outcome = policy.decline(round_, person(uow, actor), command.reason)
    return _end(uow, round_, command, outcome, actor=actor, now=now, ids=ids)


def withdraw(uow: UnitOfWork, command: EndRound, *, actor: Actor, now: datetime, ids: IdSource) -> Round | Refusal:
    """Take an open round back; only who submitted it may.

    Refuses with ``not_permitted``, ``not_submitter``, ``reason_missing`` or ``round_not_allowed``.
    """
    if not actor.may(Permission.SUBMIT_CONTENT):
        return Refusal("not_permitted", {"permission": Permission.SUBMIT_CONTENT.value})
    round_ = locked(uow, command.round_id)
    outcome = policy.withdraw(round_, actor.person_id, command.reason)
    return _end(uow, round_, command, outcome, actor=actor, now=now, ids=ids)


def _end(
    uow: UnitOfWork,
    round_: Round,
    command: EndRound,
    outcome: RoundState | Refusal,
    *,
    actor: Actor,
    now: datetime,
    ids: IdSource,
) -> Round | Refusal:
    if isinstance(outcome, Refusal):
        return outcome
    store.move_round(uow, round_, outcome, now)
    decision = Decision(actor.person_id, outcome, command.reason.strip(), now)
    store.add_decision(uow, ids.new_id(), round_.id, decision)
    uow.note(_ended(round_, outcome, actor, now))
    return _reload(uow, round_.id)


def _ended(round_: Round, state: RoundState, actor: Actor, now: datetime) -> AuditNote:
    data: dict[str, Json] = {
        "version": round_.version_id,
        "closure_root": round_.closure_root,
        "signatures": len(round_.signatures),
    }
    return AuditNote(f"review.round.{state.value}", "round", round_.id, actor.person_id, now, data)


def void_open_rounds(uow: UnitOfWork, item_id: str, *, actor: Actor, now: datetime) -> int:
    """End the open round of an item because a newer version was made; its signatures stay with the old digest."""
    count = 0
    for found in store.rounds(uow.connection, item_id=item_id, state=RoundState.OPEN):
        round_ = locked(uow, found.id)
        after = policy.ROUND_MOVES.next(round_.state, RoundAction.VOID)
        if isinstance(after, Refusal):
            continue  # the last signature, or a decision, came first
        store.move_round(uow, round_, after, now)
        uow.note(_ended(round_, after, actor, now))
        count += 1
    return count


def import_content(
    uow: UnitOfWork, command: authoring.ImportSource, *, actor: Actor, now: datetime, ids: IdSource
) -> Imported | Refusal:
    """Save a content file as :func:`app.authoring.operations.import_source` does; a new version voids the open round."""
    imported = authoring.import_source(uow, command, actor=actor, now=now, ids=ids)
    if isinstance(imported, Imported) and imported.outcome is not ImportOutcome.UNCHANGED:
        void_open_rounds(uow, imported.item.id, actor=actor, now=now)
    return imported


def locked(uow: UnitOfWork, round_id: str) -> Round:
    """The round under its lock; raises ``NotFound``."""
    round_ = store.lock_round(uow, round_id)
    if round_ is None:
        raise NotFound("review round", round_id)
    return round_


def person(uow: UnitOfWork, actor: Actor) -> Person:
    """The actor's account as it stands in this transaction; raises ``NotFound``."""
    found = accounts.person(uow.connection, actor.person_id)
    if found is None:
        raise NotFound("person", actor.person_id)
    return found


def _reload(uow: UnitOfWork, round_id: str) -> Round:
    found = store.round_(uow.connection, round_id)
    assert found is not None
    return found
