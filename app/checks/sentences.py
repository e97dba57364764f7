"""Where sentences end: abbreviations, initials, decimals, numbering and quotes do not end one; a line break does."""

import regex

_ALWAYS_OPEN = frozenset(
    "dr mr mrs ms prof rev hon st mt vs approx fig figs no nos vol pp ca cf e.g i.e eg ie viz gen col sgt capt lt gov sen rep dept est ext tel".split()
)
"""Something always follows these."""
_MAYBE_OPEN = frozenset(
    "a.m p.m u.s u.k u.s.a m.d d.o ph.d r.n n.p p.a d.d.s etc inc ltd co corp jr sr al ave blvd rd mg ml kg lb lbs oz in ft min sec hr hrs wk".split()
)
"""These end a sentence when a word that starts sentences follows."""
_STARTERS = frozenset(
    "a after all an and ask at bring but call can do does for he her here his how i if in is it its my most no not our please she so some take "
    "talk tell that the their then there these they this those to we what when where which who why will with yes you your".split()
)
_END = regex.compile(r"(?P<stop>[.!?\u2026]+)(?P<closers>[\"'\u2019\u201d)\]*]*)(?=\s|$)|\n+")
_LAST_WORD = regex.compile(r"[\p{L}\d.\u2019'-]*$")
_NEXT = regex.compile(r"[\s\"'\u2018\u201c(\[*]*([\p{L}\d]+)?")
_NUMBERING = regex.compile(r"\s*(?:\d{1,3}|[a-z])", regex.IGNORECASE)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """``[start, end)`` of each sentence of ``text``, blanks around it left out."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group("stop") and not _ends(text, match.start("stop"), match.end(), match.group("stop"), start):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        at = start + len(piece) - len(piece.lstrip())
        spans.append((at, at + len(bare)))


def _ends(text: str, stop: int, end: int, sign: str, start: int) -> bool:
    after = _NEXT.match(text, end)
    following = after.group(1) if after and after.group(1) else ""
    if sign[0] in "!?":
        return not (following[:1].islower() and text[end - 1] in "\"'\u2019\u201d)")
    if following[:1].islower():
        return False
    before = _LAST_WORD.search(text, start, stop)
    word = before.group().lower().strip("'\u2019-") if before else ""
    if len(sign) > 1 or not following:
        return True
    if word in _ALWAYS_OPEN:
        return following.lower() in _STARTERS and word in ("no", "st", "est", "tel", "ext")
    if word in _MAYBE_OPEN:
        return following.lower() in _STARTERS
    if len(word) == 1 and word.isalpha() and word != "i" and before is not None and before.group()[-1:].isupper():
        return following.lower() in _STARTERS
    return not _NUMBERING.fullmatch(text, start, stop)
