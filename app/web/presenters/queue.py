"""The queue of reviews."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from app.accounts.model import Actor
from app.insights.reviews import QueueLine
from app.review.model import RoundState
from app.web import paths
from app.web.moments import plural
from app.web.presenters.evidence import signature_views
from app.web.presenters.redlines import amount, minutes
from app.web.view_models.review import QueueGroup, QueuePage, QueueRow

_GROUPS = ("Overdue", "Today", "This week", "Later", "Waiting for other reviewers", "Waiting for author")


def queue_page(lines: Sequence[QueueLine], actor: Actor, now: datetime, zone: tzinfo) -> QueuePage:
    """Open reviews, those of the person first, each group soonest due first."""
    groups: dict[str, list[QueueRow]] = {label: [] for label in _GROUPS}
    for line in lines:
        groups[_group(line, now, zone)].append(_row(line, actor, now))
    mine = [line for line in lines if line.roles]
    return QueuePage(
        groups=tuple(QueueGroup(label, tuple(rows)) for label, rows in groups.items() if rows),
        waiting=len(mine),
        overdue=sum(line.round_.due_at < now for line in mine),
        next_href=paths.review(mine[0].round_.id) if mine else "",
    )


def _group(line: QueueLine, now: datetime, zone: tzinfo) -> str:
    due = line.round_.due_at
    if line.round_.state is RoundState.CHANGES_REQUESTED:
        return "Waiting for author"
    if not line.roles:
        return "Waiting for other reviewers"
    if due < now:
        return "Overdue"
    days = due.astimezone(zone).date() - now.astimezone(zone).date()
    if not days:
        return "Today"
    return "This week" if days < timedelta(days=7) else "Later"


def _row(line: QueueLine, actor: Actor, now: datetime) -> QueueRow:
    round_ = line.round_
    return QueueRow(
        round_id=round_.id,
        title=line.title,
        number=line.number,
        due_at=round_.due_at,
        overdue=round_.due_at < now and round_.state is RoundState.OPEN,
        changed=amount(line.changes, first=line.first),
        minutes=minutes(line.changes, first=line.first),
        signatures=signature_views(round_, actor, {}),
        blocking_comments=sum(thread.blocks for thread in round_.threads),
        holding_up=plural(len(line.used_in), "sequence") if line.used_in else "nothing",
    )
