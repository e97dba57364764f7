"""Every text that an expression in the source may become: how the lists of audit actions and refusal codes are read.

A value that only the running program knows stands in ``KNOWN``, by file and expression; one that stands nowhere is an
:class:`Unknown`, and the guard test names it.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import product

from app.accounts.model import PersonState
from app.consent.model import SuppressionReason
from app.gate.content_checks import _STATE_CODES
from app.outbox.model import MessageAction
from app.review.model import RoundAction
from app.review.policy import ROUND_MOVES
from app.sequences.model import SequenceAction
from tests.architecture.machines import MACHINES
from tests.architecture.sources import Function, python_files, tree_of


class Unknown(LookupError):
    """An expression whose values cannot be read from the source."""


def _of(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in kind)


_ENDED = tuple(
    sorted({after.value for (_, act), after in ROUND_MOVES.moves.items() if act is not RoundAction.COMPLETE})
)

KNOWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("app/review/operations/rounds.py", "state.value"): _ENDED,
    ("app/outbox/operations.py", "action.value"): _of(MessageAction),
    ("app/sequences/operations/__init__.py", "action.value"): _of(SequenceAction),
    ("app/accounts/operations/people.py", "after.value"): _of(PersonState),
    ("app/accounts/policy.py", "code"): ("sign_in_throttled", "confirmation_throttled"),
    ("app/gate/content_checks.py", "code"): tuple(code for _, code in _STATE_CODES.values()),
    ("app/gate/consent_checks.py", "reasons[0]"): _of(SuppressionReason),
    ("app/kernel/transitions.py", "self.name"): tuple(machine.name for machine in MACHINES),
    ("app/review/policy.py", "closed.code"): ("round_not_allowed",),
}


@cache
def module_of(name: str) -> "Module":
    return Module(name)


class Module:
    """One file, with what its names stand for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tree = tree_of(name)
        self._constants: dict[str, ast.expr] = {}
        self._home: dict[ast.AST, Function] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._constants[node.targets[0].id] = node.value
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                self._constants[node.target.id] = node.value
        for found in ast.walk(self.tree):
            if isinstance(found, Function):
                self._home.update(dict.fromkeys(ast.walk(found), found))

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Every call of a function by one of these bare names."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node

    def values(self, node: ast.expr) -> set[str]:
        """Every text that ``node`` may become; raises ``Unknown``."""
        known = KNOWN.get((self.name, ast.unparse(node)))
        if known is not None:
            return set(known)
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp():
                return self.values(node.body) | self.values(node.orelse)
            case ast.JoinedStr():
                return self._joined(node)
            case ast.Dict():
                return self._union(node.values)
            case ast.Subscript():
                return self.values(node.value)
            case ast.Call(func=ast.Attribute(attr="get", value=table)):
                return self._union([table, *node.args[1:]])
            case ast.Name():
                return self._named(node)
        raise Unknown(f"{self.name}:{node.lineno}: {ast.unparse(node)}")

    def _union(self, nodes: Iterable[ast.expr]) -> set[str]:
        return {text for node in nodes for text in self.values(node)}

    def _joined(self, node: ast.JoinedStr) -> set[str]:
        parts = [self.values(p.value if isinstance(p, ast.FormattedValue) else p) for p in node.values]
        return {"".join(chosen) for chosen in product(*parts)}

    def _named(self, node: ast.Name) -> set[str]:
        """A constant of the file, a parameter (what its callers in this file pass), or a local name (what it is given)."""
        if node.id in self._constants:
            return self.values(self._constants[node.id])
        home = self._home.get(node)
        if home is not None:
            order = [a.arg for a in home.args.posonlyargs + home.args.args]
            if node.id in order:
                at = order.index(node.id)
                passed = self._union(call.args[at] for call in self.calls(home.name) if len(call.args) > at)
                if passed:
                    return passed
            given = [
                s.value for s in ast.walk(home) if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == node.id
            ]
            if given:
                return self._union(given)
        raise Unknown(f"{self.name}:{node.lineno}: {node.id}")


def _first(call: ast.Call, keyword: str, position: int) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg == keyword), None)


@cache
def audit_actions() -> dict[str, str]:
    """Every action the program notes, with the file that does."""
    found = {}
    for name in python_files("app"):
        module = module_of(name)
        for call in module.calls("AuditNote"):
            argument = _first(call, "action", 0)
            if argument is not None:
                found.update(dict.fromkeys(module.values(argument), name))
    return dict(sorted(found.items()))


_CODE_AT = {"Refusal": 0, "hold": 1, "refuse": 1, "CheckResult": 2}
"""Which argument of a call is the code."""


@cache
def refusal_codes() -> dict[str, set[str]]:
    """Every code of a refusal and every reason of the gate, with the stages that give it."""
    found: dict[str, set[str]] = {}
    for name in python_files("app"):
        module = module_of(name)
        stage = name.split("/")[1]
        reasons = () if name == "app/gate/results.py" or stage != "gate" else ("hold", "refuse", "CheckResult")
        for call in module.calls("Refusal", *reasons):
            argument = _first(call, "code", _CODE_AT[ast.unparse(call.func)])
            if argument is not None:
                for code in module.values(argument):
                    found.setdefault(code, set()).add(stage)
    return dict(sorted(found.items()))
