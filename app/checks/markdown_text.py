"""Block Markdown to blocks of mapped text."""

from itertools import count

import regex
from markdown_it.token import Token

from app.checks.blocks import Block, BlockKind, masked
from app.checks.html_text import read_html
from app.checks.inline_text import parser, read_inline
from app.checks.source_map import MappedText, Weaver
from app.kernel.errors import BadInput

MAX_NESTING = 20
"""The parser drops what stands deeper, so such a text is refused instead."""
MAX_BRACKETS = 2_000
"""Opening brackets in one body; a real page has some hundreds, and pairing them costs time that grows with their square."""
_LINE_END = regex.compile(r"\r\n?|\n")
_OUTSIDE = {"heading_open": BlockKind.HEADING, "td_open": BlockKind.TABLE_CELL, "th_open": BlockKind.TABLE_CELL}


class _Lines:
    """The lines of the body as the parser counts them, masked, with their offsets in the source."""

    def __init__(self, source: str, start: int, body: str) -> None:
        self.source = source
        self.texts: list[str] = []
        self.starts: list[int] = []
        position = 0
        for ending in _LINE_END.finditer(body):
            self._add(body[position : ending.start()], start + position)
            position = ending.end()
        self._add(body[position:], start + position)

    def _add(self, text: str, start: int) -> None:
        self.texts.append(text)
        self.starts.append(start)

    def place(self, content: str, first: int, cursor: int = 0) -> tuple[MappedText, int]:
        """``content`` of a token that starts on line ``first``, mapped; and the column after it on its last line."""
        weaver, column = Weaver(), cursor
        for offset, part in zip(count(), content.split("\n")):
            number = min(first + offset, len(self.texts) - 1)
            if offset:
                weaver.whole("\n", self.starts[number] - 1, self.starts[number])
                cursor = 0
            column = self._line(part, number, cursor, weaver)
        return weaver.woven(), column

    def _line(self, part: str, number: int, cursor: int, weaver: Weaver) -> int:
        line, start = self.texts[number], self.starts[number]
        bare, wanted = line.rstrip(), part.rstrip()
        at = len(bare) - len(wanted) if not cursor and bare.endswith(wanted) else line.find(wanted, cursor)
        if at < 0:
            return self._escaped(part, number, cursor, weaver)
        shown = part if line.startswith(part, at) else wanted
        weaver.literal(shown, start + at)
        if len(part) > len(shown):
            weaver.whole(part[len(shown) :], start + at + len(shown), start + len(line))
        return at + len(shown)

    def _escaped(self, part: str, number: int, cursor: int, weaver: Weaver) -> int:
        """A table cell with an escaped bar, or a line whose tabs became spaces."""
        line, start, position = self.texts[number], self.starts[number], cursor
        for character in part:
            at = line.find(character, position)
            if at < 0 or (at > position + 8 and position > cursor):
                weaver.whole(character, start, start + len(line))
                continue
            weaver.literal(character, start + at)
            position = at + 1
        return position


def read_markdown(text: str, start: int, source: str = "") -> tuple[list[Block], tuple[tuple[int, int], ...]]:
    """Blocks of the Markdown ``text[start:]`` and the source spans of its raw HTML. Raises ``BadInput`` when it nests too deep."""
    body = text[:start] + masked(text[start:])
    if body.count("[", start) > MAX_BRACKETS:
        raise BadInput(
            f"The text has more than {MAX_BRACKETS:,} opening brackets. Remove those that start no link.", source=source
        )
    tokens = parser().parse(body[start:])
    deepest = max((token.level for token in tokens), default=0)
    if deepest >= MAX_NESTING - 1:
        place = next(token for token in tokens if token.level >= MAX_NESTING - 1)
        line = text.count("\n", 0, start) + (place.map[0] if place.map else 0) + 1
        raise BadInput("Lists or quotes nest too deep here. Flatten them.", source=source, line=line, column=1)
    reader = _Reader(text, _Lines(text, start, body[start:]))
    for token in tokens:
        reader.take(token)
    return reader.blocks, tuple(reader.markup)


class _Reader:
    """Goes through the block tokens and keeps what encloses the present one."""

    def __init__(self, text: str, lines: _Lines) -> None:
        self.text = text
        self.lines = lines
        self.blocks: list[Block] = []
        self.markup: list[tuple[int, int]] = []
        self._kinds: list[BlockKind] = []
        self._items = 0
        self._row = (-1, 0)

    def take(self, token: Token) -> None:
        if token.type in _OUTSIDE:
            self._kinds.append(_OUTSIDE[token.type])
        elif token.type in ("heading_close", "td_close", "th_close"):
            self._kinds.pop()
        elif token.type == "list_item_open":
            self._items += 1
        elif token.type == "list_item_close":
            self._items -= 1
        elif token.type == "inline":
            self._inline(token)
        elif token.type in ("fence", "code_block") and token.map:
            mapped, _ = self.lines.place(token.content.rstrip("\n"), token.map[0] + (token.type == "fence"))
            self._add(BlockKind.CODE, mapped)
        elif token.type == "html_block" and token.map:
            self._html(token, token.map[0])

    def _kind(self) -> BlockKind:
        if self._kinds:
            return self._kinds[-1]
        return BlockKind.LIST_ITEM if self._items else BlockKind.PARAGRAPH

    def _add(self, kind: BlockKind, mapped: MappedText) -> None:
        if mapped.text.strip():
            self.blocks.append(Block(kind, mapped))

    def _inline(self, token: Token) -> None:
        if not token.map or not token.content:
            return
        line, kind = token.map[0], self._kind()
        cursor = self._row[1] if kind is BlockKind.TABLE_CELL and self._row[0] == line else 0
        content, after = self.lines.place(token.content, line, cursor)
        self._row = (line, after)
        inline = read_inline(token, content, self.text)
        self._add(kind, inline.text)
        for link in inline.links:
            words = Weaver()
            words.mapped(inline.text, link.text_start, link.text_end)
            self._add(BlockKind.LINK_TEXT, words.woven())
            self._add(BlockKind.LINK_TARGET, link.target)
            self._add(BlockKind.LINK_TITLE, link.title)
        for alt, target in inline.images:
            self._add(BlockKind.ALT, alt)
            self._add(BlockKind.LINK_TARGET, target)
        self.markup += inline.markup

    def _html(self, token: Token, line: int) -> None:
        content, _ = self.lines.place(token.content.rstrip("\n"), line)
        visible, found, spoken = read_html(content)
        self.markup += [content.span(mark.start, mark.end) for mark in found if not mark.comment]
        for part in regex.finditer(r"[^\n]+", visible.text):
            weaver = Weaver()
            weaver.mapped(visible, *part.span())
            self._add(self._kind(), weaver.woven())
        for words in spoken:
            self._add(BlockKind.ALT, words)
