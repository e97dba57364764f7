"""Who may use a route. Every view carries exactly one declaration; a route without one answers nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.accounts.model import ROLE_PERMISSIONS, Permission, Role

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_placet_access"


class Door(StrEnum):
    """How a caller shows who she is."""

    PUBLIC = "public"
    TOKEN = "token"
    """An unguessable token in the address is the whole authority: no cookie is read, so there is nothing to forge."""
    SIGNED_IN = "signed_in"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True)
class Access:
    """The declaration of one view."""

    door: Door
    permission: Permission | None = None


def requires(permission: Permission) -> Callable[[View], View]:
    """Only for signed-in people whose roles hold ``permission``."""
    return _marker(Access(Door.PERMISSION, permission))


def signed_in(view: View) -> View:
    """For everybody who is signed in, whatever her roles."""
    return _marker(Access(Door.SIGNED_IN))(view)


def public(view: View) -> View:
    """For everybody."""
    return _marker(Access(Door.PUBLIC))(view)


def token_only(view: View) -> View:
    """For whoever holds the token in the address; exempt from the cross-site check because no cookie is trusted."""
    return _marker(Access(Door.TOKEN))(view)


def _marker(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if declared(view) is not None:
            raise TypeError(f"{view.__name__} declares its access twice")
        setattr(view, _MARK, access)
        return view

    return mark


def declared(view: object) -> Access | None:
    """The declaration of a view, or None when it has none."""
    return getattr(view, _MARK, None)


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold a permission, in their usual order."""
    return tuple(role for role in Role if permission in ROLE_PERMISSIONS[role])
