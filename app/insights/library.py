"""The library as people read it: every piece with where its newest version stands, and one version with all about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.accounts import queries as accounts
from app.authoring import queries as authoring
from app.authoring.model import Audience, Channel, ContentType, Item, Version
from app.checks import queries as checks
from app.checks.model import StoredReport
from app.kernel.errors import NotFound
from app.publishing import queries as publishing
from app.publishing.model import Publication, VersionStatus
from app.review import queries as review
from app.review.model import Round
from app.sequences import queries as sequences


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One piece. ``status`` is that of its newest version; ``live`` what may be sent now, of whatever version.

    ``used_in`` are keys of sequences; ``readability`` is text such as ``grade 6.9``, ``not scored`` or ``not checked``.
    """

    item_id: str
    key: str
    title: str
    content_type: ContentType
    channel: Channel
    audience: Audience
    purpose: str
    owner_id: str
    owner: str
    author_id: str
    number: int
    version_id: str
    status: VersionStatus
    live: Publication | None
    saved_at: datetime
    used_in: tuple[str, ...]
    readability: str
    """Who saved the newest version."""


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """One version of a piece. ``findings`` are those of its newest report, in plain form, newest rules last checked."""

    item: Item
    version: Version
    status: VersionStatus
    author: str
    owner: str
    report: StoredReport | None
    findings: tuple[dict[str, Any], ...]
    rounds: tuple[Round, ...]
    publications: tuple[Publication, ...]
    numbers: tuple[int, ...]
    """Every version there is, newest first."""
    used_in: tuple[str, ...]


def library(connection: Connection, now: datetime) -> tuple[LibraryLine, ...]:
    """Every piece by key."""
    names = accounts.names(connection)
    used = users_of_items(connection)
    lines = []
    for entry in authoring.list_items(connection):
        item, version = entry.item, authoring.version(connection, entry.version_id)
        lines.append(
            LibraryLine(
                item_id=item.id,
                key=item.key,
                title=item.title,
                content_type=item.content_type,
                channel=item.channel,
                audience=version.metadata.audience,
                purpose=version.metadata.purpose,
                owner_id=item.owner_id,
                owner=names.get(item.owner_id, item.owner_id),
                author_id=version.author_id,
                number=entry.number,
                version_id=entry.version_id,
                status=publishing.status_of_version(connection, item.id, entry.version_id, now),
                live=publishing.live_publication(connection, item.id, item.channel.value),
                saved_at=entry.saved_at,
                used_in=used.get(item.key, ()),
                readability=readability_text(checks.report_of_version(connection, entry.version_id)),
            )
        )
    return tuple(lines)


def detail(connection: Connection, item_key: str, number: int | None, now: datetime) -> ItemDetail:
    """One version of a piece by key, the newest without ``number``; raises ``NotFound``."""
    item = authoring.item_by_key(connection, item_key)
    if item is None:
        raise NotFound("content item", item_key)
    versions = authoring.versions_of(connection, item.id)
    version = next((v for v in versions if number in (None, v.number)), None)
    if version is None:
        raise NotFound("version", f"{number} of {item_key}")
    names = accounts.names(connection)
    report = checks.report_of_version(connection, version.id)
    return ItemDetail(
        item=item,
        version=version,
        status=publishing.status_of_version(connection, item.id, version.id, now),
        author=names.get(version.author_id, version.author_id),
        owner=names.get(item.owner_id, item.owner_id),
        report=report,
        findings=findings_of(report),
        rounds=review.rounds_of_version(connection, item.id, version.id),
        publications=tuple(p for p in publishing.publications_of(connection, item.id) if p.version_id == version.id),
        numbers=tuple(v.number for v in versions),
        used_in=users_of_items(connection).get(item.key, ()),
    )


def users_of_items(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Keys of the sequences whose shown version has a step with an item, by item key."""
    used: dict[str, list[str]] = {}
    for line in sequences.list_sequences(connection):
        for key in dict.fromkeys(step.item_key for step in line.version.plan.steps):
            used.setdefault(key, []).append(line.key)
    return {key: tuple(found) for key, found in used.items()}


def findings_of(report: StoredReport | None) -> tuple[dict[str, Any], ...]:
    """The findings of a stored report with the line at hand, in the order of the text."""
    found: Any = [] if report is None else report.report.get("findings", [])
    return tuple({**finding, "line": finding["span"]["line"], "column": finding["span"]["column"]} for finding in found)


def readability_text(report: StoredReport | None) -> str:
    """The grade of a stored report in words."""
    if report is None:
        return "not checked"
    measured: Any = report.report.get("readability", {})
    return grade_text(measured)


def grade_text(measured: Mapping[str, Any]) -> str:
    """The grade of a readability in plain form in words."""
    grade = measured.get("grades", {}).get("flesch_kincaid_grade_tenths")
    if not measured.get("scored") or grade is None:
        return "not scored"
    return f"grade {grade / 10:.1f}"
