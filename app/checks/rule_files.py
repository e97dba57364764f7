"""Rule packs on disk: ``review_rules/<pack>/pack.yml`` and one file per rule, lists of words in ``review_rules/lists.yml``.

In: a directory. Out: validated packs with digests. Always: every value is text (YAML's guesses never happen), duplicate
keys, aliases, tags and unknown keys are refused with file, line and column, and a pack of which an example fails is not
activated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import regex
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from app.checks.kinds.existence import ExistenceRule
from app.checks.kinds.frame import FrameRule
from app.checks.kinds.hidden_text import HiddenTextRule
from app.checks.kinds.html import HtmlRule
from app.checks.kinds.link_target import LinkTargetRule
from app.checks.kinds.merge_field import MergeFieldRule
from app.checks.kinds.metadata import MetadataRule
from app.checks.kinds.readability import ReadabilityRule
from app.checks.kinds.required_text import RequiredTextRule
from app.checks.kinds.substitution import SubstitutionRule
from app.checks.rules import Code, Day, Strict, Words
from app.kernel.digest import Json, digest_of
from app.kernel.errors import BadInput

Rule = (
    ExistenceRule
    | FrameRule
    | RequiredTextRule
    | SubstitutionRule
    | ReadabilityRule
    | MergeFieldRule
    | LinkTargetRule
    | HiddenTextRule
    | MetadataRule
    | HtmlRule
)
MAX_RULE_BYTES = 100_000
_MAX_DEPTH = 6
_LIST = regex.compile(r"@([a-z][a-z0-9_-]*)")
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class PackHead(Strict):
    """``pack.yml``. What it says of owner, effective day and jurisdictions holds for every rule that does not say otherwise."""

    id: Code
    title: Words
    owner: Words
    effective: Day
    reviewed: Day
    review_by: Day
    why: Words
    sources: tuple[Words, ...] = ()
    jurisdictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """One validated pack. ``digest`` is that of its canonical content: head, rules, and the word lists they use."""

    head: PackHead
    rules: tuple[Rule, ...]
    digest: str

    @property
    def name(self) -> str:
        return self.head.id


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    root: yaml.Node

    def bad(self, message: str, node: yaml.Node) -> BadInput:
        return BadInput(
            message, source=str(self.path), line=node.start_mark.line + 1, column=node.start_mark.column + 1
        )


def read_packs(directory: Path, names: Sequence[str] = ()) -> tuple[Pack, ...]:
    """The packs of a directory in name order, all or those named; examples are not run here. Raises ``BadInput``."""
    lists = _lists(directory / "lists.yml")
    found = sorted(path.parent for path in directory.glob("*/pack.yml") if not names or path.parent.name in names)
    missing = set(names) - {path.name for path in found}
    if missing:
        raise BadInput(
            f"There is no rule pack {', '.join(sorted(missing))}. Look at the names of the folders here.",
            source=str(directory),
        )
    return tuple(_pack(path, lists) for path in found)


def _pack(directory: Path, lists: Mapping[str, tuple[str, ...]]) -> Pack:
    head_file = _open(directory / "pack.yml")
    head_value = _plain(head_file, head_file.root)
    head = _validated(TypeAdapter(PackHead), head_value, head_file)
    if head.id != directory.name:
        raise head_file.bad(
            f"The id '{head.id}' is not the name of the folder, '{directory.name}'. Make them the same.", head_file.root
        )
    rules: list[Rule] = []
    contents: list[Json] = [head_value]
    inherited = {"owner": head.owner, "effective": head.effective, "jurisdictions": list(head.jurisdictions)}
    for path in sorted(directory.glob("*.yml")):
        if path.name == "pack.yml":
            continue
        file = _open(path)
        value = _plain(file, file.root)
        if not isinstance(value, dict):
            raise file.bad("A rule file is a list of 'key: value' lines. Start with id, kind and severity.", file.root)
        value = _with_lists({**inherited, **value}, lists, file)
        rule = _validated(_RULE, value, file)
        if rule.id != f"{head.id}.{path.stem}".replace(".", "-") and rule.id != path.stem:
            raise file.bad(
                f"The id '{rule.id}' is not the name of the file, '{path.stem}'. Make them the same.", file.root
            )
        rules.append(rule)
        contents.append(value)
    return Pack(head, tuple(rules), digest_of(contents))


def _lists(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.exists():
        return {}
    file = _open(path)
    value = _plain(file, file.root)
    return dict(_validated(TypeAdapter(dict[Code, tuple[Words, ...]]), value, file))


def _open(path: Path) -> _File:
    """The YAML of one file as nodes, once nothing clever is in it."""
    data = path.read_bytes()
    if len(data) > MAX_RULE_BYTES:
        raise BadInput(
            f"The file has {len(data):,} bytes; the limit is {MAX_RULE_BYTES:,}. Split it.", source=str(path)
        )
    try:
        text = data.decode("utf-8")
        _refuse_cleverness(path, text)
        root = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8. Save it as UTF-8.", source=str(path)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise BadInput(
            f"This is not readable as YAML: {error.problem}. Quote the value.",
            source=str(path),
            line=line,
            column=column,
        ) from error
    except yaml.YAMLError as error:
        raise BadInput(f"This is not readable as YAML: {error}.", source=str(path)) from error
    if root is None:
        raise BadInput("The file is empty. Write a rule.", source=str(path), line=1, column=1)
    return _File(path, root)


def _refuse_cleverness(path: Path, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        clever = (
            isinstance(event, yaml.AliasEvent)
            or getattr(event, "anchor", None) is not None
            or getattr(event, "tag", None) is not None
        )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark: Any = event.start_mark
        if clever or depth > _MAX_DEPTH:
            message = (
                "Anchors, aliases and tags are not used here. Write the value out."
                if clever
                else "This nests too deep. Flatten it."
            )
            raise BadInput(message, source=str(path), line=mark.line + 1, column=mark.column + 1)


def _plain(file: _File, node: yaml.Node) -> Any:
    """Strings, lists and maps; a key given twice is refused."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(file, item) for item in node.value]
    value: dict[str, Any] = {}
    for key_node, item in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise file.bad("A key must be plain text.", key_node)
        if key_node.value in value:
            raise file.bad(f"'{key_node.value}' is given twice. Keep one.", key_node)
        value[key_node.value] = _plain(file, item)
    return value


