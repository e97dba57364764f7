"""Content files on disk: which there are, and their bytes, never more than the limit."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.authoring.front_matter import MAX_FILE_BYTES
from app.kernel.errors import BadInput

SENDERS_FILE = "senders.yml"
_QUOTED_FIRST = (b"\ntype: disclosure", b"\ntype: consent_wording")


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One file as read. ``origin`` is its path as the person wrote it."""

    origin: str
    data: bytes

    @property
    def is_senders(self) -> bool:
        """Whether it holds sender profiles instead of content."""
        return Path(self.origin).name == SENDERS_FILE


@dataclass(frozen=True, slots=True)
class Listing:
    """Files in the order in which they can be imported, and what could not be read."""

    files: tuple[ContentFile, ...]
    problems: tuple[BadInput, ...]


def read_paths(paths: Sequence[Path]) -> Listing:
    """Every ``*.md`` and ``senders.yml`` at or under ``paths``, each once.

    Senders come first, then what other content quotes, then the rest; by path within each. A path that is missing,
    unreadable or too big becomes a problem and does not stop the others.
    """
    files: dict[str, ContentFile] = {}
    problems: list[BadInput] = []
    for path in paths:
        if not path.exists():
            problems.append(BadInput("There is no such file or folder. Check the path.", source=str(path)))
            continue
        for found in _walk(path):
            try:
                files.setdefault(str(found.resolve()), ContentFile(found.as_posix(), _read(found)))
            except (BadInput, OSError) as error:
                problems.append(error if isinstance(error, BadInput) else _unreadable(found, error))
    ordered = sorted(files.values(), key=lambda file: (_rank(file), file.origin))
    return Listing(tuple(ordered), tuple(problems))


def _walk(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if (name.endswith(".md") or name == SENDERS_FILE) and not name.startswith("."):
                yield Path(folder) / name


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput("This is not a regular file. Give a Markdown file or a folder.", source=path.as_posix())
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        message = f"The file is larger than {MAX_FILE_BYTES:,} bytes. Split it into several items."
        raise BadInput(message, source=path.as_posix())
    return data


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"The file cannot be read ({error.strerror}). Check its permissions.", source=path.as_posix())


def _rank(file: ContentFile) -> int:
    if file.is_senders:
        return 0
    return 1 if any(mark in file.data[:4_000] for mark in _QUOTED_FIRST) else 2
