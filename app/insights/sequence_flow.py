"""A sequence as people read it: every step with what it would send now, whether that may go, and what became of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.authoring import queries as authoring
from app.authoring.model import Item
from app.kernel.errors import NotFound
from app.outbox.model import MessageState
from app.publishing import queries as publishing
from app.publishing.model import Publication, VersionState, VersionStatus
from app.sequences import queries as sequences
from app.sequences.model import SequenceVersion, Step

_WAITING = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.HELD, MessageState.RELEASED)
_NONE = VersionStatus(VersionState.DRAFT)


@dataclass(frozen=True, slots=True)
class StepFlow:
    """One step. ``status`` is that of what would be sent now, or of the newest version when nothing would.

    ``here`` counts the people whose next message this is, planned or not; ``outcomes`` messages by state.
    """

    step: Step
    item: Item | None
    publication: Publication | None
    number: int
    status: VersionStatus
    here: int
    outcomes: Mapping[MessageState, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """One version of a sequence, and its other versions, newest first."""

    sequence_id: str
    key: str
    title: str
    version: SequenceVersion
    versions: tuple[SequenceVersion, ...]
    people: int
    waiting: int
    steps: tuple[StepFlow, ...]


def flows(connection: Connection, now: datetime) -> tuple[Flow, ...]:
    """Every sequence in the version that counts."""
    return tuple(_flow(connection, line, line.version, now) for line in sequences.list_sequences(connection))


def flow(connection: Connection, sequence_id: str, now: datetime, number: int | None = None) -> Flow:
    """One sequence, in the version that counts or the one asked for; raises ``NotFound``."""
    line = next((one for one in sequences.list_sequences(connection) if one.id == sequence_id), None)
    if line is None:
        raise NotFound("sequence", sequence_id)
    versions = sequences.versions(connection, line.key)
    chosen = line.version if number is None else next((v for v in versions if v.number == number), None)
    if chosen is None:
        raise NotFound("version", number)
    return _flow(connection, line, chosen, now)


def _flow(connection: Connection, line: sequences.SequenceLine, version: SequenceVersion, now: datetime) -> Flow:
    counts = sequences.step_counts(connection, version.id)
    steps = tuple(_step(connection, step, counts, now) for step in version.plan.steps)
    return Flow(
        sequence_id=line.id,
        key=line.key,
        title=line.title,
        version=version,
        versions=sequences.versions(connection, line.key),
        people=line.enrolled,
        waiting=line.waiting,
        steps=steps,
    )


def _step(connection: Connection, step: Step, counts: sequences.StepCounts, now: datetime) -> StepFlow:
    item = authoring.item_by_key(connection, step.item_key)
    publication = None if item is None else _publication(connection, step, item)
    number, status = 0, _NONE
    if item is not None:
        newest = authoring.latest_version(connection, item.id)
        version_id = publication.version_id if publication else newest.id if newest else ""
        if version_id:
            number = authoring.version(connection, version_id).number
            status = publishing.status_of_version(connection, item.id, version_id, now)
    outcomes = {state: counts.messages.get((step.number, state), 0) for state in MessageState}
    here = counts.next_here.get(step.number, 0) + sum(outcomes[state] for state in _WAITING)
    return StepFlow(step, item, publication, number, status, here, outcomes)


def _publication(connection: Connection, step: Step, item: Item) -> Publication | None:
    """What the step is pinned to or follows; where nothing is live, the last that was, so that one sees how it ended."""
    if step.publication_id is not None:
        return publishing.publication(connection, step.publication_id)
    live = publishing.live_publication(connection, item.id, step.channel.value)
    return live or next(iter(publishing.publications_of(connection, item.id)), None)
