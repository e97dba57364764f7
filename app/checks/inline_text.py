"""Inline Markdown to text with an exact map: emphasis, code, links, images, entities, escapes, breaks, inline HTML.

The parser keeps positions of blocks only. Its inline tokens come in source order and say how much markup each one stood
for, so a cursor that walks the content beside the tokens never has to guess; links, images and inline HTML report their
own extent through wrapped rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import regex
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, autolink, html_inline, image, link
from markdown_it.token import Token

from app.checks.html_text import read_html
from app.checks.source_map import MappedText, Weaver

Rule = Callable[[StateInline, bool], bool]
_BREAK = regex.compile(r"(?:\\|[ ]*)\n[ \t]*")
_MARKED = frozenset("em_open em_close strong_open strong_close s_open s_close".split())


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the stretch of the inline text it covers, where it leads (as written), and its title."""

    text_start: int
    text_end: int
    target: MappedText
    title: MappedText


@dataclass(slots=True)
class Inline:
    """What one inline token gave."""

    text: MappedText
    links: list[Link]
    images: list[tuple[MappedText, MappedText]]
    """Alternative text and address of each image."""
    markup: list[tuple[int, int]]
    """Source spans of inline HTML other than comments."""


@cache
def parser() -> MarkdownIt:
    """The one parser: CommonMark with tables and strike-through, any link target accepted because rules judge it."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.core.ruler.disable("text_join")
    for name, rule in (("link", link), ("image", image), ("autolink", autolink), ("html_inline", html_inline)):
        markdown.inline.ruler.at(name, _recording(rule))
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    return markdown


def _recording(rule: Rule) -> Rule:
    def recorded(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser calls it so
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            made = [token for token in state.tokens[before:] if token.type in ("link_open", "image", "html_inline")]
            if made:
                made[0].meta["span"] = (start, state.pos)
            if state.tokens and state.tokens[-1].type == "link_close":
                state.tokens[-1].meta["end"] = state.pos
        return True

    return recorded


class _Walker:
    """One pass over the tokens of one inline token. ``content`` maps the parser's content to the source."""

    def __init__(self, content: MappedText, written: str) -> None:
        self.content = content
        self.written = written
        self.masked = content.text
        self.links: list[Link] = []
        self.images: list[tuple[MappedText, MappedText]] = []
        self.markup: list[tuple[int, int]] = []

    def walk(self, tokens: Sequence[Token], position: int, base: int, weaver: Weaver) -> int:
        opened: list[int] = []
        automatic = False
        for token in tokens:
            kind = token.type
            if kind == "text":
                if not automatic:
                    position = self._literal(token.content, position, weaver)
            elif kind == "text_special":
                self._whole(token.content, position, position + len(token.markup), weaver)
                position += len(token.markup)
            elif kind in _MARKED:
                position += len(token.markup)
            elif kind in ("softbreak", "hardbreak"):
                position = self._line_break(kind, position, weaver)
            elif kind == "link_open":
                opened.append(weaver.length)
                automatic = token.info == "auto"
                position = self._link_start(token, base, weaver)
            elif kind == "link_close":
                end = base + int(token.meta["end"])
                self._link(opened.pop(), weaver, position, end, automatic=automatic)
                position, automatic = end, False
            else:
                position = self._whole_token(token, position, base, weaver)
        return position

    def _whole_token(self, token: Token, position: int, base: int, weaver: Weaver) -> int:
        if token.type == "image":
            return self._image(token, base)
        if token.type == "html_inline":
            return self._html(token, position, weaver)
        if token.type == "code_inline":
            return self._code(token, position, weaver)
        return position

    def _link_start(self, token: Token, base: int, weaver: Weaver) -> int:
        """Steps over the opening sign; an address in angle brackets is its own text, taken as written."""
        start, end = (base + int(offset) for offset in token.meta["span"])
        if token.info != "auto":
            return start + 1
        weaver.mapped(self._piece(start + 1, end - 1))
        return end - 1

    def _piece(self, start: int, end: int) -> MappedText:
        """``[start, end)`` of the content, in the words of the source (merge fields unmasked)."""
        weaver = Weaver()
        weaver.mapped(self.content, start, end)
        piece = weaver.woven()
        if len(piece.pieces) == 1 and piece.pieces[0].literal:
            only = piece.pieces[0]
            return MappedText(self.written[only.start : only.end], piece.pieces, piece.starts)
        return piece

    def _literal(self, text: str, position: int, weaver: Weaver) -> int:
        if not text:
            return position
        found = self.masked.find(text, position)
        start = position if found < 0 else found
        weaver.mapped(self._piece(start, start + len(text)))
        return start + len(text)

    def _whole(self, text: str, start: int, end: int, weaver: Weaver) -> None:
        weaver.whole(text, *self.content.span(start, end))

    def _line_break(self, kind: str, position: int, weaver: Weaver) -> int:
        match = _BREAK.match(self.masked, position)
        end = match.end() if match else position
        self._whole(" " if kind == "softbreak" else "\n", position, max(end, position + 1), weaver)
        return end

    def _code(self, token: Token, position: int, weaver: Weaver) -> int:
        start = position + len(token.markup)
        closing = regex.compile(rf"(?<!`){token.markup}(?!`)").search(self.masked, start)
        end = closing.start() if closing else len(self.masked)
        padded = end - start > len(token.content)
        low, high = (start + 1, end - 1) if padded else (start, end)
        for line in regex.finditer(r"[^\n]+|\n", self.masked[low:high]):
            if line.group() == "\n":
                self._whole(" ", low + line.start(), low + line.end(), weaver)
            else:
                weaver.mapped(self._piece(low + line.start(), low + line.end()))
        return end + len(token.markup)

    def _link(self, text_start: int, weaver: Weaver, position: int, end: int, *, automatic: bool) -> None:
        target, title = self._piece(position, end), MappedText("", (), ())
        if automatic:
            target = self._piece(position - (weaver.length - text_start), position)
        elif self.masked.startswith("](", position):
            target, title = self._destination(position + 2, end - 1)
        self.links.append(Link(text_start, weaver.length, target, title))

    def _destination(self, position: int, end: int) -> tuple[MappedText, MappedText]:
        while position < end and self.masked[position].isspace():
            position += 1
        result = parser().helpers.parseLinkDestination(self.masked, position, end)
        stop = result.pos if result.ok else end
        wrapped = self.masked.startswith("<", position)
        title_start, title_end = stop, end
        while title_start < end and self.masked[title_start].isspace():
            title_start += 1
        while title_end > title_start and self.masked[title_end - 1].isspace():
            title_end -= 1
        inner = 1 if title_end - title_start >= 2 else 0
        title = self._piece(title_start + inner, title_end - inner)
        return self._piece(position + wrapped, stop - wrapped), title

    def _image(self, token: Token, base: int) -> int:
        start, end = (base + int(offset) for offset in token.meta["span"])
        alt = Weaver()
        after = self.walk(token.children or [], start + 2, start + 2, alt)
        target = self._piece(after, end)
        if self.masked.startswith("](", after):
            target, _ = self._destination(after + 2, end - 1)
        self.images.append((alt.woven(), target))
        return end

    def _html(self, token: Token, position: int, weaver: Weaver) -> int:
        end = position + len(token.content)
        if not token.content.startswith("<!--"):
            self.markup.append(self.content.span(position, end))
        visible, _, _ = read_html(self._piece(position, end))
        weaver.mapped(visible)
        return end


def read_inline(token: Token, content: MappedText, written: str) -> Inline:
    """Text, links, images and HTML of one inline token. ``content`` maps its content to ``written``, the whole source."""
    walker, weaver = _Walker(content, written), Weaver()
    walker.walk(token.children or [], 0, 0, weaver)
    return Inline(weaver.woven(), walker.links, walker.images, walker.markup)
