"""Reviews as people work on them: one round with what it changes, and the queue."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.accounts import queries as accounts
from app.accounts.model import Actor, Role
from app.authoring import queries as authoring
from app.authoring.model import Item, Version
from app.checks import queries as checks
from app.checks.model import StoredReport
from app.insights.library import users_of_items
from app.insights.redline import Redline, redline
from app.kernel.errors import NotFound
from app.publishing import queries as publishing
from app.publishing.model import Publication
from app.review import queries as review
from app.review.model import Round, RoundState


@dataclass(frozen=True, slots=True)
class ReviewDetail:
    """One round with all a reviewer looks at.

    ``approved`` is the version approved last before this round, None when there is none; ``compared`` the one the
    redline compares with. ``successor`` is the newest round of the newest version, when that is another one.
    """

    round_: Round
    item: Item
    version: Version
    latest: Version
    approved: Version | None
    compared: Version | None
    others: tuple[Version, ...]
    changes: Redline
    report: StoredReport | None
    publication: Publication | None
    successor: Round | None
    names: Mapping[str, str]

    @property
    def replaced(self) -> bool:
        """Whether a newer version than the one under review exists."""
        return self.latest.id != self.version.id


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An open round, or one whose author was asked for changes. ``roles`` are those the asker may still sign for."""

    round_: Round
    title: str
    number: int
    first: bool
    changes: Redline
    roles: frozenset[Role]
    used_in: tuple[str, ...]


def review_detail(connection: Connection, round_id: str, against: int | None = None) -> ReviewDetail:
    """One round; ``against`` chooses the version to compare with, by number. Raises ``NotFound``."""
    round_ = review.round_(connection, round_id)
    if round_ is None:
        raise NotFound("review", round_id)
    versions = authoring.versions_of(connection, round_.item_id)
    by_id = {version.id: version for version in versions}
    version = by_id[round_.version_id]
    rounds = review.rounds_of_item(connection, round_.item_id)
    before = approved_before(rounds, round_)
    approved = None if before is None else by_id[before]
    compared = next((v for v in versions if v.number == against), approved)
    newer = [r for r in rounds if r.version_id == versions[0].id and r.id != round_.id]
    return ReviewDetail(
        round_=round_,
        item=authoring.item_by_id(connection, round_.item_id),
        version=version,
        latest=versions[0],
        approved=approved,
        compared=compared,
        others=tuple(v for v in versions if v.id != version.id or v is approved),
        changes=redline(compared, version),
        report=_report_of(connection, round_),
        publication=next(
            (p for p in publishing.publications_of(connection, round_.item_id) if p.round_id == round_.id), None
        ),
        successor=max(newer, key=lambda r: (r.submitted_at, r.id), default=None),
        names=accounts.names(connection),
    )


def approved_before(rounds: tuple[Round, ...], round_: Round) -> str | None:
    """Id of the version that was approved last when ``round_`` was opened, or None."""
    earlier = [
        r
        for r in rounds
        if r.state is RoundState.APPROVED and r.id != round_.id and r.submitted_at <= round_.submitted_at
    ]
    return max(earlier, key=lambda r: (r.state_since, r.id)).version_id if earlier else None


def review_queue(connection: Connection, actor: Actor) -> tuple[QueueLine, ...]:
    """Open rounds, and those whose author has not answered yet, soonest due first."""
    used = users_of_items(connection)
    lines = []
    for entry in authoring.list_items(connection):
        rounds = review.rounds_of_item(connection, entry.item.id)
        for round_ in rounds:
            waits = round_.state is RoundState.CHANGES_REQUESTED and round_ is rounds[-1]
            if round_.state is RoundState.OPEN or (waits and round_.version_id == entry.version_id):
                lines.append(_line(connection, round_, rounds, actor, used.get(entry.item.key, ())))
    return tuple(sorted(lines, key=lambda line: (line.round_.due_at, line.round_.id)))


def _line(
    connection: Connection, round_: Round, rounds: tuple[Round, ...], actor: Actor, used_in: tuple[str, ...]
) -> QueueLine:
    version = authoring.version(connection, round_.version_id)
    before = approved_before(rounds, round_)
    changes = redline(None if before is None else authoring.version(connection, before), version)
    roles = review.signable_roles(round_, actor)
    return QueueLine(round_, version.metadata.title, version.number, before is None, changes, roles, used_in)


def _report_of(connection: Connection, round_: Round) -> StoredReport | None:
    """The report the round was opened with; a later one is not what the signers see."""
    reports = checks.reports_of_version(connection, round_.version_id)
    return next((report for report in reports if report.id == round_.report_id), None)
