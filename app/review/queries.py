"""Reading rounds, for screens and for the stages after this one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.accounts.model import Actor, Role
from app.review import store
from app.review.model import FiledSignature, Round, RoundFacts, RoundState, Thread


@dataclass(frozen=True, slots=True)
class Task:
    """An open round with the roles in which the asker may still sign it; empty when it is not hers to sign."""

    round_: Round
    roles: frozenset[Role]


def round_(connection: Connection, round_id: str) -> Round | None:
    """One round with signatures and threads, or None."""
    return store.round_(connection, round_id)


def rounds_of_item(connection: Connection, item_id: str) -> tuple[Round, ...]:
    """All rounds of an item, oldest first."""
    return store.rounds(connection, item_id=item_id)


def rounds_of_version(connection: Connection, item_id: str, version_id: str) -> tuple[Round, ...]:
    """The rounds of one version, oldest first."""
    return tuple(r for r in store.rounds(connection, item_id=item_id) if r.version_id == version_id)


def open_rounds(connection: Connection) -> tuple[Round, ...]:
    """Rounds that wait for somebody, oldest first."""
    return store.rounds(connection, state=RoundState.OPEN)


def queue(connection: Connection, actor: Actor) -> tuple[Task, ...]:
    """Open rounds in which the actor may still sign, soonest due first."""
    tasks = [Task(r, signable_roles(r, actor)) for r in open_rounds(connection)]
    return tuple(sorted((t for t in tasks if t.roles), key=lambda t: (t.round_.due_at, t.round_.id)))


def signable_roles(round_: Round, actor: Actor) -> frozenset[Role]:
    """Roles that the round still lacks and the actor could fill: held, not her own words, not signed by her already."""
    signed = {s.statement.signer_id for s in round_.signatures}
    if round_.state is not RoundState.OPEN or actor.person_id in round_.leaf_authors | signed:
        return frozenset()
    return round_.missing & actor.roles


def thread(connection: Connection, thread_id: str) -> Thread | None:
    """One thread with its comments, or None."""
    return store.thread(connection, thread_id)


def blocking_threads(round_: Round) -> Sequence[Thread]:
    """Comments that must be settled before anybody can sign."""
    return [t for t in round_.threads if t.blocks]


def filed_signatures(connection: Connection) -> tuple[FiledSignature, ...]:
    """Every signature row as it stands, for verification."""
    return store.filed_signatures(connection)


def round_facts(connection: Connection) -> tuple[RoundFacts, ...]:
    """What every round stands on, for verification."""
    return store.round_facts(connection)
