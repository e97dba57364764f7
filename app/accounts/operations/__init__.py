"""Use cases of accounts: people and roles, sessions, confirmations."""

from app.accounts.operations.confirmations import confirm_identity, use_step_up
from app.accounts.operations.people import change_roles, create_first_person, create_person, deactivate, reactivate
from app.accounts.operations.sessions import change_password, end_sessions, sign_in, sign_out, touch_session

__all__ = [
    "change_password",
    "change_roles",
    "confirm_identity",
    "create_first_person",
    "create_person",
    "deactivate",
    "end_sessions",
    "reactivate",
    "sign_in",
    "sign_out",
    "touch_session",
    "use_step_up",
]
