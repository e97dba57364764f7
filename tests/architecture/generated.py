"""The parts of ARCHITECTURE.md that are made from the program: each stands between two markers and is compared by a test.

``python -m tests.architecture.regenerate`` writes them again.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence

from app.insights.schema import guards
from tests.architecture.literals import audit_actions, refusal_codes
from tests.architecture.machines import HELD_BY
from tests.architecture.sources import ROOT, first_sentence, functions_of, python_files, text_of

DOCUMENT = ROOT / "ARCHITECTURE.md"
STAGE_ORDER = (
    "kernel", "settings.py", "storage", "audit", "outbox", "accounts", "authoring", "checks", "review", "publishing",
    "consent", "engagement", "sequences", "gate", "delivery", "transports", "insights", "web", "api", "cli", "worker",
    "bootstrap.py",
)  # fmt: skip
"""The order of the pipeline, low first; a test holds it complete."""
LONGEST_LINE = 140
EXAMPLE = "app/publishing/operations.py"


def tree() -> str:
    """One line per package and module, in the order of the pipeline."""
    files = python_files("app")
    lines = ["```text"]
    for part in STAGE_ORDER:
        if part.endswith(".py"):
            lines.append(_line(part, f"app/{part}", 0))
            continue
        inside = [name for name in files if name.startswith(f"app/{part}/")]
        lines += _package(f"app/{part}", inside, 0)
    return "\n".join([*lines, "```"])


def _package(folder: str, files: Sequence[str], depth: int) -> list[str]:
    init = f"{folder}/__init__.py"
    lines = [_line(folder.rpartition("/")[2] + "/", init if init in files else "", depth)]
    below = {name.removeprefix(f"{folder}/") for name in files if name != init}
    lines += [_line(module, f"{folder}/{module}", depth + 1) for module in sorted(n for n in below if "/" not in n)]
    for package in sorted({name.partition("/")[0] for name in below if "/" in name}):
        inside = [name for name in files if name.startswith(f"{folder}/{package}/")]
        lines += _package(f"{folder}/{package}", inside, depth + 1)
    return lines


def _line(shown: str, name: str, depth: int) -> str:
    said = first_sentence(name) if name else ""
    line = f"{'    ' * depth}{shown:<{30 - 4 * depth}}{said}".rstrip()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rsplit(" ", 1)[0] + " …"


def beats() -> str:
    """A real operation, whole."""
    (found,) = [f for f in functions_of(EXAMPLE) if f.name == "recall"]
    lines = text_of(EXAMPLE).splitlines()[found.lineno - 1 : found.end_lineno]
    return "\n".join(["```python", *lines, "```"])


def contracts() -> str:
    """The import contracts of pyproject.toml, by id."""
    named = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return _table(("id", "type", "says"), [(f"`{c['id']}`", c["type"], c["name"]) for c in named])


def machines() -> str:
    """Every transition table as it prints itself, with the trigger that holds it."""
    parts = []
    for machine, guard in HELD_BY.values():
        final = sorted(s.value for s in machine.states() - {before for before, _ in machine.moves})
        ends = f" Final: {', '.join(final)}." if final else ""
        parts.append(
            f"### {machine.name}\n\nStarts as {machine.initial.value}.{ends} Held in the database by `{guard}`.\n\n"
            f"{machine.as_markdown()}"
        )
    return "\n\n".join(parts)


def guard_list() -> str:
    """Every trigger of the database, by name."""
    rows = [(f"`{g.name}`", f"{g.on} on `{g.table}`", _after_colon(g.message)) for g in guards()]
    return _table(("guard", "refuses", "because"), sorted(rows))


def _after_colon(message: str) -> str:
    head, colon, rest = message.partition(": ")
    return rest if colon and " " not in head else message


def actions() -> str:
    """Every audit action, by the module that notes it."""
    by_file: dict[str, list[str]] = {}
    for action, name in audit_actions().items():
        by_file.setdefault(name, []).append(f"`{action}`")
    return _table(("noted by", "actions"), [(f"`{name}`", ", ".join(found)) for name, found in sorted(by_file.items())])


def codes() -> str:
    """Every refusal code and gate reason, by stage. ``kernel`` stands for the transition tables."""
    by_stage: dict[str, list[str]] = {}
    for code, stages in refusal_codes().items():
        for stage in stages:
            by_stage.setdefault(stage, []).append(f"`{code}`")
    order = {stage: at for at, stage in enumerate(STAGE_ORDER)}
    rows = [(stage, ", ".join(sorted(found))) for stage, found in by_stage.items()]
    return _table(("stage", "codes"), sorted(rows, key=lambda row: order[row[0]]))


BLOCKS: Mapping[str, Callable[[], str]] = {
    "tree": tree,
    "beats": beats,
    "contracts": contracts,
    "machines": machines,
    "guards": guard_list,
    "actions": actions,
    "codes": codes,
}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- begin {name} -->\n)(.*?)(<!-- end {name} -->)", re.DOTALL)


def block_in(text: str, name: str) -> str | None:
    """What stands between the markers of ``name``; None without markers."""
    found = _between(name).search(text)
    return None if found is None else found.group(2).removesuffix("\n")


def with_blocks(text: str) -> str:
    """The document with every generated part as it should be now."""
    for name, make in BLOCKS.items():
        made = make()
        text = _between(name).sub(lambda found, made=made: found.group(1) + made + "\n" + found.group(3), text)  # type: ignore[misc]
    return text
