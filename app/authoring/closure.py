"""The closure: everything a recipient can meet, as named leaves, and the root that signatures cover (``design.md`` section 5).

Digest equality means the same closure: a change of one character of anything below changes the root.
"""

from collections.abc import Mapping

from app.authoring.fields import FIELDS, fields_of
from app.authoring.model import Closure, Metadata, Sender, Skeleton
from app.authoring.skeleton import Compiled
from app.kernel.digest import Json, closure_root, digest_of


def closure_of(
    metadata: Metadata, sender: Sender | None, body: str, compiled: Compiled, referenced: Mapping[str, str]
) -> Closure:
    """Leaves and root. ``referenced`` maps ``disclosures/KEY`` and ``claims/KEY`` to the closure root of what is quoted."""
    content = leaf_contents(metadata, sender, body, compiled, referenced)
    leaves = {name: digest_of(value) for name, value in content.items()}
    return Closure(leaves, closure_root(leaves))


def leaf_contents(
    metadata: Metadata, sender: Sender | None, body: str, compiled: Compiled, referenced: Mapping[str, str]
) -> dict[str, Json]:
    """What each leaf is the digest of. Owner and review interval are not here: no recipient meets them."""
    skeleton = compiled.skeleton
    parts = skeleton.as_json()
    leaves: dict[str, Json] = {
        "title": metadata.title,
        "content_type": metadata.content_type.value,
        "channel": metadata.channel.value,
        "purpose": metadata.purpose,
        "audience": metadata.audience.value,
        "lead_type": metadata.lead_type,
        "stage": metadata.stage.value,
        "locale": metadata.locale,
        "jurisdictions": sorted(metadata.jurisdictions),
        "service_line": metadata.service_line,
        "subject": metadata.subject,
        "preheader": metadata.preheader,
        "sender": _sender_leaf(sender),
        "cta": {"label": metadata.cta_label, "url": metadata.cta_url},
        "body": body,
        "subject_part": parts["subject"],
        "preheader_part": parts["preheader"],
        "text_part": parts["text"],
        "html_part": parts["html"],
        "layout": skeleton.layout,
        "fields": _fields_leaf(skeleton, metadata.fallbacks),
        "window": {"from": metadata.valid_from, "until": metadata.valid_until},
    }
    leaves |= {f"links/{number}": url for number, url in enumerate(compiled.links)}
    leaves |= {f"images/{name}": {"alt": alt} for name, alt in metadata.images.items()}
    leaves |= {f"disclosures/{key}": referenced[f"disclosures/{key}"] for key in metadata.disclosures}
    leaves |= {f"claims/{key}": {"key": key, "digest": referenced.get(f"claims/{key}", "")} for key in metadata.claims}
    return leaves


def _sender_leaf(sender: Sender | None) -> Json:
    """Who it is from as the recipient reads it; the edition number is ours, not hers."""
    return None if sender is None else {name: value for name, value in sender.as_json().items() if name != "number"}


def _fields_leaf(skeleton: Skeleton, fallbacks: Mapping[str, str]) -> Json:
    names = fields_of(skeleton.subject, skeleton.preheader, skeleton.html, skeleton.text)
    schema: dict[str, Json] = {name: FIELDS[name].as_json() for name in names}
    return {"schema": schema, "fallbacks": dict(fallbacks)}
