"""Approval policies: who must sign what. A YAML file that a compliance officer can read; the first policy that matches counts.

    policies:
      - id: text-messages
        why: GOV-04, carriers hold the sender answerable
        when: {channel: [sms]}
        roles: [legal, compliance]
        max_valid_days: 365
        sla_hours: 24

Every key of ``when`` must match; a key that is left out matches everything. ``[any]`` matches when there is at least one,
``[none]`` when there is none. Nothing matches: nobody can approve it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.accounts.model import SIGNING_ROLES, Role
from app.authoring.model import Audience, Channel, ContentType
from app.kernel.digest import Json, digest_of
from app.kernel.errors import BadInput
from app.kernel.finding import Refusal

LONGEST_VALID_DAYS = 365
"""GOV-03: at most twelve months, whatever a policy says."""
LONGEST_SLA_HOURS = 24 * 30
ANY, NONE = "any", "none"
_KEYS = ("id", "why", "when", "roles", "max_valid_days", "sla_hours")
_CONDITIONS: Mapping[str, frozenset[str] | None] = {
    "channel": frozenset(c.value for c in Channel),
    "content_type": frozenset(c.value for c in ContentType),
    "audience": frozenset(a.value for a in Audience),
    "purpose": None,
    "service_line": None,
    "claims": None,
    "finding_categories": None,
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a policy may look at in a version. ``purpose`` is the class of message, such as ``offers``."""

    channel: str
    content_type: str
    audience: str
    purpose: str
    service_line: str
    claims: frozenset[str]
    finding_categories: frozenset[str]

    def values(self, condition: str) -> frozenset[str]:
        """The values to compare with a condition; an empty text is no value."""
        value = getattr(self, condition)
        return value if isinstance(value, frozenset) else frozenset([value] if value else [])


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """One rule: what it covers, which roles must sign, for how long at most, and how soon (hours)."""

    id: str
    why: str
    when: Mapping[str, tuple[str, ...]]
    roles: frozenset[Role]
    max_valid_days: int
    sla_hours: int

    def covers(self, traits: Traits) -> bool:
        """Whether every condition holds."""
        return all(_holds(wanted, traits.values(condition)) for condition, wanted in self.when.items())

    def as_json(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "when": {condition: sorted(wanted) for condition, wanted in self.when.items()},
            "roles": sorted(role.value for role in self.roles),
            "max_valid_days": self.max_valid_days,
            "sla_hours": self.sla_hours,
        }


def _holds(wanted: Sequence[str], present: frozenset[str]) -> bool:
    if ANY in wanted and present:
        return True
    if NONE in wanted and not present:
        return True
    return bool(present & set(wanted))


@dataclass(frozen=True, slots=True)
class ApprovalPolicies:
    """All policies in their order. ``digest`` covers what they decide, not how the file is laid out."""

    rules: tuple[ApprovalPolicy, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form of the rules, in order."""
        return digest_of([rule.as_json() for rule in self.rules])

    def choose(self, traits: Traits) -> ApprovalPolicy | Refusal:
        """The first policy that covers ``traits``, or ``no_policy``: no record means no."""
        for rule in self.rules:
            if rule.covers(traits):
                return rule
        return Refusal(
            "no_policy",
            {
                "channel": traits.channel,
                "content_type": traits.content_type,
                "audience": traits.audience,
                "purpose": traits.purpose,
            },
        )


def load_policies(path: Path) -> ApprovalPolicies:
    """Read the file. Raises ``BadInput`` with line and column for whatever cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("The approval policies cannot be read. Put a UTF-8 file here.", source=str(path)) from error
    return parse_policies(text, str(path))


def parse_policies(text: str, source: str) -> ApprovalPolicies:
    """The policies in a text; ``source`` names it in errors."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadInput(
            f"This is not YAML: {error.problem}. Mend it at this place.",
            source=source,
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        ) from error
    if root is None:
        raise BadInput("The file is empty. Write a list under 'policies:'.", source=source, line=1, column=1)
    return _Reader(source).policies(root)


class _Reader:
    """Turns YAML nodes, which know their place, into policies."""

    def __init__(self, source: str) -> None:
        self._source = source

    def policies(self, root: yaml.Node) -> ApprovalPolicies:
        entries = self._mapping(root, ("policies",))
        nodes = self._sequence(entries["policies"]) if "policies" in entries else []
        if not nodes:
            raise self._bad(root, "There is no policy. Write at least one under 'policies:'.")
        rules: list[ApprovalPolicy] = []
        for node in nodes:
            rule = self._policy(node)
            if any(rule.id == other.id for other in rules):
                raise self._bad(node, f"There are two policies with the id '{rule.id}'. Rename one.")
            rules.append(rule)
        return ApprovalPolicies(tuple(rules))

    def _policy(self, node: yaml.Node) -> ApprovalPolicy:
        entries = self._mapping(node, _KEYS)
        for key in _KEYS:
            if key not in entries:
                raise self._bad(node, f"The policy has no '{key}'. Add it.")
        return ApprovalPolicy(
            id=self._text(entries["id"]),
            why=self._text(entries["why"]),
            when=self._conditions(entries["when"]),
            roles=self._roles(entries["roles"]),
            max_valid_days=self._number(entries["max_valid_days"], LONGEST_VALID_DAYS),
            sla_hours=self._number(entries["sla_hours"], LONGEST_SLA_HOURS),
        )

    def _conditions(self, node: yaml.Node) -> dict[str, tuple[str, ...]]:
        conditions: dict[str, tuple[str, ...]] = {}
        for key, value in self._mapping(node, tuple(_CONDITIONS)).items():
            known = _CONDITIONS[key]
            words = []
            for item in self._sequence(value):
                word = self._text(item)
                if known is not None and word not in known | {ANY, NONE}:
                    raise self._bad(item, f"'{word}' is no {key}. Known: {', '.join(sorted(known))}, any, none.")
                words.append(word)
            if not words:
                raise self._bad(value, f"'{key}' lists nothing, so it would never match. Remove it or add a value.")
            conditions[key] = tuple(words)
        return conditions

    def _roles(self, node: yaml.Node) -> frozenset[Role]:
        roles = set()
        known = {role.value for role in SIGNING_ROLES}
        for item in self._sequence(node):
            word = self._text(item)
            if word not in known:
                raise self._bad(item, f"'{word}' cannot sign. Roles that sign: {', '.join(sorted(known))}.")
            roles.add(Role(word))
        if not roles:
            raise self._bad(node, "A policy without roles would approve by itself. Name at least one role.")
        return frozenset(roles)

    def _number(self, node: yaml.Node, most: int) -> int:
        text = self._text(node)
        if not text.isdecimal() or not text.isascii() or not 1 <= int(text) <= most:
            raise self._bad(node, f"'{text}' is not a whole number from 1 to {most}.")
        return int(text)

    def _mapping(self, node: yaml.Node, known: Iterable[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._bad(node, "Here 'key: value' pairs are expected.")
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self._text(key_node)
            if key not in known:
                raise self._bad(key_node, f"'{key}' is not known here. Known: {', '.join(known)}.")
            if key in entries:
                raise self._bad(key_node, f"'{key}' is given twice. Keep one.")
            entries[key] = value
        return entries

    def _sequence(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._bad(node, "Here a list is expected, for example [sms].")
        return list(node.value)

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self._bad(node, "Here one word or number is expected.")
        return str(node.value).strip()

    def _bad(self, node: yaml.Node, message: str) -> BadInput:
        mark = node.start_mark
        return BadInput(message, source=self._source, line=mark.line + 1, column=mark.column + 1)
