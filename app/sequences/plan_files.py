"""Read a sequence file: YAML with a closed set of keys, every mistake with its line and column. Pure."""

from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.authoring.model import Channel
from app.kernel.errors import BadInput
from app.outbox.model import Pin
from app.sequences.model import Plan, Step, Window
from app.sequences.spans import parse_hour, parse_span

MAX_BYTES = 64 * 1024
MAX_STEPS = 50
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUIET_START, _QUIET_END = 8, 21
"""Calls and texts only from 8 a.m. to 9 p.m. at the called party's location: 47 CFR 64.1200(c)(1)."""
_Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
_Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ExactPin(_Strict):
    publication: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]


class _WindowFile(_Strict):
    start: Annotated[str, Field(alias="from")]
    end: Annotated[str, Field(alias="to")]
    days: Annotated[list[_Day], Field(min_length=1)]


class _StepFile(_Strict):
    item: Annotated[str, Field(min_length=1, max_length=80)]
    channel: Literal["email", "sms", "call"]
    pin: Literal["latest"] | _ExactPin
    delay: str
    window: _WindowFile
    useful_for: str


class _PlanFile(_Strict):
    key: _Key
    title: Annotated[str, Field(min_length=1, max_length=200)]
    lead_type: _Code
    steps: Annotated[list[_StepFile], Field(min_length=1, max_length=MAX_STEPS)]


class _Tree:
    """YAML nodes as plain values, with the place of each."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.marks: dict[tuple[str | int, ...], yaml.Mark] = {}

    def value(self, node: yaml.Node, path: tuple[str | int, ...] = ()) -> Any:
        self.marks[path] = node.start_mark
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise self.bad("A key must be a plain word.", key_node.start_mark)
            if key in found:
                raise self.bad(f"‘{key}’ stands here twice. Keep one of them.", key_node.start_mark)
            found[key] = self.value(value_node, (*path, key))
        return found

    def bad(self, message: str, mark: yaml.Mark | None) -> BadInput:
        if mark is None:
            return BadInput(message, source=self.origin)
        return BadInput(message, source=self.origin, line=mark.line + 1, column=mark.column + 1)

    def at(self, path: tuple[str | int, ...]) -> yaml.Mark | None:
        """The place of a path, or of the nearest thing around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path)


def parse_plan(data: bytes, origin: str) -> Plan:
    """The plan a file holds; raises ``BadInput`` with line, column and what to do."""
    tree = _Tree(origin)
    values = tree.value(_compose(data, tree))
    if not isinstance(values, dict):
        raise BadInput(
            "A sequence file starts with ‘key:’, ‘title:’, ‘lead_type:’ and ‘steps:’.", source=origin, line=1
        )
    try:
        file = _PlanFile.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = tuple(
            part for part in first["loc"] if part in ("from", "to") or not str(part).startswith(("literal", "_"))
        )
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        raise tree.bad(f"{where}: {_advice(path, first['type'], first['msg'])}", tree.at(path)) from None
    steps = tuple(_step(number, step, tree) for number, step in enumerate(file.steps, start=1))
    return Plan(file.key, file.title, file.lead_type, steps)


def _compose(data: bytes, tree: _Tree) -> yaml.Node:
    if len(data) > MAX_BYTES:
        raise BadInput("is larger than 64 kB. A sequence file holds at most 50 steps.", source=tree.origin)
    try:
        text = data.decode("utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise BadInput("uses an alias (*name). Write the value out.", source=tree.origin)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise BadInput("is not UTF-8. Save it as UTF-8 and import it again.", source=tree.origin) from None
    except yaml.MarkedYAMLError as error:
        raise tree.bad(
            f"This is not YAML: {error.problem}. Check indentation and colons.", error.problem_mark
        ) from None
    except (yaml.YAMLError, RecursionError):
        raise BadInput("is not YAML. Check indentation, colons and odd characters.", source=tree.origin) from None
    if node is None:
        raise BadInput("is empty.", source=tree.origin)
    return node


def _advice(path: tuple[str | int, ...], kind: str, message: str) -> str:
    if "pin" in path:
        return "write ‘latest’, or {publication: ID} for one exact publication."
    if kind == "missing":
        return "is missing. Add it."
    if kind == "extra_forbidden":
        return "is not a key of a sequence file. Remove it or correct its spelling."
    if kind == "string_pattern_mismatch":
        return "has characters that are not allowed here. Use small letters, digits, and - or _ as the examples do."
    return f"{message[:1].lower()}{message[1:]}."


def _step(number: int, file: _StepFile, tree: _Tree) -> Step:
    path = ("steps", number - 1)

    def read(name: tuple[str, ...], text: str, parse: Any) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            where = ".".join(("steps", str(number), *name))
            raise tree.bad(f"{where}: {error}", tree.at((*path, *name))) from None

    start = read(("window", "from"), file.window.start, parse_hour)
    end = read(("window", "to"), file.window.end, parse_hour)
    mark = tree.at((*path, "window"))
    if start >= end:
        raise tree.bad(f"steps.{number}.window: ‘to’ must be later than ‘from’.", mark)
    if file.channel != "email" and (start < _QUIET_START or end > _QUIET_END):
        message = "calls and texts are allowed from 08:00 to 21:00 only (47 CFR 64.1200). Narrow the window."
        raise tree.bad(f"steps.{number}.window: {message}", mark)
    useful_for = read(("useful_for",), file.useful_for, parse_span)
    if not useful_for:
        raise tree.bad(f"steps.{number}.useful_for: must be longer than nothing.", tree.at((*path, "useful_for")))
    pin = file.pin.publication if isinstance(file.pin, _ExactPin) else None
    return Step(
        number=number,
        item_key=file.item,
        channel=Channel(file.channel),
        pin=Pin.LATEST if pin is None else Pin.EXACT,
        publication_id=pin,
        delay=read(("delay",), file.delay, parse_span),
        window=Window(start, end, tuple(sorted({_DAYS.index(day) for day in file.window.days}))),
        useful_for=useful_for,
    )
