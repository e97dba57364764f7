"""Text taken out of a source, with the place in the source of every character."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """``length`` characters of the text from ``at`` on. A literal piece maps one to one; another stands for ``[start, end)`` whole."""

    at: int
    length: int
    start: int
    end: int
    literal: bool


@dataclass(frozen=True, slots=True)
class MappedText:
    """``text`` with its map; pieces are in text order and cover the text without gaps."""

    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets ``[start, end)`` that cover ``text[start:end]``; an empty stretch gives an empty span."""
        if not self.pieces:
            return (0, 0)
        if end <= start:
            place = self._char(min(start, len(self.text) - 1))
            return (place[1], place[1]) if start >= len(self.text) else (place[0], place[0])
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        if first == last and self.pieces[first].literal:
            piece = self.pieces[first]
            return (piece.start + start - piece.at, piece.start + end - piece.at)
        low, high = self._char(start)[0], self._char(end - 1)[1]
        for piece in self.pieces[first + 1 : last]:
            low, high = min(low, piece.start), max(high, piece.end)
        tail, head = self._char(end - 1)[0], self._char(start)[1]
        return (min(low, tail), max(high, head))

    def index_at(self, offset: int) -> int:
        """The first index whose source starts at ``offset`` or later; for maps whose offsets only grow."""
        place = bisect_right(self.pieces, offset, key=lambda piece: piece.start) - 1
        if place < 0:
            return 0
        piece = self.pieces[place]
        if piece.literal and offset < piece.end:
            return piece.at + offset - piece.start
        return piece.at if offset == piece.start else piece.at + piece.length

    def _char(self, index: int) -> tuple[int, int]:
        piece = self.pieces[bisect_right(self.starts, index) - 1]
        if piece.literal:
            offset = piece.start + index - piece.at
            return (offset, offset + 1)
        return (piece.start, piece.end)


class Weaver:
    """Collects pieces in order and makes one :class:`MappedText`."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pieces: list[Piece] = []
        self.length = 0

    def literal(self, text: str, start: int) -> None:
        """Characters that stand in the source one by one from ``start`` on."""
        if not text:
            return
        if self._pieces and self._pieces[-1].literal and self._pieces[-1].end == start:
            last = self._pieces[-1]
            self._pieces[-1] = Piece(last.at, last.length + len(text), last.start, start + len(text), True)
        else:
            self._pieces.append(Piece(self.length, len(text), start, start + len(text), True))
        self._parts.append(text)
        self.length += len(text)

    def whole(self, text: str, start: int, end: int) -> None:
        """Characters that together stand for the source ``[start, end)``: an entity, an escape, a line break."""
        if not text:
            return
        self._pieces.append(Piece(self.length, len(text), start, end, False))
        self._parts.append(text)
        self.length += len(text)

    def mapped(self, other: MappedText, start: int = 0, end: int | None = None) -> None:
        """A stretch of text that is mapped already."""
        stop = len(other.text) if end is None else end
        for piece in other.pieces:
            low, high = max(piece.at, start), min(piece.at + piece.length, stop)
            if low >= high:
                continue
            if piece.literal:
                self.literal(other.text[low:high], piece.start + low - piece.at)
            else:
                self.whole(other.text[low:high], piece.start, piece.end)

    def woven(self) -> MappedText:
        """What was collected so far."""
        pieces = tuple(self._pieces)
        return MappedText("".join(self._parts), pieces, tuple(piece.at for piece in pieces))


def identity(text: str, start: int = 0) -> MappedText:
    """``text`` as it stands in the source at ``start``."""
    if not text:
        return MappedText("", (), ())
    return MappedText(text, (Piece(0, len(text), start, start + len(text), True),), (0,))


def joined(parts: Iterable[MappedText], between: str) -> MappedText:
    """Texts one after another; ``between`` maps to the end of the text before it."""
    weaver = Weaver()
    before: MappedText | None = None
    for part in parts:
        if before is not None:
            end = before.span(0, len(before.text))[1]
            weaver.whole(between, end, end)
        weaver.mapped(part)
        before = part
    return weaver.woven()
