"""What a chaos server is told to do: an act for a step, for every number or as a function of it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Act:
    """What happens at one step.

    ``reply``: octets sent as they are instead of the normal reply, ``b""`` for none. ``close``: end the connection then.
    ``delay``: seconds before the reply; ``drip``: seconds between its octets. ``accept``, at ``dot`` only: whether the
    message is taken whatever the reply says; unset, a 2xx reply takes it. ``after``: octets nobody asked for, sent
    ``after_delay`` seconds after the reply.
    """

    reply: bytes | None = None
    close: bool = False
    delay: float = 0.0
    drip: float = 0.0
    accept: bool | None = None
    after: bytes = b""
    after_delay: float = 0.0


def say(text: str, **more: object) -> Act:
    """A reply line (or several, joined with CRLF) instead of the normal one."""
    return replace(Act(reply=text.encode() + b"\r\n"), **more)  # type: ignore[arg-type]


def drop(*, accept: bool = False) -> Act:
    """Close without a word; at ``dot`` with or without having taken the message."""
    return Act(reply=b"", close=True, accept=accept)


def silence(*, accept: bool = False) -> Act:
    """Say nothing and keep the connection open."""
    return Act(reply=b"", accept=accept)


Script = Mapping[str, Act] | Callable[[str, int], Act | None]


def seeded(seed: int, acts: Mapping[str, tuple[Act, ...]], rate: float) -> Callable[[str, int], Act | None]:
    """A script in which each step of each number goes wrong with probability ``rate``; the same for the same seed."""

    def choose(step: str, number: int) -> Act | None:
        dice = random.Random(f"{seed}/{step}/{number}")
        return dice.choice(acts[step]) if step in acts and dice.random() < rate else None

    return choose
