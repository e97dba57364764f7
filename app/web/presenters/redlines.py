"""A redline as the paper and the list of changes show it."""

from collections.abc import Iterable, Iterator, Sequence

from app.insights.redline import Redline
from app.web.moments import grouped, plural
from app.web.view_models.review import Block, Change, Run

READ_PER_MINUTE = 90
"""Words a careful reviewer reads per minute."""


def block_views(redline: Redline, quotes: Sequence[str] = ()) -> tuple[Block, ...]:
    """The blocks of the paper; unchanged words that somebody quoted in a comment are marked."""
    return tuple(
        Block(
            block.role,
            tuple(
                run for stretch in block.stretches for run in _runs(stretch.kind, stretch.text, stretch.change, quotes)
            ),
        )
        for block in redline.blocks
    )


def _runs(kind: str, text: str, change: int, quotes: Sequence[str]) -> Iterator[Run]:
    quote = next((quote for quote in quotes if kind == "same" and quote and quote in text), None)
    if quote is None:
        if text:
            yield Run(kind, text, change)
        return
    before, _, after = text.partition(quote)
    yield from _runs(kind, before, change, ())
    yield Run("quoted", quote)
    yield from _runs(kind, after, change, [other for other in quotes if other != quote])


def change_views(redline: Redline) -> tuple[Change, ...]:
    """The numbered list, material changes first."""
    return tuple(Change(c.number, c.label, c.before, c.after, c.material, c.place) for c in redline.changes)


def amount(redline: Redline, *, first: bool) -> str:
    """How much a version changes in a few words: ``New, 410 words`` or ``14 words in 2 places, 1 material``."""
    if first:
        return f"New, {plural(redline.words, 'word')}"
    if redline.identical:
        return "No change"
    material = sum(change.material for change in redline.changes)
    text = f"{plural(redline.changed, 'word')} in {plural(len(redline.changes), 'place')}"
    return f"{text}, {grouped(material)} material" if material else text


def minutes(redline: Redline, *, first: bool) -> int:
    """About how long a review takes."""
    words = redline.words if first else redline.changed * 2
    return max(1, round(words / READ_PER_MINUTE))


def summary(number: int, redline: Redline, compared: str, others: Iterable[str] = ()) -> str:
    """What the version changes, in a sentence. ``others`` are leaves that differ without a word of theirs doing so."""
    if not compared:
        return f"Version {number} is new: {plural(redline.words, 'word')}, none of them approved before."
    if redline.identical:
        return f"Version {number} is identical to {compared}: the digests are the same."
    material = sum(change.material for change in redline.changes)
    links = "links changed" if any(c.label == "Link" for c in redline.changes) else "links unchanged"
    if not redline.changes:
        return (
            f"Version {number} has the words of {compared}; what differs is {', '.join(sorted(others)) or 'its form'}."
        )
    return (
        f"Version {number} changes {plural(redline.changed, 'word')} in {plural(len(redline.changes), 'place')} "
        f"against {compared}; {plural(material, 'material change')}; {links}."
    )
