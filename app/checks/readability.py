"""How hard a text is to read: our sentences and words, textstat's formulas, the pronunciations that lie beside this file.

Counting policy: prose is paragraphs, list items and table cells; headings, code, addresses and merge fields are not. A
word is a blank-separated token with a letter or digit. A sentence ends as :mod:`app.checks.sentences` says, and with its
block. Syllables are those of CMUdict (the fewest where it lists several; a rule for words it lacks), parts of hyphenated words
added up. Under 30
words nothing is scored; SMOG needs 30 sentences. Grades are tenths, rounded half up.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import regex

from app.checks.blocks import Block, BlockKind, slot_spans
from app.checks.document import Document
from app.checks.model import CostlySentence, HardWord, Readability
from app.checks.sentences import sentence_spans
from app.kernel.digest import sha256

MINIMUM_WORDS = 30
SMOG_SENTENCES = 30
PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_CELL})
_DATA = Path(__file__).parent / "nltk_data"
_LEXICON = _DATA / "corpora" / "cmudict" / "cmudict"
_ADDRESS = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w{2,}", regex.IGNORECASE)
_TOKEN = regex.compile(r"\S+")
_SIGNS = regex.compile(r"[^\w']|_")
_PARTS = regex.compile(r"[-\u2010\u2011\u2013\u2014/]+")
_VOWELS = regex.compile(r"[aeiouy\u00e0-\u00ff]+")
_APART = regex.compile(r"(?<![tcsg])i[ao](?!u)|(?<![qg])u[ao]|eo(?!u)|[ou]e(?=[tli]\w)|i(?=u[ms])|io(?=sis)|ie(?=t)")
_SILENT = regex.compile(r"[^aeiouyl]e$|[^aeiouy]les?$(?<![bcdfgkptz]les?)|[^aeioutd]ed$|[^aeiouscxz]es$")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: source offsets, its words as spoken, and their syllables."""

    start: int
    end: int
    words: tuple[str, ...]
    syllables: int


@cache
def textstat() -> ModuleType:
    """Textstat with the pronunciations it needs in reach; loading takes a second and never touches the network."""
    import nltk

    nltk.data.path.insert(0, str(_DATA))
    import textstat as module

    return module  # type: ignore[no-any-return]


@cache
def lexicon_digest() -> str:
    """SHA-256 of the pronunciations."""
    return sha256(_LEXICON.read_bytes())


@cache
def _pronunciations() -> dict[str, int]:
    """Syllables of every word of the lexicon; the first pronunciation listed counts."""
    counts: dict[str, int] = {}
    with _LEXICON.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, sounds = line.partition(" ")
            counts.setdefault(word.lower(), sum(sound[-1].isdigit() for sound in sounds.split()[1:]))
    return counts


@cache
def syllables_of(word: str) -> int:
    """Syllables of one word without surrounding punctuation; parts of a hyphenated word are added up."""
    known = _pronunciations()
    total = 0
    for part in _PARTS.split(word.lower()):
        bare = _SIGNS.sub("", part).strip("'")
        if bare:
            total += known[bare] if bare in known else _guessed(bare)
    return max(1, total)


def _guessed(word: str) -> int:
    """Syllables of a word outside the lexicon: groups of vowels, less silent endings, plus vowels that are spoken apart."""
    if not word.isalpha():
        return 1
    groups = len(_VOWELS.findall(word)) + len(_APART.findall(word))
    return max(1, groups - bool(_SILENT.search(word)))


def sentences_of(document: Document) -> tuple[Sentence, ...]:
    """Every sentence of the prose, in order."""
    return tuple(sentence for block in document.of(*PROSE) for sentence in _sentences(block))


def _sentences(block: Block) -> Iterator[Sentence]:
    text = block.text
    for start, end in [*slot_spans(text), *(match.span() for match in _ADDRESS.finditer(text))]:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    for start, end in sentence_spans(text):
        words = tuple(token for token in _TOKEN.findall(text[start:end]) if any(c.isalnum() for c in token))
        if words:
            low, high = block.mapped.span(start, end)
            yield Sentence(low, high, words, sum(syllables_of(word) for word in words))


