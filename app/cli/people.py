"""Commands about people: add, list, roles, deactivate."""

from pathlib import Path

import click

from app.accounts import operations, queries
from app.accounts.model import ChangeRoles, CreatePerson, Person, Role
from app.cli.context import CliContext, first_line, with_context
from app.cli.options import Group
from app.kernel.errors import NotFound

_ROLES = click.Choice([role.value for role in Role])


@click.group(cls=Group)
def people() -> None:
    """Accounts and roles."""


@people.command("list")
@with_context
def list_(context: CliContext) -> None:
    """Everybody, by name."""
    rows = [_row(person) for person in context.read(queries.people)]
    columns = [("email", "EMAIL"), ("name", "NAME"), ("roles", "ROLES"), ("state", "STATE")]
    context.output.table(rows, columns, "Nobody yet. Make the first administrator with `placet init`.")


@people.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, type=_ROLES, help="May be repeated.")
@click.option("--new-password-file", type=click.Path(dir_okay=False, exists=True, path_type=Path),
              help="Read the new account's password from a file; else it is asked.")  # fmt: skip
@with_context
def add(context: CliContext, email: str, name: str, roles: tuple[str, ...], new_password_file: Path | None) -> None:
    """Open an account."""
    actor = context.actor
    command = CreatePerson(email, name, frozenset(Role(role) for role in roles), new_password(email, new_password_file))
    made = context.act(
        lambda uow: operations.create_person(uow, command, actor=actor, now=context.now, ids=context.ids)
    )
    context.output.say(_row(made), f"{made.email} has an account.")


@people.command("role")
@click.argument("email")
@click.argument("roles", nargs=-1, type=_ROLES)
@with_context
def role(context: CliContext, email: str, roles: tuple[str, ...]) -> None:
    """Give a person exactly these roles. Her sessions end."""
    actor, person = context.actor, _find(context, email)
    command = ChangeRoles(person.id, frozenset(Role(r) for r in roles))
    changed = context.act(lambda uow: operations.change_roles(uow, command, actor=actor, now=context.now))
    context.output.say(_row(changed), f"{email}: {', '.join(sorted(changed.roles)) or 'no roles'}.")


@people.command("deactivate")
@click.argument("email")
@with_context
def deactivate(context: CliContext, email: str) -> None:
    """Close an account and end its sessions; its history stays."""
    actor, person = context.actor, _find(context, email)
    closed = context.act(lambda uow: operations.deactivate(uow, person.id, actor=actor, now=context.now))
    context.output.say(_row(closed), f"{email} is deactivated.")


def new_password(email: str, file: Path | None) -> str:
    """A password for a new account, from a file or asked for twice."""
    if file is not None:
        return first_line(file)
    entered: str = click.prompt(f"New password for {email}", hide_input=True, confirmation_prompt=True, err=True)
    return entered


def _find(context: CliContext, email: str) -> Person:
    person = context.read(queries.person_by_email, email)
    if person is None:
        raise NotFound("person", email)
    return person


def _row(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "state": person.state.value,
    }
