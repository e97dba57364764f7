"""Whether words that look like a claim are one: negation with scope, warnings, questions answered no.

In: one sentence of matching text, where the match stands in it, and what follows. Out: a reason to stay quiet, or None.
Always: hedges and attribution excuse nothing; a negation reaches to the end of its clause and no further; a negated risk
is a claim (regulation D2 to D7, D10).
"""

from enum import StrEnum

import regex


class Polarity(StrEnum):
    """What a negation does to a rule's words."""

    CLAIM = "claim"
    """A negation before the words, in their clause, takes the claim back: "we cannot guarantee"."""
    NEGATED_RISK = "negated_risk"
    """The words hold their negation ("no side effects"); only a second one takes the claim back ("no treatment is risk-free")."""
    ANY = "any"
    """The words count however they are meant."""


_CLAUSE_END = regex.compile(
    r"[;\u2014]|\s-+\s|,?\s\b(?:but|however|yet|although|though|whereas|while|because|so that|still)\b|:\s|,\s(?:our|we|it|this|they|and (?:our|we|it|this))\b"
)
_PSEUDO = regex.compile(
    r"\b(?:not only|not just|not merely|not simply|no doubt|no question|no wonder|no matter|nothing (?:works?|beats|cures?|heals?|else)\b|(?:has |have |'s )?never been (?:easier|simpler|so)"
    r"|why not|why wouldn't|can(?:'t|not) (?:fail|wait|go wrong)|never fails? to|not to mention|cannot overstate|no longer|don't (?:you|wait|miss|worry)|couldn't be|no secret)\b"
)
_NEGATION = regex.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot|unable to|fails? to|failed to|refus(?:es?|ed) to|nowhere|rather than|instead of|far from|anything but)\b|n't\b|\bcan not\b"
)
_RISK_NEGATION = regex.compile(
    r"\b(?:no|not|never|none of|nothing|nobody|rarely|seldom|hardly) (?:(?!and|or|only)[\w'-]+ ){0,5}?(?:is|are|was|be|comes?|as|entirely|completely|totally|ever|always|usually|necessarily)? ?(?:[\w'-]+ )?$"
    r"|\b(?:is|are|was|were|does|do|will|can)(?:n't| not) (?:[\w'-]+ ){0,5}$|\b(?:cannot|can't|won't|wouldn't|don't|doesn't|never) (?:[\w'-]+ ){0,6}$"
)
_AFTER = regex.compile(
    r"^[\s\"']*(?:[\w'%-]+ ){0,4}?(?:is|are|was|were|can|could|may|will|should|does|do|has|have)? ?(?:n't|not|never|cannot|isn't|aren't|wasn't|weren't|can't|couldn't|won't|doesn't|don't|hasn't|haven't)"
    r"(?: (?:be|been|always|yet|usually|fully))?(?: (?:a|an|our|the|any))?\b(?! only| just| merely| simply)"
    r"|^[\s\"']*(?:[\w'-]+ ){0,3}?(?:is|are|remains?|would be) (?:a |an )?(?:myth|false|untrue|impossible|unrealistic|misleading|unlikely|a lie|not true|illegal|against the law|warning sign|red flag)"
)
_WARNING = regex.compile(
    r"\b(?:beware|be wary|wary of|be (?:careful|cautious|sceptical|skeptical|suspicious)|watch out|look out|avoid|steer clear|stay away|don't (?:believe|trust|fall for)|do not (?:believe|trust|fall for)|never (?:believe|trust)"
    r"|myth|scams?|fraud(?:ulent|sters?)?|false(?:ly)? (?:claims?|promis\w+|advertis\w+|claiming)|misleading|red flags?|warning signs?|question (?:any|anyone)|run from|walk away from|report (?:any|anyone|clinics?|sellers?|ads?))\b"
)
_NO = regex.compile(
    r"^[\s\"']*(?:no\b(?! doubt| question| wonder| matter)|not (?:always|really|quite|necessarily|for everyone|yet|at all)|unfortunately,? (?:no|not)|never\b|it (?:does not|doesn't|cannot|can't|is not|isn't|will not|won't)|we (?:cannot|can't|do not|don't)|nobody can|none)"
)


def quiet_because(sentence: str, start: int, end: int, following: str, polarity: Polarity) -> str | None:
    """A reason code (``negated``, ``warned``, ``answered_no``) when ``sentence[start:end]`` claims nothing, else None.

    ``following`` is the text of the next two sentences.
    """
    if polarity is Polarity.ANY:
        return None
    clause_start, clause_end = _clause(sentence, start, end)
    before, after = sentence[clause_start:start], sentence[end:clause_end]
    if (_WARNING.search(sentence, 0, start) and not _endorsed(sentence, start)) or _warned_after(after):
        return "warned"
    if sentence.rstrip(" \"')").endswith("?") and _NO.match(following):
        return "answered_no"
    if polarity is Polarity.NEGATED_RISK:
        return "negated" if _RISK_NEGATION.search(_without_pseudo(before)) else None
    if _NEGATION.search(_without_pseudo(sentence[clause_start:end])) or _AFTER.match(after):
        return "negated"
    return None


def _clause(sentence: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a match: from the last boundary before it to the first one after it."""
    low, high = 0, len(sentence)
    for boundary in _CLAUSE_END.finditer(sentence):
        if boundary.end() <= start:
            low = boundary.end()
        elif boundary.start() >= end:
            high = boundary.start()
            break
    return low, high


def _without_pseudo(text: str) -> str:
    return str(_PSEUDO.sub(lambda match: " " * len(match.group()), text))


def _endorsed(sentence: str, start: int) -> bool:
    """Whether the sentence turns after its warning and before the match: "avoid surgery: our cream cures …"."""
    low, _ = _clause(sentence, start, start)
    return not _WARNING.search(sentence, low, start) and bool(regex.search(r"\b(?:our|we|us|ours)\b", sentence[low:]))


def _warned_after(after: str) -> bool:
    return bool(
        regex.match(
            r"[\s\"']*(?:[\w'-]+ ){0,4}?(?:is|are|remains?) (?:usually |often |always )?(?:a |an )?(?:myth|false|misleading|scams?|red flags?|warning signs?)\b",
            after,
        )
    )
