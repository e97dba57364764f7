"""What sequences can be asked to do, and what they answer."""

from dataclasses import dataclass

from app.sequences.model import SequenceVersion


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A sequence file; ``origin`` is its name, for messages."""

    source: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class ImportedPlan:
    """The version a file stands for; ``new`` is False when the newest version has the same bytes."""

    version: SequenceVersion
    new: bool


@dataclass(frozen=True, slots=True)
class Enroll:
    sequence_key: str
    lead_id: str
