"""What a reader sees of raw HTML in a source, mapped: tags and comments out, entities decoded, alt and title texts kept."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from app.checks.source_map import MappedText, Weaver

_MARKUP = regex.compile(
    r"<!--(?:(?!-->).)*+(?:-->|$)"
    r"|<(?P<quiet>script|style|template)\b[^>]*+>(?:(?!</(?P=quiet)).)*+(?:</(?P=quiet)\s*+>|$)"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
    r"|<[?!][^>]*+>"
    r"|(?P<entity>&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)",
    regex.IGNORECASE | regex.DOTALL,
)
_ATTRIBUTE = regex.compile(r"\b(?:alt|title|aria-label)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", regex.IGNORECASE)
_IN_LINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i ins kbd mark q s samp small span strike strong sub sup tt u wbr".split()
)


@dataclass(frozen=True, slots=True)
class Markup:
    """One tag or comment, as offsets of the text it was found in. ``name`` is empty for a comment or declaration."""

    start: int
    end: int
    name: str
    comment: bool


def read_html(content: MappedText) -> tuple[MappedText, tuple[Markup, ...], tuple[MappedText, ...]]:
    """Visible text, the markup in ``content``, and the texts of ``alt``, ``title`` and ``aria-label``."""
    weaver = Weaver()
    found: list[Markup] = []
    spoken: list[MappedText] = []
    position = 0
    text = content.text
    for match in _MARKUP.finditer(text):
        weaver.mapped(content, position, match.start())
        position = match.end()
        start, end = content.span(match.start(), match.end())
        if match.group("entity"):
            weaver.whole(html.unescape(match.group("entity")), start, end)
            continue
        name = (match.group("name") or match.group("quiet") or "").lower()
        found.append(Markup(match.start(), match.end(), name, match.group().startswith("<!--")))
        if name and name not in _IN_LINE:
            weaver.whole("\n", start, end)
        spoken.extend(_spoken(content, match.start(), match.end()) if match.group("name") else ())
    weaver.mapped(content, position)
    return weaver.woven(), tuple(found), tuple(spoken)


def _spoken(content: MappedText, start: int, end: int) -> Iterator[MappedText]:
    for attribute in _ATTRIBUTE.finditer(content.text, start, end):
        group = 1 if attribute.group(1) is not None else 2
        weaver = Weaver()
        weaver.mapped(content, *attribute.span(group))
        if weaver.length:
            yield weaver.woven()
