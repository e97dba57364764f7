"""Markdown becomes an HTML fragment and a plain text, both from the same tokens of the source.

In: Markdown with slots protected as plain words (:func:`protect`). Out: sanitised HTML, text, links. Always: HTML in the
source comes out as the characters that were typed; a link is https, mailto, tel or one merge field that holds a link.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.authoring.fields import FIELDS, FieldKind, find_slots
from app.authoring.model import Literal, Part, Slot
from app.kernel.errors import BadInput

MAX_BRACKETS = 2_000
"""Reading time grows with the square of unmatched brackets; no message needs that many."""
_MARK = "placetslot"
_TAGS = {
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
}
_TAGS |= {"pre", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
_ALIGN = re.compile(r' style="text-align:(left|right|center)"')
_LINK = re.compile(r"https://[^\s\"<>{}|\\^`']+|mailto:[^\s\"<>{}|\\^`'?]+|tel:\+?[0-9-]{5,20}")


@dataclass(frozen=True, slots=True)
class Protected:
    """Markdown whose slots stand as plain words; ``words`` maps each word to its field."""

    text: str
    words: Mapping[str, str]

    def cut(self, text: str) -> Part:
        """``text`` as a part: the words become slots again."""
        if not self.words:
            return (Literal(text),) if text else ()
        pattern = re.compile("(" + "|".join(self.words) + ")")
        pieces = [Slot(self.words[p]) if p in self.words else Literal(p) for p in pattern.split(text) if p]
        return tuple(pieces)

    def named(self, text: str) -> str:
        """``text`` with the words written as ``{{ name }}`` again."""
        for word, name in self.words.items():
            text = text.replace(word, "{{ " + name + " }}")
        return text


def protect(text: str, taken: str = "", start: int = 0, source: str = "") -> Protected:
    """Replace every slot of ``text[start:]`` by a word that occurs neither in it nor in ``taken``.

    Raises ``BadInput`` at a brace that belongs to no known field; positions count in the whole of ``text``.
    """
    mark = _MARK
    while mark in text.lower() or mark in taken.lower():
        mark += "q"
    out, words, position = [], {}, start
    for slot in find_slots(text, start, source=source):
        word = f"{mark}{len(FIELDS)}x{sorted(FIELDS).index(slot.field)}z"
        words[word] = slot.field
        out += [text[position : slot.start], word]
        position = slot.end
    return Protected("".join([*out, text[position:]]), words)


def parse(protected: Protected, source: str = "", first_line: int = 1) -> list[Token]:
    """CommonMark tokens with tables. Raises ``BadInput`` for images, for links that go nowhere allowed and for bracket floods."""
    if protected.text.count("[") > MAX_BRACKETS:
        raise BadInput(f"More than {MAX_BRACKETS} opening brackets. Remove those that are no links.", source=source)
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    reader.validateLink = bool  # type: ignore[assignment,method-assign]  # our own check says why and where
    tokens = reader.parse(protected.text)
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            _check_inline(child, protected, source, line)
    return tokens


def _check_inline(token: Token, protected: Protected, source: str, line: int) -> None:
    if token.type == "image":
        raise BadInput("Images cannot be placed yet. Say it in words, or link to a page.", source=source, line=line)
    if token.type != "link_open":
        return
    url = str(token.attrGet("href"))
    field = protected.words.get(url)
    if field is not None and FIELDS[field].kind is FieldKind.URL:
        return
    if any(word in url for word in protected.words):
        message = "A merge field in a link must be the whole link and hold one, as [Book](<{{ appointment_link }}>)."
        raise BadInput(message, source=source, line=line)
    if not _LINK.fullmatch(url):
        message = f"The link '{url[:60]}' is not allowed. Use an https address, mailto: or tel:."
        raise BadInput(message, source=source, line=line)


def to_html(tokens: Sequence[Token]) -> str:
    """A sanitised HTML fragment."""
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").renderer.render(tokens, _OPTIONS, {})
    aligned = _ALIGN.sub(r' align="\1"', rendered)
    return nh3.clean(
        aligned, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "mailto", "tel"}, link_rel=None
    ).strip()


_OPTIONS = MarkdownIt("commonmark", {"html": False}).options


def links_of(tokens: Sequence[Token], protected: Protected) -> tuple[str, ...]:
    """Link targets in order of appearance, slots as ``{{ name }}``."""
    inline = [child for token in tokens for child in token.children or []]
    return tuple(protected.named(str(t.attrGet("href"))) for t in inline if t.type == "link_open")


def to_text(tokens: Sequence[Token]) -> str:
    """Plain text that reads like the page: blank lines between blocks, "- " and "1. " lists, links with their address."""
    writer = _TextWriter()
    for token in tokens:
        writer.take(token)
    return "\n".join(writer.lines).strip("\n")


class _TextWriter:
    """Walks block tokens and collects lines; containers are kept as a stack of prefixes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._prefixes: list[str] = []
        self._bullet = ""
        self._counters: list[int | None] = []
        self._cells: list[str] | None = None
        self._tight = False

    def take(self, token: Token) -> None:
        """Write one token."""
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self._blank(outer=bool(self._counters))
            self._counters.append(int(token.attrGet("start") or 1) if kind.startswith("ordered") else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._counters.pop()
        elif kind == "list_item_open":
            self._open_item()
        elif kind in ("list_item_close", "blockquote_close"):
            self._prefixes.pop()
        elif kind == "blockquote_open":
            self._blank()
            self._prefixes.append("> ")
        elif kind in ("paragraph_open", "heading_open"):
            self._blank(outer=token.hidden or bool(self._bullet))
        elif kind in ("fence", "code_block"):
            self._blank()
            self._write(token.content.rstrip("\n"))
        elif kind == "hr":
            self._blank()
            self._write("----")
        elif kind in ("table_open", "tr_open", "tr_close", "inline"):
            self._take_table_or_inline(token)

    def _take_table_or_inline(self, token: Token) -> None:
        if token.type == "table_open":
            self._blank()
        elif token.type == "tr_open":
            self._cells = []
        elif token.type == "tr_close":
            self._write(" | ".join(self._cells or []))
            self._cells = None
        elif self._cells is not None:
            self._cells.append(inline_text(token.children or []).replace("\n", " "))
        else:
            self._write(inline_text(token.children or []))

    def _open_item(self) -> None:
        count = self._counters[-1]
        self._bullet = "- " if count is None else f"{count}. "
        if count is not None:
            self._counters[-1] = count + 1
        self._prefixes.append(" " * len(self._bullet))

    def _blank(self, *, outer: bool = False) -> None:
        if not outer and self.lines and self.lines[-1].strip(" >"):
            self.lines.append("".join(p for p in self._prefixes if p == "> ").rstrip())

    def _write(self, text: str) -> None:
        for line in text.split("\n"):
            prefixes = "".join(self._prefixes)
            if self._bullet:
                prefixes = prefixes[: -len(self._bullet)] + self._bullet
                self._bullet = ""
            self.lines.append((prefixes + line).rstrip())


def inline_text(children: Sequence[Token]) -> str:
    """The text of inline tokens; a link is followed by its address unless it shows it."""
    out: list[str] = []
    open_links: list[tuple[str, int]] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            out.append(child.content)
        elif child.type == "softbreak":
            out.append(" ")
        elif child.type == "hardbreak":
            out.append("\n")
        elif child.type == "link_open":
            open_links.append((str(child.attrGet("href")), len(out)))
        elif child.type == "link_close":
            url, start = open_links.pop()
            shown = url.removeprefix("mailto:").removeprefix("tel:")
            if _squeezed("".join(out[start:])) not in (_squeezed(url), _squeezed(shown)):
                out.append(f" ({shown})")
    return "".join(out)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s()+.-]", "", text.lower())
