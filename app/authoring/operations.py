"""Save content files and sender profiles. Callers give each file a unit of its own, so that one bad file stops no other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.accounts.model import Actor, Permission, PersonState
from app.accounts.queries import person_by_email
from app.authoring import policy, queries, store
from app.authoring.closure import closure_of
from app.authoring.front_matter import FrontMatter, bad_at, decode, split
from app.authoring.metadata import validate
from app.authoring.model import ContentType, Imported, ImportOutcome, Item, Metadata, Sender, Version
from app.authoring.senders import parse_senders
from app.authoring.skeleton import compile_content
from app.kernel.digest import sha256
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal
from app.kernel.ids import IdSource
from app.storage.unit_of_work import AuditNote, UnitOfWork


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The bytes of one content file and where they came from, for people to read."""

    source: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class ImportSenders:
    """The bytes of a file of sender profiles."""

    source: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What a content file refers to: its owner, its sender, and what it quotes with the closure roots of that."""

    owner_id: str
    sender: Sender | None
    disclosures: Mapping[str, str]
    referenced: Mapping[str, str]


def import_source(
    uow: UnitOfWork, command: ImportSource, *, actor: Actor, now: datetime, ids: IdSource
) -> Imported | Refusal:
    """Make an item or a version of a content file, or find that nothing changed.

    Refuses with ``not_permitted`` or ``content_type_fixed``; raises ``BadInput`` for a file that cannot be used.
    """
    if not actor.may(Permission.WRITE_CONTENT):
        return Refusal("not_permitted", {"permission": Permission.WRITE_CONTENT.value})
    front = split(decode(command.source, command.origin), command.origin)
    metadata = validate(front)
    store.lock_item(uow, metadata.key)
    around = _gather(uow.connection, front, metadata)
    item = queries.item_by_key(uow.connection, metadata.key)
    latest = None if item is None else queries.latest_version(uow.connection, item.id)

    if item is not None and (refusal := policy.may_become(item, metadata)):
        return refusal
    draft = _version(command, front, metadata, around, latest, actor=actor, now=now)
    outcome = policy.outcome_of(latest, draft.source_digest, draft.closure.root)
    if item is not None and latest is not None and outcome is ImportOutcome.UNCHANGED:
        return Imported(item, latest, outcome)

    if item is None:
        item = _new_item(metadata, around.owner_id, now, ids)
        store.add_item(uow, item, actor.person_id)
    elif (item.title, item.owner_id) != (metadata.title, around.owner_id):
        store.retitle(uow, item, metadata, around.owner_id)
        item = replace(item, title=metadata.title, owner_id=around.owner_id)
    version = replace(draft, id=ids.new_id(), item_id=item.id)
    _record(uow, version, latest, actor)
    uow.note(_note(item, version, outcome, actor))
    return Imported(item, version, outcome)


def _gather(connection: Connection, front: FrontMatter, metadata: Metadata) -> _Around:
    owner = person_by_email(connection, metadata.owner)
    if owner is None or owner.state is not PersonState.ACTIVE:
        raise _bad(front, "owner", f"nobody active has the address {metadata.owner}. Name a person with an account.")
    sender = queries.latest_sender(connection, metadata.sender) if metadata.sender else None
    if metadata.sender and sender is None:
        raise _bad(
            front, "sender", f"there is no sender '{metadata.sender}'. Import senders.yml first, or correct the name."
        )
    texts, referenced = {}, {}
    for key in metadata.disclosures:
        quoted = _disclosure(connection, front, key)
        texts[key] = split(quoted.source.decode("utf-8")).body
        referenced[f"disclosures/{key}"] = quoted.closure.root
    return _Around(owner.id, sender, texts, referenced)


def _disclosure(connection: Connection, front: FrontMatter, key: str) -> Version:
    item = queries.item_by_key(connection, key)
    found = queries.latest_version(connection, item.id) if item else None
    if item is None or found is None or item.content_type is not ContentType.DISCLOSURE:
        raise _bad(front, "disclosures", f"there is no disclosure '{key}'. Import it first, or correct the name.")
    return found


def _bad(front: FrontMatter, key: str, message: str) -> BadInput:
    return bad_at(f"{key}: {message}", front.text, front.entries[key].span.start, front.source)


def _version(
    command: ImportSource,
    front: FrontMatter,
    metadata: Metadata,
    around: _Around,
    latest: Version | None,
    *,
    actor: Actor,
    now: datetime,
) -> Version:
    """The version this file would make; ``id`` and ``item_id`` are still empty."""
    compiled = compile_content(metadata, around.sender, front, around.disclosures)
    return Version(
        id="",
        item_id="",
        number=1 if latest is None else latest.number + 1,
        source=command.source,
        source_digest=sha256(command.source),
        metadata=metadata,
        sender=around.sender,
        skeleton=compiled.skeleton,
        closure=closure_of(metadata, around.sender, front.body, compiled, around.referenced),
        author_id=actor.person_id,
        created_at=now,
        origin=command.origin,
        parent_id=None if latest is None else latest.id,
    )


def _new_item(metadata: Metadata, owner_id: str, now: datetime, ids: IdSource) -> Item:
    return Item(ids.new_id(), metadata.key, metadata.title, metadata.content_type, metadata.channel, owner_id, now)


def _record(uow: UnitOfWork, version: Version, latest: Version | None, actor: Actor) -> None:
    before = {} if latest is None else latest.closure.leaves
    known = {} if latest is None else queries.leaf_authors(uow.connection, latest.id)
    authors = policy.leaf_authors_of(before, known, version.closure.leaves, actor.person_id)
    store.add_version(uow, version, authors)


def _note(item: Item, version: Version, outcome: ImportOutcome, actor: Actor) -> AuditNote:
    return AuditNote(
        action="content.item.created" if outcome is ImportOutcome.CREATED else "content.version.created",
        subject_kind="content_item",
        subject_id=item.id,
        actor=actor.person_id,
        at=version.created_at,
        data={
            "key": item.key,
            "version": version.id,
            "number": version.number,
            "closure_root": version.closure.root,
            "source_digest": version.source_digest,
        },
    )


def import_senders(
    uow: UnitOfWork, command: ImportSenders, *, actor: Actor, now: datetime
) -> tuple[Sender, ...] | Refusal:
    """Save the profiles that changed as new numbered editions and return those; an unchanged file returns none.

    Refuses with ``not_permitted`` unless the actor manages people, when anything would change; raises ``BadInput``.
    """
    if not (actor.may(Permission.MANAGE_PEOPLE) or actor.may(Permission.WRITE_CONTENT)):
        return Refusal("not_permitted", {"permission": Permission.MANAGE_PEOPLE.value})
    offered = parse_senders(command.source, command.origin)
    changed = [
        edition
        for sender in offered
        if (edition := policy.new_edition(queries.latest_sender(uow.connection, sender.key), sender))
    ]
    if changed and not actor.may(Permission.MANAGE_PEOPLE):
        return Refusal("not_permitted", {"permission": Permission.MANAGE_PEOPLE.value})
    for sender in changed:
        store.add_sender(uow, sender, actor.person_id, now)
        note = AuditNote(
            "sender.edition.created", "sender", sender.key, actor.person_id, now, {"number": sender.number}
        )
        uow.note(note)
    return tuple(changed)
