"""Every way to come by a permit, or to use one again, that anybody thought of."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.delivery.dots import write_dot
from app.delivery.model import Rendered
from app.gate.permit import SendPermit, mint
from app.kernel.digest import sha256
from app.kernel.errors import Untrustworthy
from app.outbox.model import Message, MessageState, Pin, Purpose
from tests.fakes import MONDAY
from tests.strategies.gate import PASSING

MIME = b"Subject: x\r\n\r\nx\r\n"
DIGEST = sha256(MIME)
RENDERED = Rendered(
    MIME, "x", "x", "x", "a@b.example", "c@d.example", "<m@b.example>", replace(PASSING.rendered, digest=DIGEST)
)
MESSAGE = Message(
    "m1", "e1:1", Purpose.NURTURE, "education", "email", "l1", "a" * 64, "e1", 1, "i1", Pin.LATEST, "p1", "c" * 64, MONDAY,
    None, MessageState.RELEASED, MONDAY, "", 1, "w", MONDAY, 0, MONDAY,
)  # fmt: skip
FIELDS = {
    "attempt_id": "t1",
    "decision_id": "d1",
    "message_id": "m1",
    "epoch": 1,
    "address_digest": "a" * 64,
    "rendered_digest": DIGEST,
    "committed_at": 10.0,
}


class Wire:
    """A held message that only counts."""

    dots = 0
    abandoned = 0

    def write_dot(self) -> None:
        self.dots += 1

    def abandon(self) -> None:
        self.abandoned += 1


@pytest.fixture
def permit() -> SendPermit:
    return mint(**FIELDS)  # type: ignore[arg-type]


def test_a_permit_is_made_by_the_gate_alone() -> None:
    for sign in (None, object(), "mint", True):
        with pytest.raises(TypeError, match="made by the gate"):
            SendPermit(sign, **FIELDS)


ESCAPES: list[Callable[[SendPermit], object]] = [
    copy.copy, copy.deepcopy, pickle.dumps, lambda p: pickle.dumps(p, 5), lambda p: rebuilt(p.__reduce__()),
]  # fmt: skip


def rebuilt(recipe: object) -> object:
    """What ``__reduce__`` names, done."""
    assert isinstance(recipe, tuple)
    return recipe[0](*recipe[1])


@pytest.mark.parametrize("act", ESCAPES)
def test_a_permit_is_not_copied_and_does_not_travel(act: Callable[[SendPermit], object], permit: SendPermit) -> None:
    with pytest.raises(TypeError):
        act(permit)


def test_a_permit_does_not_change(permit: SendPermit) -> None:
    for name in FIELDS:
        with pytest.raises(TypeError):
            setattr(permit, name, "other")
        with pytest.raises(TypeError):
            delattr(permit, name)
    with pytest.raises((TypeError, AttributeError)):
        permit.other = 1  # type: ignore[attr-defined]


def test_a_permit_cannot_be_replaced_like_a_dataclass(permit: SendPermit) -> None:
    with pytest.raises(TypeError):
        replace(permit, message_id="m2")  # type: ignore[type-var]


def test_a_permit_has_no_other_kinds() -> None:
    with pytest.raises(TypeError):
        type("Lenient", (SendPermit,), {})


def test_a_shell_without_fields_writes_no_dot() -> None:
    wire = Wire()
    with pytest.raises(AttributeError):
        write_dot(object.__new__(SendPermit), MESSAGE, RENDERED, wire, 10.0)  # type: ignore[arg-type]
    assert wire.dots == 0


def test_a_permit_lets_go_of_what_it_was_made_for(permit: SendPermit) -> None:
    wire = Wire()
    assert write_dot(permit, MESSAGE, RENDERED, wire, 10.1) is None  # type: ignore[arg-type]
    assert (wire.dots, wire.abandoned) == (1, 0)


def test_a_permit_is_good_once(permit: SendPermit) -> None:
    wire, second = Wire(), Wire()
    write_dot(permit, MESSAGE, RENDERED, wire, 10.1)  # type: ignore[arg-type]
    with pytest.raises(Untrustworthy):
        write_dot(permit, MESSAGE, RENDERED, second, 10.1)  # type: ignore[arg-type]
    assert (wire.dots, second.dots, second.abandoned) == (1, 0, 1)


@pytest.mark.parametrize(
    ("message", "rendered"),
    [
        (replace(MESSAGE, id="m2"), RENDERED),
        (replace(MESSAGE, epoch=2), RENDERED),
        (replace(MESSAGE, address_digest="b" * 64), RENDERED),
        (MESSAGE, replace(RENDERED, mime=MIME + b".\r\n")),
    ],
)
def test_a_permit_for_something_else_stops_the_worker(permit: SendPermit, message: Message, rendered: Rendered) -> None:
    wire = Wire()
    with pytest.raises(Untrustworthy):
        write_dot(permit, message, rendered, wire, 10.0)  # type: ignore[arg-type]
    assert (wire.dots, wire.abandoned) == (0, 1)


@pytest.mark.parametrize(("after", "dots"), [(0.0, 1), (0.25, 1), (0.2500001, 0), (600.0, 0)])
def test_a_permit_lasts_a_quarter_of_a_second(permit: SendPermit, after: float, dots: int) -> None:
    wire = Wire()
    write_dot(permit, MESSAGE, RENDERED, wire, 10.0 + after)  # type: ignore[arg-type]
    assert (wire.dots, wire.abandoned) == (dots, 1 - dots)


def test_a_permit_shows_no_address(permit: SendPermit) -> None:
    assert repr(permit) == "SendPermit(attempt t1 of message m1)"
