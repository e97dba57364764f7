"""The head of a content file: split from the body, read as plain text values, every value with its place in the file.

In: the text of one content file. Out: entries with spans in code points of the whole file, and where the body starts.
Always: values are strings, lists of strings or one-level maps of strings (YAML's guesses about ``no`` and ``1.10`` never
happen); nothing is written back, so the bytes of the file are what is stored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from rapidfuzz import process

from app.kernel.errors import BadInput
from app.kernel.finding import Span

MAX_FILE_BYTES = 200_000
MAX_HEAD_CHARS = 16_000
_MAX_DEPTH = 2
KEYS = (
    "id", "title", "type", "channel", "audience", "lead_type", "purpose", "stage", "locale", "owner", "review_every_days",
    "sender", "subject", "preheader", "cta", "jurisdictions", "service_line", "claims", "disclosures", "fallbacks", "images",
    "valid_from", "valid_until",
)  # fmt: skip
"""Every key a content file may have."""
Value = str | tuple[str, ...] | Mapping[str, str]
_CLOSING_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value with its place. ``parts`` holds the members of a list (named "0", "1", …) or of a map, each with its place."""

    value: Value
    span: Span
    key_span: Span
    parts: Mapping[str, "Entry"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """``text`` is the whole file, ``text[body_start:]`` its Markdown; ``head_span`` covers the first fence."""

    text: str
    entries: Mapping[str, Entry]
    body_start: int
    head_span: Span
    source: str = ""

    @property
    def body(self) -> str:
        """The Markdown after the closing fence."""
        return self.text[self.body_start :]


def span_at(text: str, start: int, end: int) -> Span:
    """The span ``[start, end)`` of ``text`` with line and column of its start, both from 1; only LF ends a line."""
    line_start = text.rfind("\n", 0, start) + 1
    return Span(start, end, text.count("\n", 0, start) + 1, start - line_start + 1)


def bad_at(message: str, text: str, offset: int, source: str) -> BadInput:
    """A ``BadInput`` that points at ``offset`` of ``text``."""
    place = span_at(text, offset, offset)
    return BadInput(message, source=source, line=place.line, column=place.column)


def decode(data: bytes, source: str = "") -> str:
    """The text of a content file. Raises ``BadInput`` for what is too big, not UTF-8, marked, CRLF or holds control characters."""
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(
            f"The file has {len(data):,} bytes; the limit is {MAX_FILE_BYTES:,}. Split it into several items.",
            source=source,
        )
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadInput(
            "The file starts with a byte order mark. Save it as UTF-8 without BOM.", source=source, line=1, column=1
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise bad_at("This byte is not UTF-8. Save the file as UTF-8.", before, len(before), source) from None
    control = _CONTROL.search(text)
    if control is None:
        return text
    if control.group() == "\r":
        message = "The line ends with CR or CRLF. Save the file with LF line endings."
    else:
        message = f"Control character U+{ord(control.group()):04X} is not allowed. Delete it."
    raise bad_at(message, text, control.start(), source)


def split(text: str, source: str = "") -> FrontMatter:
    """Entries and body of a content file. Raises ``BadInput`` that names line, column and what to do."""
    text = decode(text.encode("utf-8", "surrogatepass"), source)
    if not text.startswith("---\n"):
        raise bad_at("The file does not start with front matter. Put a line --- first.", text, 0, source)
    closing = _CLOSING_FENCE.search(text, 4)
    if closing is None:
        raise bad_at("The front matter does not end. Put a line --- after the last key.", text, 0, source)
    if closing.start() > MAX_HEAD_CHARS:
        raise bad_at(f"The front matter is longer than {MAX_HEAD_CHARS:,} characters. Shorten it.", text, 0, source)
    entries = read_map(text, 4, closing.start(), source, known=KEYS)
    return FrontMatter(text, entries, min(closing.end() + 1, len(text)), Span(0, 3, 1, 1), source)


def read_map(text: str, start: int, end: int, source: str, *, known: Sequence[str] | None) -> dict[str, Entry]:
    """The YAML map at ``text[start:end]``; keys must be among ``known`` unless that is None. Raises ``BadInput``."""
    return _entries(_Head(text, start, end, source), known)


@dataclass(frozen=True, slots=True)
class _Head:
    """The YAML between the fences, with what is needed to say where in the file something stands."""

    text: str
    start: int
    end: int
    source: str

    def bad(self, message: str, index: int) -> BadInput:
        return bad_at(message, self.text, self.start + index, self.source)

    def span(self, node: yaml.Node) -> Span:
        end = self.start + node.end_mark.index
        start = min(self.start + node.start_mark.index, end)
        return span_at(self.text, start, end)


def _entries(head: _Head, known: Sequence[str] | None) -> dict[str, Entry]:
    content = head.text[head.start : head.end]
    try:
        _refuse_cleverness(head, content)
        root = yaml.compose(content, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark: yaml.Mark | None = error.problem_mark or error.context_mark
        index = min(mark.index, len(content)) if mark is not None else 0
        raise head.bad(
            f"This is not readable as YAML: {error.problem}. Quote the value if it holds : or #.", index
        ) from None
    except yaml.reader.ReaderError as error:
        message = f"Character U+{int(error.character):04X} is not allowed here. Delete it."
        raise head.bad(message, int(error.position)) from None
    if root is None:
        raise head.bad("There are no keys here. Write one 'key: value' per line.", 0)
    if not isinstance(root, yaml.MappingNode):
        raise head.bad("These are not 'key: value' lines. Write one key per line.", 0)
    entries = {}
    for key, key_node, node in _pairs(head, root):
        if known is not None and key not in known:
            raise head.bad(f"'{key}' is not a known key.{nearest(key, known)}", key_node.start_mark.index)
        entries[key] = _entry(head, key, key_node, node)
    return entries


def _refuse_cleverness(head: _Head, content: str) -> None:
    """Refuse anchors, aliases, tags, second documents and deep nesting from the flat event stream, before anything recurses."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.BaseLoader):
        index = event.start_mark.index if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise head.bad("Anchors (&) and aliases (*) are not used here. Write the value out, or quote it.", index)
        if getattr(event, "tag", None) is not None:
            raise head.bad("YAML tags (!) are not used here. Remove the tag, or quote the value.", index)
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit:
            raise head.bad("A second document starts here. Keep one block of keys.", index)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise head.bad("Values nest too deep here. Put a text that starts with { or [ in quotes.", index)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _pairs(head: _Head, node: yaml.MappingNode) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """Keys and values of a map; duplicate and non-text keys are refused."""
    pairs: list[tuple[str, yaml.Node, yaml.Node]] = []
    seen: dict[str, int] = {}
    for key_node, value in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or not str(key_node.value).isprintable():
            raise head.bad("A key must be plain text.", key_node.start_mark.index)
        key = str(key_node.value)
        if key in seen:
            line = head.span(key_node).line
            message = f"'{key}' is given twice (first on line {seen[key]}, again on line {line}). Keep one."
            raise head.bad(message, key_node.start_mark.index)
        seen[key] = head.span(key_node).line
        pairs.append((key, key_node, value))
    return pairs


def _entry(head: _Head, key: str, key_node: yaml.Node, node: yaml.Node) -> Entry:
    span, key_span = head.span(node), head.span(key_node)
    if isinstance(node, yaml.ScalarNode):
        return Entry(str(node.value), span, key_span)
    if isinstance(node, yaml.SequenceNode):
        parts = {str(i): _entry(head, key, key_node, item) for i, item in enumerate(node.value)}
        return Entry(tuple(str(part.value) for part in parts.values()), span, key_span, parts)
    assert isinstance(node, yaml.MappingNode)
    parts = {name: _entry(head, key, name_node, item) for name, name_node, item in _pairs(head, node)}
    return Entry({name: str(part.value) for name, part in parts.items()}, span, key_span, parts)


def nearest(word: str, known: Sequence[str]) -> str:
    """A sentence that names the known word most like ``word``, or all of them."""
    close = process.extractOne(word[:80].lower().replace("-", "_"), known, score_cutoff=60)
    return f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(known)}."
