"""What the messages of one batch share, read once in the batch's own transaction."""

from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from app.audit import store as audit_store
from app.authoring.model import Sender
from app.authoring.recomputing import is_current_sender
from app.gate import store
from app.gate.approved_content import ApprovedContent, ApprovedContents
from app.kernel.errors import NotFound
from app.publishing.model import Publication
from app.publishing.queries import publication
from app.sequences import queries as sequences
from app.sequences.model import SequenceVersion


class Readings:
    """Memory of one transaction; never kept beyond it. ``locked`` are publications whose heads are locked in it."""

    def __init__(
        self,
        connection: Connection,
        contents: ApprovedContents,
        now: datetime,
        locked: dict[str, Publication] | None = None,
    ) -> None:
        self.connection = connection
        self.now = now
        self._contents = contents
        self._publications: dict[str, Publication] = dict(locked or {})
        self._approved: dict[str, ApprovedContent] = {}
        self._versions: dict[str, SequenceVersion] = {}
        self._senders: dict[str, bool] = {}

    @cached_property
    def at(self) -> datetime:
        """``now``, or the newest instant of the log when the clock stands behind it: time never goes back here (I8)."""
        last = audit_store.last_instant(self.connection)
        return self.now if last is None else max(self.now, last)

    @cached_property
    def switches(self) -> tuple[str, ...]:
        """Scopes of the kill switches that are engaged."""
        return store.engaged_switches(self.connection)

    def approved(self, publication_id: str) -> ApprovedContent:
        """A publication with its content as stored now; raises ``NotFound``."""
        if publication_id not in self._approved:
            found = self._publications.get(publication_id) or publication(self.connection, publication_id)
            if found is None:
                raise NotFound("publication", publication_id)
            self._approved[publication_id] = self._contents.get(self.connection, found)
        return self._approved[publication_id]

    def sequence_version(self, version_id: str) -> SequenceVersion:
        """A version of a sequence with its steps; raises ``NotFound``."""
        if version_id not in self._versions:
            found = sequences.sequence_version(self.connection, version_id)
            if found is None:
                raise NotFound("sequence version", version_id)
            self._versions[version_id] = found
        return self._versions[version_id]

    def is_current(self, sender: Sender) -> bool:
        """Whether a version's From address still is that of its sender profile."""
        known = f"{sender.key} {sender.from_address}"
        if known not in self._senders:
            self._senders[known] = is_current_sender(self.connection, sender)
        return self._senders[known]
