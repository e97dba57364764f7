"""From an approved skeleton and typed values to the message of one person. Pure.

The skeleton is what was signed; a value is encoded for where it lands and can add no markup, no line and no header. After
the message is built it is parsed again and compared, part by part, with the splice: what leaves is what was signed.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr

from app.authoring.fields import FIELDS, MergeField, fields_of, resolve_value, validate_value
from app.authoring.model import Literal, Part, Sender, Skeleton
from app.delivery.model import Rendered
from app.gate.model import RenderedFacts
from app.kernel.digest import sha256
from app.kernel.finding import Refusal

_LOOPBACK = tuple(f"http://{host}{end}" for host in ("127.0.0.1", "[::1]", "localhost") for end in ":/")
ScanRendered = Callable[[str, str], tuple[str, ...]]
"""Subject and text in, ids of the rules that block them out."""
SignMime = Callable[[bytes], bytes]
"""A message in, its DKIM-Signature header with CRLF out; empty when no key is set."""


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is written as it is. The library would turn a long URL into RFC 2047 words, which no mail program
    reads as a URL (RFC 2047 section 5, RFC 8058).
    """

    def fold(self, *, policy: "Policy[Message]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _OneLine)
    return registry


_POLICY = SMTP.clone(cte_type="7bit", header_factory=_registry())


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """All that one e-mail is made of. ``values`` are the lead's own, unchecked; ``system_values`` are Placet's."""

    skeleton: Skeleton
    sender: Sender
    fallbacks: Mapping[str, str]
    locale: str
    version_id: str
    values: Mapping[str, str]
    system_values: Mapping[str, str]
    recipient: str
    message_id: str
    message_id_header: str
    unsubscribe_url: str
    now: datetime


@dataclass(frozen=True, slots=True)
class MergeValues:
    """Checked values per field, and the names of those that are missing or not allowed."""

    values: Mapping[str, str]
    missing: tuple[str, ...]
    refused: tuple[str, ...]


def merge_values(request: RenderRequest) -> MergeValues:
    """Check every value the skeleton needs against its field's type; use an approved fallback where one exists."""
    values: dict[str, str] = {}
    missing, refused = [], []
    skeleton = request.skeleton
    for name in fields_of(skeleton.subject, skeleton.preheader, skeleton.html, skeleton.text):
        field = FIELDS[name]
        if field.system:
            checked = _system_value(field, request.system_values.get(name, ""))
        else:
            checked = resolve_value(field, request.values.get(name, ""), request.fallbacks)
        if not isinstance(checked, Refusal):
            values[name] = checked
        elif checked.code == "merge_value_missing":
            missing.append(name)
        else:
            refused.append(name)
    return MergeValues(values, tuple(missing), tuple(refused))


def _system_value(field: MergeField, value: str) -> Refusal | str:
    """A value of Placet's own. A link to this very machine may do without https, so that a trial install can send."""
    if value.startswith(_LOOPBACK):
        checked = validate_value(field, f"https{value.removeprefix('http')}")
        return checked if isinstance(checked, Refusal) else value
    return validate_value(field, value)


def splice(part: Part, values: Mapping[str, str], encode: Callable[[str], str] = str) -> str:
    """Fill the slots of ``part``; an absent value leaves nothing."""
    return "".join(p.text if isinstance(p, Literal) else encode(values.get(p.field, "")) for p in part)


def encode_html(value: str) -> str:
    """A value as HTML text or attribute content."""
    return html.escape(value, quote=True)


def render(request: RenderRequest, scan: ScanRendered, sign: SignMime) -> Rendered:
    """The e-mail of one person with what the gate needs to know of it."""
    merged = merge_values(request)
    subject = splice(request.skeleton.subject, merged.values)
    text = splice(request.skeleton.text, merged.values)
    markup = splice(request.skeleton.html, merged.values, encode_html)
    mime = _mime(request, subject, text, markup)
    mime = sign(mime) + mime
    postal = request.system_values.get("postal_address", "")
    facts = RenderedFacts(
        failure="",
        digest=sha256(mime),
        matches_skeleton=_reads_back(mime, subject, text, markup),
        missing_fields=merged.missing,
        refused_fields=merged.refused,
        block_findings=scan(subject, text),
        has_postal_address=bool(postal) and postal in text and postal in html.unescape(markup),
        has_unsubscribe=request.unsubscribe_url in text and encode_html(request.unsubscribe_url) in markup,
        has_sender=bool(request.sender.from_address) and bool(request.sender.display_name),
    )
    domain = request.sender.from_address.rpartition("@")[2]
    return Rendered(
        mime, subject, text, markup, f"bounce+{request.message_id}@{domain}", request.recipient,
        request.message_id_header, facts,
    )  # fmt: skip


def _mime(request: RenderRequest, subject: str, text: str, markup: str) -> bytes:
    message = EmailMessage(policy=_POLICY)
    sender = request.sender
    message["From"] = formataddr((sender.display_name, sender.from_address))
    message["To"] = request.recipient
    message["Reply-To"] = sender.reply_to
    message["Subject"] = subject
    message["Date"] = format_datetime(request.now)
    message["Message-ID"] = request.message_id_header
    message["List-Unsubscribe"] = f"<{request.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["X-Content-Version"] = request.version_id
    message.set_content(text)
    message.add_alternative(markup, subtype="html")
    message["Content-Language"] = request.locale  # last: setting content removes Content- headers
    return message.as_bytes()


def _reads_back(mime: bytes, subject: str, text: str, markup: str) -> bool:
    """Whether an independent reading of the bytes gives the splice again: no header, markup or line was added or lost."""
    parsed = message_from_bytes(mime, policy=SMTP)
    plain, rich = parsed.get_body(("plain",)), parsed.get_body(("html",))
    if plain is None or rich is None or parsed.defects or str(parsed["Subject"]) != subject:
        return False
    return _lines(plain.get_content()) == _lines(text) and _lines(rich.get_content()) == _lines(markup)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
