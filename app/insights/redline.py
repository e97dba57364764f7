"""What one version changes against another, word by word. Pure.

In: two versions. Out: blocks of runs in reading order, and numbered changes, material ones first. Always: every part of
the closure that people wrote is a line here (words, links, sender, audience, quoted disclosures), so a change that the
digest notices is one that a reviewer can see.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from app.authoring.model import Channel, Version
from app.checks.document import read_source
from app.insights.labels import AUDIENCES
from app.insights.materiality import label_of

_TOKEN = re.compile(
    r"\{\{[^{}]*\}\}|https?://[^\s)>\]]+|\d+(?:[.,:/]\d+)*%?|[^\W\d_]+(?:['’-][^\W\d_]+)*|\s+|[^\w\s]|\w"
)
_WORD = re.compile(r"\w")
_ALIKE = 0.5
"""Two blocks that share less than this much are a removal and an addition, not an edit."""
_LARGEST_REGION = 4_000
"""Pairs of blocks compared in one region; a rewrite larger than that is shown as removed and added."""
_ROLES = {
    "subject": "subject", "preheader": "preheader", "heading": "heading", "paragraph": "paragraph", "list_item": "item",
    "table_cell": "paragraph", "code": "paragraph", "link_target": "small", "link_title": "small", "alt": "small",
}  # fmt: skip
_PREFIX = {"link_target": "Link: ", "link_title": "Link title: ", "alt": "Image: "}
_HEAD = frozenset({"subject", "preheader"})


@dataclass(frozen=True, slots=True)
class Line:
    """One block of a version. ``topic`` names what it is when it is not a word of the body."""

    role: str
    text: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a block. ``kind`` is same, inserted or deleted; ``change`` its number, 0 for unchanged text."""

    kind: str
    text: str
    change: int = 0


@dataclass(frozen=True, slots=True)
class RedlinedBlock:
    role: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class RedlineChange:
    """One change. ``material`` ones (numbers, negations, obligations, links, sender, disclosures) come first."""

    number: int
    label: str
    before: str
    after: str
    material: bool
    place: str


@dataclass(frozen=True, slots=True)
class Redline:
    """``words`` are those of the newer version; ``changed`` how many words differ; ``identical`` compares the digests."""

    blocks: tuple[RedlinedBlock, ...]
    changes: tuple[RedlineChange, ...]
    words: int
    changed: int
    identical: bool


def redline(before: Version | None, after: Version) -> Redline:
    """``after`` against ``before``; without one all of it is new and nothing is marked."""
    new = lines_of(after)
    words = sum(words_in(line.text) for line in new if not line.topic)
    if before is None:
        plain = tuple(RedlinedBlock(line.role, (Stretch("same", line.text),)) for line in new)
        return Redline(plain, (), words, words, identical=False)
    blocks, changes, changed = _compare(lines_of(before), new)
    return Redline(blocks, changes, words, changed, before.closure.root == after.closure.root)


def lines_of(version: Version) -> tuple[Line, ...]:
    """Everything people wrote of a version, as lines in reading order: head, body, button, then the frame."""
    metadata = version.metadata
    document = read_source(version.source.decode("utf-8"), plain=metadata.channel is Channel.SMS)
    head, body, rest = [], [], []
    for block in document.blocks:
        kind = block.kind.value
        if kind in _HEAD:
            head.append(Line(kind, block.text))
        elif kind == "cta":
            rest.append(Line("action", block.text))
        elif kind == "fallback":
            rest.append(Line("frame", f"When a value is missing: {block.text}", "Fallback"))
        elif kind == "link_target" and block.text == metadata.cta_url:
            rest.append(Line("frame", f"Button leads to: {block.text}", "Link"))
        elif kind in _ROLES:
            topic = "Link" if kind == "link_target" else ""
            body.append(Line(_ROLES[kind], _PREFIX.get(kind, "") + block.text, topic))
    return (*head, *body, *rest, *_frame_of(version))


def _frame_of(version: Version) -> Iterator[Line]:
    metadata, sender = version.metadata, version.sender
    if sender is not None:
        yield Line(
            "frame", f"From {sender.display_name} <{sender.from_address}>, replies to {sender.reply_to}", "Sender"
        )
        yield Line("frame", f"{sender.organisation}, {sender.postal_address}", "Postal address")
    facts = {
        "Title": metadata.title,
        "Audience": f"{AUDIENCES[metadata.audience]}, leads of type {metadata.lead_type.replace('_', ' ')}",
        "Purpose": f"{metadata.purpose}, stage {metadata.stage.value.replace('_', ' ')}",
        "Service line": metadata.service_line,
        "Language": metadata.locale,
        "Jurisdictions": ", ".join(metadata.jurisdictions),
        "Claims": ", ".join(metadata.claims),
        "Proposed days": " to ".join(day for day in (metadata.valid_from, metadata.valid_until) if day),
    }
    for label, text in facts.items():
        if text:
            yield Line("frame", f"{label}: {text}", label)
    for key in metadata.disclosures:
        digest = version.closure.leaves.get(f"disclosures/{key}", "")
        yield Line("frame", f"Quotes {key} ({digest[:8]})", "Disclosure")


