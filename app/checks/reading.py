"""A document as the rules see it: matching text, word beginnings and sentences of each block, worked out once and only when asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.checks.blocks import Block, BlockKind, slot_spans
from app.checks.document import Document
from app.checks.model import Readability
from app.checks.normalise import matching_text
from app.checks.patterns import beginnings_of
from app.checks.polarity import Polarity, quiet_because
from app.checks.sentences import sentence_spans
from app.checks.source_map import MappedText


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found, as source offsets. ``quiet`` is the reason for which it is not a finding, or None."""

    start: int
    end: int
    message: str = ""
    suggestion: str = ""
    quiet: str | None = None
    position: BlockKind | None = None


@dataclass(slots=True)
class Passage:
    """One block, ready to be matched."""

    block: Block
    matching: MappedText
    beginnings: frozenset[str]
    _sentences: list[tuple[int, int]] | None = None

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of ``matching.text[start:end]``."""
        return self.block.mapped.span(*self.matching.span(start, end))

    def sentences(self) -> list[tuple[int, int]]:
        """Sentences as offsets of the matching text; found on the text as written, because capitals matter."""
        if self._sentences is None:
            spans = sentence_spans(self.block.text)
            self._sentences = [(self.matching.index_at(start), self.matching.index_at(end)) for start, end in spans]
        return self._sentences

    def sentence_at(self, start: int, end: int) -> tuple[int, int, str]:
        """The stretch of whole sentences around ``[start, end)``, and the text of the two sentences that follow."""
        low, high = start, end
        following: list[str] = []
        for first, last in self.sentences():
            if last > start and first < end:
                low, high = min(low, first), max(high, last)
            elif first >= end and len(following) < 2:
                following.append(self.matching.text[first:last])
        return low, high, " ".join(following)

    def quiet(self, start: int, end: int, polarity: Polarity) -> str | None:
        """Why the words at ``[start, end)`` of the matching text claim nothing, or None."""
        if polarity is Polarity.ANY:
            return None
        low, high, following = self.sentence_at(start, end)
        return quiet_because(self.matching.text[low:high], start - low, end - low, following, polarity)


@dataclass(slots=True)
class Reading:
    """A document with its passages, and its readability once somebody measured it."""

    document: Document
    measured: Readability | None = None
    _passages: dict[int, Passage] = field(default_factory=dict)

    def passages(self, kinds: Iterable[BlockKind]) -> Iterator[Passage]:
        """Passages of the blocks of these kinds, in order."""
        for index, block in enumerate(self.document.blocks):
            if block.kind in kinds:
                found = self._passages.get(index)
                if found is None:
                    found = self._passages[index] = passage_of(block)
                yield found


def passage_of(block: Block) -> Passage:
    """The passage of one block; merge fields count as a word that no rule names."""
    matching = matching_text(block.text)
    text = matching.text
    if "{{" in text:
        for start, end in slot_spans(text):
            text = f"{text[:start]}{'x' * (end - start)}{text[end:]}"
        matching = MappedText(text, matching.pieces, matching.starts)
    return Passage(block, matching, beginnings_of(text))


def named(passage: Passage, start: int, end: int, names: tuple[str, ...]) -> bool:
    """Whether ``[start, end)`` of the matching text lies in a declared proper noun, written with its capitals."""
    low, high = passage.matching.span(start, end)
    for name in names:
        at = passage.block.text.find(name)
        while at >= 0:
            if at <= low and high <= at + len(name):
                return True
            at = passage.block.text.find(name, at + 1)
    return False
