"""What a publication approved, recomputed from stored bytes and kept while those bytes stay the same.

The costly part (hash every leaf again, verify the signatures) is done once per row digest. The row itself is read
again for every batch, so that a change behind the program's back is seen before the next dot.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.authoring import queries as authoring
from app.authoring.model import Version
from app.authoring.recomputing import recomputed_root
from app.kernel.errors import NotFound
from app.publishing.model import Publication
from app.review import queries as review
from app.review.signing import round_holds
from app.storage.keys import VerifyKey


@dataclass(frozen=True, slots=True)
class ApprovedContent:
    """A publication with its version, what its bytes hash to now, and whether its signatures hold."""

    publication: Publication
    version: Version
    recomputed_root: str
    signatures_valid: bool
    required_roles: tuple[str, ...]
    signed_roles: tuple[str, ...]


class ApprovedContents:
    """A cache by publication; an entry is good while the digest of the stored version row is unchanged."""

    def __init__(self, organisation_key: VerifyKey, limit: int = 500) -> None:
        self._key = organisation_key
        self._limit = limit
        self._kept: dict[str, tuple[str, ApprovedContent]] = {}

    def get(self, connection: Connection, publication: Publication) -> ApprovedContent:
        """The approved content as it stands in the database now; the publication itself is taken as given."""
        fingerprint = authoring.stored_digest(connection, publication.version_id)
        kept = self._kept.get(publication.id)
        if kept is not None and kept[0] == fingerprint:
            return replace(kept[1], publication=publication)
        content = self._recompute(connection, publication)
        if len(self._kept) >= self._limit:
            self._kept.pop(next(iter(self._kept)))
        self._kept[publication.id] = (fingerprint, content)
        return content

    def _recompute(self, connection: Connection, publication: Publication) -> ApprovedContent:
        version = authoring.version(connection, publication.version_id)
        round_ = review.round_(connection, publication.round_id)
        if round_ is None:
            raise NotFound("review round", publication.round_id)
        return ApprovedContent(
            publication=publication,
            version=version,
            recomputed_root=recomputed_root(connection, version),
            signatures_valid=round_holds(round_, self._key),
            required_roles=tuple(sorted(role.value for role in round_.required)),
            signed_roles=tuple(sorted(s.statement.role.value for s in round_.signatures)),
        )