def _with_lists(value: Any, lists: Mapping[str, tuple[str, ...]], file: _File, key: str = "") -> Any:
    """``@name`` in phrases replaced by the choice of that list; examples and prose stay as they are."""
    if isinstance(value, dict):
        quiet = ("examples", "message", "why", "citation", "owner", "suggestion")
        return {name: item if name in quiet else _with_lists(item, lists, file, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_lists(item, lists, file, key) for item in value]
    missing = [name for name in _LIST.findall(value) if name not in lists]
    if missing:
        raise file.bad(f"There is no word list '{missing[0]}'. Add it to lists.yml or write the words out.", file.root)
    return _LIST.sub(lambda match: f"({'|'.join(lists[match.group(1)])})", value)


def _validated(adapter: TypeAdapter[Any], value: Any, file: _File) -> Any:
    """The validated value; the first complaint is shown at its place in the file."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        location = [part for part in first["loc"] if part not in _KINDS]
        name = ".".join(str(part) for part in location)
        raise file.bad(f"{name or 'This rule'}: {first['msg']}.", _node_at(file.root, location)) from error


def _node_at(node: yaml.Node, location: Sequence[int | str]) -> yaml.Node:
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next((item for key, item in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        else:
            found = None
        if found is None:
            break
        node = found
    return node


def all_rules(packs: Sequence[Pack]) -> Iterator[tuple[Pack, Rule]]:
    """Every rule with its pack, in order."""
    return ((pack, rule) for pack in packs for rule in pack.rules)


_RULE: TypeAdapter[Rule] = TypeAdapter(Annotated[Rule, Field(discriminator="kind")])
_KINDS = frozenset(
    "existence frame required_text substitution readability merge_field link_target hidden_text metadata html".split()
)
