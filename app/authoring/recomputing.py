"""A stored version, hashed again from what is stored, to see whether it still is what was signed.

The stored skeleton is hashed as it is: it is what is sent and what was signed. It is not compiled again, so that a newer
Markdown or mail library cannot make yesterday's approvals look altered.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from app.authoring import queries
from app.authoring.closure import closure_of
from app.authoring.front_matter import decode, split
from app.authoring.metadata import validate
from app.authoring.model import Closure, Sender, Version
from app.authoring.skeleton import Compiled, compile_content
from app.kernel.digest import digest_of
from app.kernel.errors import BadInput


def recomputed_closure(connection: Connection, version: Version) -> Closure:
    """The closure of source, metadata, sender, skeleton and quoted disclosures as they are stored now.

    Stored metadata that the source does not say enters as a closure that matches nothing. Raises ``BadInput`` when the
    source or a quoted disclosure can no longer be read.
    """
    front = split(decode(version.source, version.origin), version.origin)
    metadata = validate(front)
    texts, referenced = _quoted(connection, version, metadata.disclosures)
    links = compile_content(metadata, version.sender, front, texts).links
    stored = Compiled(version.skeleton, links)
    closure = closure_of(metadata, version.sender, front.body, stored, referenced)
    return closure if metadata == version.metadata else Closure({}, digest_of(metadata.as_json()))


def recomputed_root(connection: Connection, version: Version) -> str:
    """The root of :func:`recomputed_closure`."""
    return recomputed_closure(connection, version).root


def is_current_sender(connection: Connection, sender: Sender) -> bool:
    """Whether the address a version is sent from still is that of the newest edition of its sender profile."""
    latest = queries.latest_sender(connection, sender.key)
    return latest is not None and latest.from_address == sender.from_address


def _quoted(
    connection: Connection, version: Version, keys: tuple[str, ...]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Text and closure root of each disclosure in the very version that was quoted, found by the leaf's digest."""
    texts, referenced = {}, {}
    for key in keys:
        item = queries.item_by_key(connection, key)
        wanted = version.closure.leaves.get(f"disclosures/{key}")
        editions = queries.versions_of(connection, item.id) if item else ()
        found = next((v for v in editions if digest_of(v.closure.root) == wanted), None)
        if found is None:
            raise BadInput(f"The disclosure '{key}' is no longer stored in the version that was quoted.")
        texts[key] = split(decode(found.source, found.origin)).body
        referenced[f"disclosures/{key}"] = found.closure.root
    return texts, referenced
