"""What an import should do, and who is an author of what."""

from collections.abc import Mapping

from app.authoring.model import ImportOutcome, Item, Metadata, Sender, Version
from app.kernel.finding import Refusal

LeafAuthors = Mapping[str, frozenset[str]]


def outcome_of(latest: Version | None, source_digest: str, closure_root: str) -> ImportOutcome:
    """Same bytes and same closure as the newest version is no new version.

    The closure counts beside the bytes, because a changed sender profile or quoted disclosure changes what recipients get.
    """
    if latest is None:
        return ImportOutcome.CREATED
    same = latest.source_digest == source_digest and latest.closure.root == closure_root
    return ImportOutcome.UNCHANGED if same else ImportOutcome.NEW_VERSION


def may_become(item: Item, metadata: Metadata) -> Refusal | None:
    """An item keeps its content type for life, because sequences and publications rely on it."""
    if item.content_type is metadata.content_type:
        return None
    facts = {"item": item.key, "is": item.content_type.value, "wanted": metadata.content_type.value}
    return Refusal("content_type_fixed", facts)


def leaf_authors_of(
    parent_leaves: Mapping[str, str], parent_authors: LeafAuthors, leaves: Mapping[str, str], author: str
) -> dict[str, frozenset[str]]:
    """Who wrote each leaf of a new version.

    An unchanged leaf keeps its authors, a changed one gains ``author``, a new one has her alone, a removed one is gone.
    """
    authors = {}
    for leaf, digest in leaves.items():
        before = parent_authors.get(leaf, frozenset())
        changed = parent_leaves.get(leaf) != digest
        authors[leaf] = before | {author} if changed or not before else before
    return authors


def new_edition(latest: Sender | None, offered: Sender) -> Sender | None:
    """The next numbered edition of a sender profile, or None when nothing changed."""
    number = latest.number if latest else 0
    numbered = Sender(number=number, **{n: getattr(offered, n) for n in Sender.__slots__ if n != "number"})
    if numbered == latest:
        return None
    return Sender(number=number + 1, **{n: getattr(offered, n) for n in Sender.__slots__ if n != "number"})
