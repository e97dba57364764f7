"""Who wrote a version: asked of authoring, in one place, because nobody may sign her own words."""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.authoring import queries as authoring


def of_versions(connection: Connection, version_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """All who edited any leaf of each version, now or in a version it was carried from, and who saved it."""
    return {version_id: of_version(connection, version_id) for version_id in set(version_ids)}


def of_version(connection: Connection, version_id: str) -> frozenset[str]:
    """The same for one version. Who only took a leaf out is an author too: she saved it."""
    leaves = authoring.leaf_authors(connection, version_id)
    saved_by = authoring.version(connection, version_id).author_id
    return frozenset({saved_by}.union(*leaves.values()))
