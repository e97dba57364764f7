"""What one person's home page rests on: her tasks, what is at risk, what moves, what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.accounts.model import Actor, Permission
from app.gate import queries as gate
from app.gate.queries import KillSwitch
from app.insights.library import LibraryLine, library
from app.insights.reviews import QueueLine, review_queue
from app.insights.send_log import SendLine, sends
from app.insights.status import Outcomes, outcomes_since
from app.outbox.model import MessageState
from app.publishing import queries as publishing
from app.publishing.model import EXPIRING_DAYS, Publication, PublicationState, VersionState
from app.review import queries as review
from app.review.model import Round, RoundState, ThreadState
from app.sequences import queries as sequences

DAY = timedelta(hours=24)
_SHOWN = 20
_MOVING = frozenset({VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.CHANGES_REQUESTED, VersionState.APPROVED})
_ENDS = {
    PublicationState.RECALLED: VersionState.RECALLED,
    PublicationState.QUARANTINED: VersionState.QUARANTINED,
}


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A piece that sequences use and that will stop, or has stopped: ``people`` are in those sequences now.

    ``state`` is expiring, or how the last publication ended; ``until`` when.
    """

    line: LibraryLine
    until: datetime
    state: VersionState
    people: int


@dataclass(frozen=True, slots=True)
class Mover:
    """A piece of mine with the newest round of its newest version, None for one never submitted."""

    line: LibraryLine
    round_: Round | None


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """A part that the person may not see is empty, and ``outcomes`` None."""

    queue: tuple[QueueLine, ...] = ()
    """Rounds she can sign."""
    answers: tuple[Mover, ...] = ()
    """Pieces of hers with comments or a request that wait for her."""
    publishable: tuple[Mover, ...] = ()
    """Approved and not published yet."""
    expiring: tuple[AtRisk, ...] = ()
    switches: tuple[KillSwitch, ...] = ()
    unknown: tuple[SendLine, ...] = ()
    moving: tuple[Mover, ...] = ()
    outcomes: Outcomes | None = None
    expiring_soon: int = 0


def home_facts(connection: Connection, actor: Actor, now: datetime) -> HomeFacts:
    """Everything the home page of ``actor`` says at ``now``."""
    may_read = actor.may(Permission.READ_CONTENT)
    may_see_sends = actor.may(Permission.READ_SENDS)
    lines = library(connection, now) if may_read else ()
    queue = review_queue(connection, actor) if may_read else ()
    moving = (line for line in lines if line.status.state in _MOVING and not line.status.published)
    movers = tuple(_mover(connection, line) for line in moving)
    mine = tuple(mover for mover in movers if _is_hers(mover, actor))
    soon = publishing.expiring(connection, now, now + timedelta(days=EXPIRING_DAYS)) if may_read else ()
    ending = tuple(publication for publication in soon if now < publication.valid_until)
    return HomeFacts(
        queue=tuple(line for line in queue if line.roles),
        answers=tuple(mover for mover in mine if _waits_for_author(mover))
        if actor.may(Permission.WRITE_CONTENT)
        else (),
        publishable=tuple(m for m in movers if _publishable(m)) if actor.may(Permission.PUBLISH) else (),
        expiring=_at_risk(connection, lines, ending, now),
        switches=gate.engaged(connection) if actor.may(Permission.STOP_SENDING) or may_see_sends else (),
        unknown=sends(connection, states=[MessageState.UNKNOWN], limit=_SHOWN) if may_see_sends else (),
        moving=mine,
        outcomes=outcomes_since(connection, now - DAY) if may_see_sends else None,
        expiring_soon=len(ending),
    )


def _mover(connection: Connection, line: LibraryLine) -> Mover:
    rounds = review.rounds_of_version(connection, line.item_id, line.version_id)
    return Mover(line, rounds[-1] if rounds else None)


def _is_hers(mover: Mover, actor: Actor) -> bool:
    if mover.line.owner_id == actor.person_id:
        return True
    return mover.line.author_id == actor.person_id or (
        mover.round_ is not None and actor.person_id in mover.round_.leaf_authors | {mover.round_.submitted_by}
    )


def _waits_for_author(mover: Mover) -> bool:
    round_ = mover.round_
    if round_ is None:
        return False
    if round_.state is RoundState.CHANGES_REQUESTED:
        return True
    return round_.state is RoundState.OPEN and any(t.blocks and t.state is ThreadState.OPEN for t in round_.threads)


def _publishable(mover: Mover) -> bool:
    return mover.line.status.state is VersionState.APPROVED and not mover.line.status.published


def _at_risk(
    connection: Connection, lines: tuple[LibraryLine, ...], ending: tuple[Publication, ...], now: datetime
) -> tuple[AtRisk, ...]:
    """Pieces in use that expire soon, or that ended with nothing live in their place; most urgent first."""
    people = {line.key: line.enrolled for line in sequences.list_sequences(connection)} if lines else {}
    until = {publication.item_id: publication.valid_until for publication in ending}
    found = []
    for line in lines:
        if not line.used_in:
            continue
        in_them = sum(people.get(key, 0) for key in line.used_in)
        ended = None if line.item_id in until else _ended(connection, line, now)
        if line.item_id in until:
            found.append(AtRisk(line, until[line.item_id], VersionState.EXPIRING, in_them))
        elif ended is not None:
            found.append(AtRisk(line, *ended, in_them))
    return tuple(sorted(found, key=lambda risk: (risk.until, risk.line.key)))


def _ended(connection: Connection, line: LibraryLine, now: datetime) -> tuple[datetime, VersionState] | None:
    """Since when the newest publication of a piece is over, and how it ended; None while something can be sent."""
    if line.live is not None and now < line.live.valid_until:
        return None
    newest = next(iter(publishing.publications_of(connection, line.item_id)), None)
    if newest is None:
        return None
    word = _ENDS.get(newest.state, VersionState.EXPIRED)
    return (newest.valid_until if word is VersionState.EXPIRED else newest.state_since), word
