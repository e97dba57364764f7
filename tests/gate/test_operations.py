"""The kill switch: who may use it, and that it is neither engaged nor let go of twice."""

from datetime import datetime

import pytest

from app.accounts.model import Actor
from app.gate.operations import StopSending, resume_sending, stop_sending
from app.gate.queries import engaged
from app.kernel.finding import Refusal
from app.storage.unit_of_work import Units
from tests.fakes import CountingIds

FIRE = StopSending("all", "  fire drill ")


@pytest.fixture
def stop(units: Units, people: dict[str, Actor], now: datetime, ids: CountingIds):  # noqa: ANN201
    """Stops and commits; gives the refusal, or None."""

    def act(command: StopSending = FIRE, who: str = "max") -> Refusal | None:
        with units() as uow:
            refusal = stop_sending(uow, command, actor=people[who], now=now, ids=ids)
            if refusal is None:
                uow.commit()
        return refusal

    return act


@pytest.fixture
def resume(units: Units, people: dict[str, Actor], now: datetime):  # noqa: ANN201
    def act(scope: str = "all", who: str = "max") -> Refusal | None:
        with units() as uow:
            refusal = resume_sending(uow, scope, actor=people[who], now=now)
            if refusal is None:
                uow.commit()
        return refusal

    return act


def scopes(units: Units) -> list[tuple[str, str]]:
    with units.reading() as connection:
        return [(switch.scope, switch.reason) for switch in engaged(connection)]


def test_max_stops_sending_and_lets_it_go_on(dialect: str, units: Units, stop, resume) -> None:  # noqa: ANN001
    assert stop() is None
    assert scopes(units) == [("all", "fire drill")]
    assert resume() is None
    assert scopes(units) == []
    assert stop() is None
    assert scopes(units) == [("all", "fire drill")]


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_stop_needs_a_reason(reason: str, dialect: str, units: Units, stop) -> None:  # noqa: ANN001
    assert stop(StopSending("all", reason)) == Refusal("reason_missing")
    assert scopes(units) == []


@pytest.mark.parametrize("who", ["ada", "mara", "lev", "otto"])
def test_others_may_neither_stop_nor_resume(who: str, dialect: str, units: Units, stop, resume) -> None:  # noqa: ANN001
    refused = Refusal("not_permitted", {"permission": "stop_sending"})
    assert stop(who=who) == refused
    stop()
    assert resume(who=who) == refused
    assert scopes(units) == [("all", "fire drill")]


def test_what_is_stopped_is_not_stopped_again(dialect: str, units: Units, stop) -> None:  # noqa: ANN001
    stop()
    assert stop(StopSending("all", "another")) == Refusal("already_stopped", {"scope": "all"})
    assert scopes(units) == [("all", "fire drill")]


def test_what_is_not_stopped_is_not_resumed(dialect: str, units: Units, stop, resume) -> None:  # noqa: ANN001
    assert resume() == Refusal("not_stopped", {"scope": "all"})
    stop(StopSending("s1", "wrong door"))
    assert resume("all") == Refusal("not_stopped", {"scope": "all"})
    assert stop() is None
    assert sorted(scopes(units)) == [("all", "fire drill"), ("s1", "wrong door")]
    assert resume("s1") is None
    assert scopes(units) == [("all", "fire drill")]
