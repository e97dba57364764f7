"""What every rule file says, whatever its kind. Validation only; positions in the file are the loader's business."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from app.checks.blocks import READ, BlockKind
from app.checks.model import CheckContext
from app.checks.patterns import BadPhrase, compiled
from app.kernel.finding import Remedy, Severity

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_RANK = {Severity.INFO: 0, Severity.WARN: 1, Severity.BLOCK: 2}


class Strict(BaseModel):
    """No unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Circumstances(Strict):
    """Where something applies; an empty list means everywhere."""

    jurisdictions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()

    def cover(self, context: CheckContext) -> bool:
        """Whether a text of this context falls under it. A context without jurisdictions falls under all of them."""
        return (
            (
                not self.jurisdictions
                or not context.jurisdictions
                or any(_within(place, self.jurisdictions) for place in context.jurisdictions)
            )
            and (not self.channels or context.channel in self.channels)
            and (not self.content_types or context.content_type in self.content_types)
            and (not self.audiences or context.audience in self.audiences)
        )


class Escalation(Circumstances):
    """A higher severity under narrower circumstances; positions are block kinds."""

    severity: Severity
    positions: tuple[BlockKind, ...] = ()


class Examples(Strict):
    """Texts the rule must flag and texts it must let pass; the circumstances in which they are read."""

    flag: tuple[Words, ...]
    pass_: tuple[Words, ...] = Field(alias="pass")
    channel: str = ""
    content_type: str = ""
    audience: str = ""
    jurisdictions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def context(self) -> CheckContext:
        return CheckContext(self.channel, self.content_type, self.audience, self.jurisdictions, self.names)


class RuleBase(Circumstances):
    """The part of a rule that people read: what, how bad, why, by which law, what to do instead."""

    id: Code
    category: Code
    severity: Severity
    remedy: Remedy
    message: Words
    citation: Words
    why: Words
    suggestion: str = ""
    owner: Words
    effective: Day
    until: Day | None = None
    passages: bool = True
    """Whether the rule also reads loose passages; rules that ask for parts of a message do not."""
    escalate: tuple[Escalation, ...] = ()
    examples: Examples

    def applies(self, context: CheckContext) -> bool:
        """Whether the rule reads a text of this context on its day."""
        in_force = not context.on or (self.effective <= context.on and (self.until is None or context.on < self.until))
        return in_force and (self.passages or bool(context.content_type)) and self.cover(context)

    def severity_in(self, context: CheckContext, position: BlockKind | None) -> Severity:
        """The highest severity that applies (regulation D14)."""
        severity = self.severity
        for step in self.escalate:
            if (
                step.cover(context)
                and (not step.positions or position in step.positions)
                and _RANK[step.severity] > _RANK[severity]
            ):
                severity = step.severity
        return severity


class PhraseRule(RuleBase):
    """A rule that looks for words. ``except`` names phrases in which the words mean something else; ``unless_near`` words
    that, anywhere in the sentence, make them harmless.
    """

    positions: tuple[BlockKind, ...] = tuple(sorted(READ))
    except_: tuple[str, ...] = Field(default=(), alias="except")
    unless_near: tuple[str, ...] = ()

    @field_validator("except_", "unless_near")
    @classmethod
    def _readable(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        return readable(phrases)


def readable(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The phrases, once they compile. Raises ``ValueError`` with what to change."""
    for phrase in phrases:
        try:
            compiled((phrase,))
        except BadPhrase as error:
            raise ValueError(str(error)) from error
    return phrases


def _within(place: str, wanted: tuple[str, ...]) -> bool:
    """``US-TX`` lies within ``US``."""
    return any(place == area or place.startswith(area + "-") for area in wanted)
