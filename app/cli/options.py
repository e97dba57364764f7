"""Options that every command takes, before its name or after it, and commands that are loaded only when they are called."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

_ROOT = "placet.options"
Loader = Callable[[], click.Command]


def remembered(context: click.Context) -> dict[str, Any]:
    """The shared options given so far on this command line."""
    found: dict[str, Any] = context.meta.setdefault(_ROOT, {})
    return found


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value not in (None, False) and option.name is not None:
        remembered(context)[option.name] = value


def shared_options() -> list[click.Parameter]:
    """``--data --as --password-file --json``."""
    folder = click.Path(file_okay=False, path_type=Path)
    file = click.Path(dir_okay=False, exists=True, path_type=Path)
    common: dict[str, Any] = {"expose_value": False, "callback": _remember}
    return [
        click.Option(["--data"], type=folder, metavar="DIR", help="Data directory (PLACET_DATA, or ./var).", **common),
        click.Option(["--as", "acting_as"], metavar="EMAIL", help="Who you are; needed to change anything.", **common),
        click.Option(
            ["--password-file"],
            type=file,
            metavar="FILE",
            help="Read your password from a file; else it is asked.",
            **common,
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Answer with one JSON value.", **common),
    ]


class Command(click.Command):
    """A command with the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *shared_options()]


class Group(click.Group):
    """A group whose commands and groups take the shared options too."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *shared_options()]


class LateGroup(Group):
    """A group that imports a command only when it is called, so that each starts as fast as it can."""

    def __init__(self, *args: Any, loaders: Mapping[str, Loader], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loaders = loaders

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._loaders)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        loader = self._loaders.get(cmd_name)
        return None if loader is None else loader()
