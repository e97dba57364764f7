"""What a wording is. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """``sentence`` says what stands in the way, without a full stop; ``who`` can change it; ``fix`` says what would."""

    sentence: str
    who: str
    fix: str
