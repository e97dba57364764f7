"""Every state machine is whole, and the database holds the very table that is printed."""

import importlib
import pkgutil

import pytest

import app
from app.insights.schema import guards
from app.kernel.transitions import TransitionTable
from app.storage.guards import transition_guard
from tests.architecture.machines import HELD_BY

NAMES = sorted(HELD_BY)


def test_every_transition_table_is_listed() -> None:
    found = set()
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith(".policy"):
            loaded = vars(importlib.import_module(module.name))
            found |= {name for name, value in loaded.items() if isinstance(value, TransitionTable)}
    assert found == set(HELD_BY)


@pytest.mark.parametrize("name", NAMES)
def test_every_state_is_reachable(name: str) -> None:
    machine, _ = HELD_BY[name]
    kind = type(machine.initial)
    assert machine.reachable() == machine.states() == set(kind)


@pytest.mark.parametrize("name", NAMES)
def test_every_action_leads_somewhere(name: str) -> None:
    machine, _ = HELD_BY[name]
    used = {action for _, action in machine.moves}
    assert used == set(type(next(iter(used))))


@pytest.mark.parametrize("name", NAMES)
def test_the_guard_in_the_database_says_what_the_table_says(name: str) -> None:
    machine, guard_name = HELD_BY[name]
    (guard,) = [guard for guard in guards() if guard.name == guard_name]
    moves = [(before.value, after.value) for (before, _), after in machine.moves.items()]
    assert guard == transition_guard(guard_name, guard.table, "state", moves)


def test_every_transition_guard_belongs_to_a_printed_table() -> None:
    held = {guard.name for guard in guards() if "is not in the transition table" in guard.message}
    assert held == {guard for _, guard in HELD_BY.values()}


def test_guard_names_are_unique_and_short_enough_for_postgresql() -> None:
    names = [guard.name for guard in guards()]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63
