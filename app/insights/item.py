"""What stands around one version: its siblings, windows, sequences, and what the rules say of it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.accounts import queries as accounts
from app.authoring import queries as authoring
from app.authoring.model import Version
from app.checks.linting import ActivePacks, check_source
from app.checks.model import CheckContext, Report
from app.insights.library import ItemDetail, detail, findings_of, grade_text
from app.kernel.finding import Refusal
from app.publishing import queries as publishing
from app.publishing.model import Publication, VersionState, VersionStatus
from app.review.operations.rounds import traits_of
from app.review.policies import ApprovalPolicies, ApprovalPolicy
from app.sequences import queries as sequences

_STILL_WRITTEN = frozenset({VersionState.DRAFT, VersionState.CHANGES_REQUESTED})


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings in plain form with the names of the packs and the grade in words; ``report`` is None for a stored one."""

    findings: tuple[Mapping[str, Any], ...]
    packs: str
    readability: str
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Siblings:
    """Versions of one item, newest first, with where each stands; its publications; the sequences that use it."""

    versions: tuple[Version, ...]
    statuses: Mapping[int, VersionStatus]
    publications: tuple[Publication, ...]
    used_in: tuple[tuple[str, str], ...]
    """(title, id)."""
    names: Mapping[str, str]


def item_detail(connection: Connection, item_id: str, number: int | None, now: datetime) -> ItemDetail:
    """One version of an item by its id, the newest without ``number``; raises ``NotFound``."""
    return detail(connection, authoring.item_by_id(connection, item_id).key, number, now)


def siblings(connection: Connection, shown: ItemDetail, now: datetime) -> Siblings:
    """What stands around one version."""
    versions = authoring.versions_of(connection, shown.item.id)
    statuses = publishing.statuses_of_item(connection, shown.item.id, [v.id for v in versions], now)
    lines = sequences.list_sequences(connection)
    return Siblings(
        versions=versions,
        statuses={v.number: statuses[v.id] for v in versions},
        publications=publishing.publications_of(connection, shown.item.id),
        used_in=tuple((line.title, line.id) for line in lines if line.key in shown.used_in),
        names=accounts.names(connection),
    )


def judge(shown: ItemDetail, packs: ActivePacks, now: datetime) -> Judged:
    """The stored report, or for a piece still being written what the rules in force say now. Nothing is stored."""
    stored = shown.report
    if stored is None or (stored.pack_digest != packs.digest and shown.status.state in _STILL_WRITTEN):
        return judge_version(shown.version, packs, now)
    measured: Any = stored.report.get("readability", {})
    names: Any = stored.report.get("packs", [])
    return Judged(findings_of(stored), _packs_text(names, stored.pack_digest), grade_text(measured))


def judge_version(version: Version, packs: ActivePacks, now: datetime) -> Judged:
    """What the rules in force say of a version."""
    return judge_source(version.source.decode("utf-8"), packs, CheckContext.of(version.metadata, now))


def judge_source(text: str, packs: ActivePacks, context: CheckContext) -> Judged:
    """The same for a text that is not saved. Raises ``BadInput`` for one that cannot be read."""
    report = check_source(text, context, packs)
    plain: Any = report.as_json()
    return Judged(
        tuple(plain["findings"]), _packs_text(report.pack_names, packs.digest), grade_text(plain["readability"]), report
    )


def policy_for(version: Version, judged: Judged, policies: ApprovalPolicies) -> ApprovalPolicy | None:
    """The policy that would name the reviewers of a version, or None when nothing covers it."""
    if judged.report is None:
        return None
    chosen = policies.choose(traits_of(version, judged.report))
    return None if isinstance(chosen, Refusal) else chosen


def _packs_text(names: tuple[str, ...] | list[str], digest: str) -> str:
    return f"{', '.join(names)} ({digest[:8]})" if names else digest[:8]
