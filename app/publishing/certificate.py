"""The approval certificate as JSON: what was approved, by whom, on which findings, for how long, and where the log has it.

Built from recorded facts only, so that it can be made again at any time and compared. Pure.
"""

from collections.abc import Mapping

from app.authoring.model import Item, Version
from app.kernel.clock import iso
from app.kernel.digest import Json, digest_of
from app.kernel.finding import Refusal
from app.publishing.model import Publication
from app.review.model import Round, RoundState
from app.review.signing import PREFIX
from app.storage.keys import VerifyKey

FORMAT = "placet.certificate.v1"


def certificate(
    item: Item,
    version: Version,
    round_: Round,
    publication: Publication | None,
    report: Mapping[str, Json],
    key: VerifyKey,
    log_proof: Json = None,
) -> dict[str, Json] | Refusal:
    """The certificate of an approved round; refuses with ``round_not_approved``.

    ``report`` is the stored finding report; ``log_proof`` the inclusion proof of the approval's log entry, or None when no
    checkpoint covers it yet. The state of the publication is left out on purpose: it changes, a certificate does not.
    """
    if round_.state is not RoundState.APPROVED:
        return Refusal("round_not_approved", {"round": round_.id, "state": round_.state.value})
    return {
        "format": FORMAT,
        "content": _content(item, version),
        "round": {
            "id": round_.id,
            "submitted_by": round_.submitted_by,
            "submitted_at": iso(round_.submitted_at),
            "approved_at": iso(round_.state_since),
            "required_roles": sorted(role.value for role in round_.required),
            "max_valid_days": round_.max_valid_days,
            "authors": sorted(round_.leaf_authors),
        },
        "signatures": [{"statement": s.text, "signature": s.signature, "key_id": s.key_id} for s in round_.signatures],
        "key": {"key_id": key.key_id, "ed25519": key.raw.hex(), "prefix": PREFIX.hex()},
        "findings": {"digest": round_.report_digest, "pack_digest": round_.pack_digest, "report": dict(report)},
        "policy": {"id": round_.policy, "digest": round_.policy_digest},
        "publication": None if publication is None else _publication(publication),
        "log_proof": log_proof,
    }


def certificate_digest(made: Mapping[str, Json]) -> str:
    """SHA-256 of the canonical form without the log proof, which may be added later."""
    return digest_of({name: value for name, value in made.items() if name != "log_proof"})


def _content(item: Item, version: Version) -> dict[str, Json]:
    return {
        "item": item.key,
        "title": version.metadata.title,
        "version": version.number,
        "version_id": version.id,
        "content_type": version.metadata.content_type.value,
        "channel": version.metadata.channel.value,
        "audience": version.metadata.audience.value,
        "purpose": version.metadata.purpose,
        "jurisdictions": list(version.metadata.jurisdictions),
        "locale": version.metadata.locale,
        "source": version.source.decode("utf-8"),
        "source_digest": version.source_digest,
        "closure_root": version.closure.root,
        "leaves": dict(version.closure.leaves),
        "skeleton": version.skeleton.as_json(),
        "sender": None if version.sender is None else version.sender.as_json(),
    }


def _publication(publication: Publication) -> dict[str, Json]:
    return {
        "id": publication.id,
        "valid_from": iso(publication.valid_from),
        "valid_until": iso(publication.valid_until),
        "review_by": iso(publication.review_by),
        "owner": publication.owner_id,
        "published_by": publication.published_by,
        "published_at": iso(publication.published_at),
    }