def words_in(text: str) -> int:
    """How many words a text has."""
    return sum(1 for token in _TOKEN.findall(text) if _WORD.search(token))


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A stretch of two texts: equal ones have the same words on both sides."""

    before: str
    after: str
    equal: bool


def _compare(
    old: Sequence[Line], new: Sequence[Line]
) -> tuple[tuple[RedlinedBlock, ...], tuple[RedlineChange, ...], int]:
    drafts: list[RedlineChange] = []
    rows: list[tuple[str, list[tuple[_Hunk, int]]]] = []
    heading, count, changed = "", 0, 0
    for left, right in _pairs(old, new):
        line = right or left
        assert line is not None
        if line.role == "heading":
            heading, count = line.text, 0
        else:
            count += 1
        place = line.topic or line.role.capitalize() if line.topic or line.role in _HEAD else _place(heading, count)
        row: list[tuple[_Hunk, int]] = []
        for hunk in _hunks(left.text if left else "", right.text if right else ""):
            number = 0
            if not hunk.equal:
                number = len(drafts) + 1
                label, material = label_of(hunk.before, hunk.after, line.topic)
                drafts.append(RedlineChange(number, label, hunk.before.strip(), hunk.after.strip(), material, place))
                changed += max(words_in(hunk.before), words_in(hunk.after))
            row.append((hunk, number))
        rows.append((line.role, row))
    ordered = sorted(drafts, key=lambda change: (not change.material, change.number))
    number_of = {change.number: place for place, change in enumerate(ordered, 1)}
    blocks = tuple(RedlinedBlock(role, tuple(_stretches(row, number_of))) for role, row in rows)
    return blocks, tuple(replace(change, number=number_of[change.number]) for change in ordered), changed


def _place(heading: str, count: int) -> str:
    return f"{heading}, block {count}" if heading else f"block {count}"


def _stretches(row: Sequence[tuple[_Hunk, int]], number_of: dict[int, int]) -> Iterator[Stretch]:
    for hunk, number in row:
        if hunk.equal:
            yield Stretch("same", hunk.after)
            continue
        if hunk.before:
            yield Stretch("deleted", hunk.before, number_of[number])
        if hunk.after:
            yield Stretch("inserted", hunk.after, number_of[number])


def _pairs(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Lines that belong together, in order; one side is None for a line that was removed or added."""
    left: list[Line] = []
    right: list[Line] = []
    for op in Indel.opcodes(old, new):
        if op.tag == "equal":
            yield from _align(left, right)
            left, right = [], []
            yield from zip(old[op.src_start : op.src_end], new[op.dest_start : op.dest_end], strict=True)
        else:
            left += old[op.src_start : op.src_end]
            right += new[op.dest_start : op.dest_end]
    yield from _align(left, right)


def _align(left: Sequence[Line], right: Sequence[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """The pairing of two changed regions that keeps the order and shares the most words."""
    if len(left) * len(right) > _LARGEST_REGION:
        yield from ((line, None) for line in left)
        yield from ((None, line) for line in right)
        return
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    alike = [[_likeness(a, b) for b in right] for a in left]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i][j] and alike[i][j] + best[i + 1][j + 1])
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right) and alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield left[i], right[j]
            i, j = i + 1, j + 1
        elif i < len(left) and (j >= len(right) or best[i][j] == best[i + 1][j]):
            yield left[i], None
            i += 1
        else:
            yield None, right[j]
            j += 1


def _likeness(a: Line, b: Line) -> float:
    if a.role != b.role or a.topic != b.topic:
        return 0.0
    if a.role in _HEAD or (a.topic and a.topic not in ("Link", "Disclosure", "Fallback")):
        return 1.0
    score = Indel.normalized_similarity(_TOKEN.findall(a.text), _TOKEN.findall(b.text))
    return score if score >= _ALIKE else 0.0


def _hunks(before: str, after: str) -> Iterator[_Hunk]:
    """Two texts as alternating equal and changed stretches; a blank between two changes belongs to them."""
    if before == after:
        yield _Hunk(before, after, equal=True)
        return
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pending = ("", "")
    blank = ""
    for op in Indel.opcodes(old, new):
        tag = op.tag
        text = "".join(old[op.src_start : op.src_end] if tag == "delete" else new[op.dest_start : op.dest_end])
        if tag == "equal" and not text.strip() and any(pending):
            blank += text
        elif tag == "equal":
            yield from _flush(pending, blank)
            pending, blank = ("", ""), ""
            yield _Hunk(text, text, equal=True)
        else:
            pending = (pending[0] + blank, pending[1] + blank) if blank else pending
            blank = ""
            pending = (pending[0] + text, pending[1]) if tag == "delete" else (pending[0], pending[1] + text)
    yield from _flush(pending, blank)


def _flush(pending: tuple[str, str], blank: str) -> Iterator[_Hunk]:
    if any(pending):
        yield _Hunk(*pending, equal=False)
    if blank:
        yield _Hunk(blank, blank, equal=True)
