"""A content file, a passage or a rendered message as blocks of text, every character mapped to its source.

In: text. Out: a frozen :class:`Document`. Always: offsets are Unicode code points of the text as given; what a reader or
a mail client shows is there (subject and preheader together, alt texts, link titles, button labels, fallbacks), comments
are not.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import regex

from app.authoring.front_matter import MAX_FILE_BYTES, Entry, FrontMatter, split
from app.checks.blocks import Block, BlockKind
from app.checks.markdown_text import read_markdown
from app.checks.source_map import MappedText, Weaver, identity, joined
from app.kernel.errors import BadInput
from app.kernel.finding import Span

_WRAP = regex.compile(r"(?<=[^\n]{50})\n(?![-*\u2022>#|\d\s])|\n(?=\p{Ll})")
_PARAGRAPHS = regex.compile(r"[^\n]+(?:\n(?![ \t\r]*\n)[^\n]+)*")


@dataclass(frozen=True, slots=True)
class Document:
    """``source`` with its blocks in reading order. ``entries`` is the front matter, empty for a loose passage."""

    source: str
    blocks: tuple[Block, ...]
    entries: Mapping[str, Entry] = field(default_factory=dict)
    body_start: int = 0
    markup: tuple[tuple[int, int], ...] = ()
    """Source spans of raw HTML tags in Markdown, comments left out."""
    line_starts: tuple[int, ...] = (0,)

    def span(self, start: int, end: int) -> Span:
        """Source offsets with line and column, both from 1; only LF ends a line."""
        line = bisect_right(self.line_starts, start)
        return Span(start, end, line, start - self.line_starts[line - 1] + 1)

    def of(self, *kinds: BlockKind) -> Iterator[Block]:
        """Blocks of these kinds in order."""
        return (block for block in self.blocks if block.kind in kinds)

    def value(self, key: str, part: str = "") -> str:
        """A text of the front matter, or "" when it is not given."""
        entry = self.entries.get(key)
        if entry is not None and part:
            entry = entry.parts.get(part)
        return entry.value.strip() if entry is not None and isinstance(entry.value, str) else ""


def read_source(text: str, *, plain: bool = False, source: str = "") -> Document:
    """A content file or a loose passage; front matter is read when the text starts with ``---``.

    ``plain`` takes the body for plain text (text messages, call notes). Raises ``BadInput`` for what is too big, not text,
    nested too deep or has bad front matter.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FILE_BYTES:
        raise BadInput(f"The text has more than {MAX_FILE_BYTES:,} bytes. Split it into several items.", source=source)
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadInput("This is not text. Save it as UTF-8 text without NUL or surrogate characters.", source=source)
    head = split(text, source) if text.startswith("---\n") else None
    start = head.body_start if head else 0
    blocks = [*_head_blocks(head)] if head else []
    markup: tuple[tuple[int, int], ...] = ()
    if plain:
        blocks += _paragraphs(text, start)
    else:
        body, markup = read_markdown(text, start, source)
        blocks += body
    return Document(text, tuple(blocks), head.entries if head else {}, start, markup, _line_starts(text))


def read_rendered(subject: str, text: str) -> Document:
    """A message as it would leave: ``source`` is subject, LF, text (no LF when there is no subject)."""
    head = f"{subject}\n" if subject else ""
    blocks = [Block(BlockKind.ENVELOPE, identity(subject))] if subject else []
    whole = head + text
    return Document(whole, (*blocks, *_paragraphs(whole, len(head))), {}, len(head), (), _line_starts(whole))


def _paragraphs(text: str, start: int) -> list[Block]:
    """Paragraphs of plain text; a line that is only wrapped runs on with a blank."""
    blocks = []
    for paragraph in _PARAGRAPHS.finditer(text, start):
        weaver, position = Weaver(), paragraph.start()
        for wrap in _WRAP.finditer(text, *paragraph.span()):
            weaver.literal(text[position : wrap.start()], position)
            weaver.whole(" ", *wrap.span())
            position = wrap.end()
        weaver.literal(text[position : paragraph.end()], position)
        blocks.append(Block(BlockKind.PARAGRAPH, weaver.woven()))
    return blocks


def _line_starts(text: str) -> tuple[int, ...]:
    starts, position = [0], text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return tuple(starts)


def _head_blocks(head: FrontMatter) -> Iterator[Block]:
    """The front matter a recipient meets."""
    envelope = []
    for key, kind in (("subject", BlockKind.SUBJECT), ("preheader", BlockKind.PREHEADER)):
        entry = head.entries.get(key)
        if entry is not None and isinstance(entry.value, str) and entry.value.strip():
            mapped = _value(head.text, entry)
            envelope.append(mapped)
            yield Block(kind, mapped)
    if envelope:
        yield Block(BlockKind.ENVELOPE, joined(envelope, " "))
    cta = head.entries.get("cta")
    for name, part in (cta.parts if cta else {}).items():
        yield Block(BlockKind.LINK_TARGET if name == "url" else BlockKind.CTA, _value(head.text, part))
    for key, kind in (("fallbacks", BlockKind.FALLBACK), ("images", BlockKind.ALT)):
        texts = head.entries.get(key)
        for part in (texts.parts if texts else {}).values():
            yield Block(kind, _value(head.text, part))


def _value(text: str, entry: Entry) -> MappedText:
    """A front matter value, aligned with how it is written: plain, quoted, or folded over lines."""
    value = entry.value if isinstance(entry.value, str) else ""
    start, end = entry.span.start, entry.span.end
    found = text.find(value, start, end)
    if found >= 0:
        return identity(value, found)
    weaver, position = Weaver(), start
    for character in value:
        at = position
        if character.isspace():
            while at < end and not text[at].isspace():
                at += 1
            position = at
            while position < end and text[position].isspace():
                position += 1
            weaver.whole(character, at, max(position, at + 1) if at < end else at)
            continue
        at = text.find(character, position, end)
        if at < 0 or at - position > 8:  # written as an escape: the whole value answers for it
            return _whole(value, start, end)
        weaver.literal(character, at)
        position = at + 1
    return weaver.woven()


def _whole(value: str, start: int, end: int) -> MappedText:
    weaver = Weaver()
    weaver.whole(value, start, end)
    return weaver.woven()
