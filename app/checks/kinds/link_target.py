"""Where links lead: allowed schemes, https, no shorteners; bare addresses in the text count as links."""

from collections.abc import Iterator
from typing import Literal

import regex

from app.checks.blocks import BODY, BlockKind, slot_spans
from app.checks.model import CheckContext
from app.checks.reading import Hit, Reading
from app.checks.rules import RuleBase

_SCHEME = regex.compile(r"[\s\x00-\x20]*([a-z][a-z0-9+.-]{0,30}):", regex.IGNORECASE)
_HOST = regex.compile(r"https?://(?:[^/@\s]*@)?([^/:?#\s]+)", regex.IGNORECASE)
_BARE = regex.compile(
    r"\b(?:https?://|www\.)[^\s<>\"')\]]+|\b(?:javascript|vbscript|data):[^\s<>\"')\]]+|\b[a-z0-9-]{2,20}\.(?:ly|gl|co|gd|cc|me|at)/[\w-]+",
    regex.IGNORECASE,
)
_REFERENCE = regex.compile(r"\]\s*\[|\]$")


class LinkTargetRule(RuleBase):
    """``check`` is ``scheme`` (only those in ``allowed``), ``insecure`` (http) or ``host`` (those in ``hosts`` are refused)."""

    kind: Literal["link_target"]
    check: Literal["scheme", "insecure", "host"]
    allowed: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def hits(rule: LinkTargetRule, reading: Reading, context: CheckContext) -> Iterator[Hit]:
    """Every link that leads where it must not."""
    for block in reading.document.blocks:
        if block.kind is BlockKind.LINK_TARGET:
            if not _REFERENCE.match(block.text) and _bad(rule, block.text):
                yield Hit(*block.mapped.span(0, len(block.text)), position=block.kind)
        elif block.kind in BODY and any(sign in block.text for sign in ("/", ":", "www.")):
            for match in _BARE.finditer(block.text, timeout=0.25):
                if _bad(rule, match.group()):
                    yield Hit(*block.mapped.span(*match.span()), position=block.kind)


def _bad(rule: LinkTargetRule, target: str) -> bool:
    spans = slot_spans(target)
    if spans and spans[0][0] == 0:
        return False  # a field of type URL: its values are checked when they arrive
    scheme = _SCHEME.match(target)
    if rule.check == "scheme":
        return scheme is not None and scheme.group(1).lower() not in rule.allowed
    if rule.check == "insecure":
        return scheme is not None and scheme.group(1).lower() == "http"
    host = _HOST.match(target)
    name = (host.group(1) if host else target.split("/", maxsplit=1)[0]).lower().removeprefix("www.")
    return name in rule.hosts
