"""What one worker process sends with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.consent.vault import Vault
from app.delivery.journal import Journal
from app.delivery.render import ScanRendered, SignMime
from app.delivery.transport import Transport
from app.gate.operations import Gate
from app.kernel.clock import Clock
from app.kernel.ids import IdSource
from app.storage.unit_of_work import Units


class FaultPoints(Protocol):
    """Named places where a test may stop the process; nothing happens there in duty."""

    def reach(self, point: str) -> None:
        """The program is at ``point``."""
        ...


class NoFaults:
    """Duty: every point is passed."""

    def reach(self, point: str) -> None:
        return


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything delivery needs, put together once by the worker's bootstrap, the only place that holds a transport.

    ``unsubscribe_secret`` keys the one-click tokens; ``public_url`` is where they lead. ``hold`` says why this instance
    may not send, as a code; empty when it may.
    """

    units: Units
    clock: Clock
    ids: IdSource
    gate: Gate
    vault: Vault
    transports: Mapping[str, Transport]
    journal: Journal
    scan: ScanRendered
    sign: SignMime
    unsubscribe_secret: bytes
    public_url: str
    worker: str
    pause: Callable[[float], bool]
    """Wait so many seconds, or less when the worker is told to stop; True when it is."""
    hold: str = ""
    faults: FaultPoints = NoFaults()  # noqa: RUF009 - stateless