def readability_of(document: Document, target: tuple[int, int] | None = None) -> Readability:
    """Counts, grades and what to change first. ``target`` is a band of grades in tenths."""
    sentences = sentences_of(document)
    words = sum(len(sentence.words) for sentence in sentences)
    syllables = sum(sentence.syllables for sentence in sentences)
    if words < MINIMUM_WORDS or words < 3 * len(sentences):
        return Readability(False, len(sentences), words, syllables, target_tenths=target)
    grades = _grades(sentences, words, syllables)
    return Readability(
        True,
        len(sentences),
        words,
        syllables,
        grades,
        target,
        _band(grades["flesch_kincaid_grade_tenths"], target),
        _costly(document, sentences, words, syllables),
        _hard_words(sentences),
        lexicon_digest(),
    )


def quick_readability_of(document: Document, target: tuple[int, int] | None = None) -> Readability:
    """Counts and the Flesch-Kincaid grade alone, by our own arithmetic: for examples of rules, without loading textstat."""
    sentences = sentences_of(document)
    words = sum(len(sentence.words) for sentence in sentences)
    syllables = sum(sentence.syllables for sentence in sentences)
    if words < MINIMUM_WORDS:
        return Readability(False, len(sentences), words, syllables, target_tenths=target)
    grade = _tenths(_grade(len(sentences), words, syllables))
    grades = {"flesch_kincaid_grade_tenths": grade}
    return Readability(True, len(sentences), words, syllables, grades, target, _band(grade, target))


def _grades(sentences: Sequence[Sentence], words: int, syllables: int) -> dict[str, int]:
    """Formulas by textstat on a text with our words and as many sentences as we counted.

    textstat leaves sentences of one or two words out of its count, so the words are dealt out anew: the formulas look at
    totals only. Where its syllables differ from ours, the difference is put right.
    """
    stat = textstat()
    text = _dealt_out(
        [_SIGNS.sub("", word) or "x" for sentence in sentences for word in sentence.words], len(sentences)
    )
    off = syllables - int(stat.syllable_count(text))
    values = {
        "flesch_kincaid_grade_tenths": stat.flesch_kincaid_grade(text) + 11.8 * off / words,
        "flesch_reading_ease_tenths": stat.flesch_reading_ease(text) - 84.6 * off / words,
        "coleman_liau_grade_tenths": stat.coleman_liau_index(text),
        "automated_readability_grade_tenths": stat.automated_readability_index(text),
    }
    if len(sentences) >= SMOG_SENTENCES:
        values["smog_grade_tenths"] = stat.smog_index(text)
    return {name: _tenths(value) for name, value in values.items()}


def _dealt_out(words: Sequence[str], sentences: int) -> str:
    size, extra = divmod(len(words), sentences)
    parts, position = [], 0
    for index in range(sentences):
        end = position + size + (index < extra)
        parts.append(" ".join(words[position:end]) + ".")
        position = end
    return " ".join(parts)


def _tenths(value: float) -> int:
    return int((value * 10 + 0.5) // 1)


def _band(grade: int, target: tuple[int, int] | None) -> str:
    if target is None:
        return "no_target"
    if grade > target[1]:
        return "above"
    return "below" if grade < target[0] else "within"


def _grade(sentences: int, words: int, syllables: int) -> float:
    """Flesch-Kincaid (Kincaid et al. 1975)."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def _costly(
    document: Document, sentences: Sequence[Sentence], words: int, syllables: int
) -> tuple[CostlySentence, ...]:
    """The sentences without which the grade falls most."""
    if len(sentences) < 2:
        return ()
    whole = _grade(len(sentences), words, syllables)
    costs = []
    for sentence in sentences:
        count = len(sentence.words)
        if count < words:
            costs.append((whole - _grade(len(sentences) - 1, words - count, syllables - sentence.syllables), sentence))
    costs.sort(key=lambda pair: (-pair[0], pair[1].start))
    return tuple(
        CostlySentence(
            document.span(s.start, s.end), document.source[s.start : s.end][:200], len(s.words), _tenths(cost)
        )
        for cost, s in costs[:_SHOWN]
        if _tenths(cost) > 0
    )


def _hard_words(sentences: Sequence[Sentence]) -> tuple[HardWord, ...]:
    counts = Counter(word.strip(".,;:!?\"'()[]\u2018\u2019\u201c\u201d").lower() for s in sentences for word in s.words)
    hard = [
        HardWord(word, syllables_of(word), count)
        for word, count in counts.items()
        if word.isalpha() and syllables_of(word) >= 3
    ]
    return tuple(sorted(hard, key=lambda w: (-w.count * w.syllables, w.word))[:10])
