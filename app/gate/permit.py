"""The permit: a receipt for a committed decision, which only the gate can make and nothing can copy.

Python cannot jail code in its own process, so the other three locks (import contracts, mail secrets in the worker only,
database constraints) do not rely on this one.
"""

from typing import Any, Final, NoReturn, final

from app.kernel.errors import Untrustworthy

_MINT: Final = object()


@final
class SendPermit:
    """Allows one end marker: for one attempt, of one message, to one address, with one rendering.

    ``committed_at`` is the monotonic instant, in seconds, just before the release transaction was committed.
    """

    __slots__ = (
        "_spent",
        "address_digest",
        "attempt_id",
        "committed_at",
        "decision_id",
        "epoch",
        "message_id",
        "rendered_digest",
    )

    attempt_id: str
    decision_id: str
    message_id: str
    epoch: int
    address_digest: str
    rendered_digest: str
    committed_at: float

    def __init__(self, mint: object, **fields: str | float) -> None:
        if mint is not _MINT:
            raise TypeError("A send permit is made by the gate, after its decision was committed, and by nothing else.")
        for name in SendPermit.__annotations__:
            object.__setattr__(self, name, fields[name])
        object.__setattr__(self, "_spent", False)

    def spend(self) -> None:
        """Use it. Raises ``Untrustworthy`` the second time: one permit, one end marker."""
        if self._spent:  # type: ignore[attr-defined]
            raise Untrustworthy("A permit was used twice. Nothing was sent the second time; the worker stops.")
        object.__setattr__(self, "_spent", True)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError("A send permit does not change.")

    def __delattr__(self, name: str) -> NoReturn:
        raise TypeError("A send permit does not change.")

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("A send permit has no other kinds.")

    def __copy__(self) -> NoReturn:
        raise TypeError("A send permit is good once; it is not copied.")

    def __deepcopy__(self, memo: dict[int, Any]) -> NoReturn:
        raise TypeError("A send permit is good once; it is not copied.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A send permit does not leave its process.")

    def __repr__(self) -> str:
        return f"SendPermit(attempt {self.attempt_id} of message {self.message_id})"


def mint(
    *,
    attempt_id: str,
    decision_id: str,
    message_id: str,
    epoch: int,
    address_digest: str,
    rendered_digest: str,
    committed_at: float,
) -> SendPermit:
    """Make a permit. Imported by ``gate.operations`` alone, which calls it after its commit (contract ``mint``)."""
    return SendPermit(
        _MINT,
        attempt_id=attempt_id,
        decision_id=decision_id,
        message_id=message_id,
        epoch=epoch,
        address_digest=address_digest,
        rendered_digest=rendered_digest,
        committed_at=committed_at,
    )
