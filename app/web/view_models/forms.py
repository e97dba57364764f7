"""Parts that forms on several pages share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """``field`` is the id of the control; ``message`` says what happened and what to do."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    hint: str = ""


Errors = tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Values typed are kept, except the password."""

    email: str = ""
    next: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page that only says something: errors, refusals, confirmations. ``who`` can change it."""

    title: str
    lead: str
    details: tuple[str, ...] = ()
    who: str = ""
    fix: str = ""
    reference: str = ""
    back_href: str = ""
    back_label: str = ""
