"""What kind of change a reviewer looks at: numbers, negations, obligations and links first. Pure."""

import re
from collections import Counter

_TOKENS = re.compile(r"\{\{[^{}]*\}\}|https?://\S+|\d+(?:[.,:/]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_NEGATIONS = frozenset({"no", "not", "never", "without", "none", "nobody", "nothing", "cannot", "neither", "nor"})
_OBLIGATIONS = frozenset(
    "must should shall may might can could will would need needs always only every all most some sure certain".split()
)


def label_of(before: str, after: str, topic: str = "") -> tuple[str, bool]:
    """A name for a change, and whether it is material. ``topic`` names lines outside the body: those are always material."""
    if topic:
        return topic, True
    tokens = _differing(before, after)
    if any(token.startswith("{{") for token in tokens):
        return "Merge field", True
    if any(token.startswith("http") for token in tokens):
        return "Link", True
    if any(token[0].isdigit() for token in tokens):
        return "Number", True
    words = {token.lower().replace("’", "'") for token in tokens}
    if words & _NEGATIONS or any(word.endswith("n't") for word in words):
        return "Negation", True
    if words & _OBLIGATIONS:
        return "How certain it is", True
    if not before.strip():
        return "Added", False
    return ("Wording", False) if after.strip() else ("Removed", False)


def _differing(before: str, after: str) -> set[str]:
    old, new = Counter(_TOKENS.findall(before)), Counter(_TOKENS.findall(after))
    return set((old - new) + (new - old))
