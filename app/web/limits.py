"""How often one address may use a view. Kept per process: the back-off of an account lies in the database."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_placet_limit"
_KEPT = "placet_limiter"


def limited(limit: str) -> Callable[[View], View]:
    """Allow each address so many requests, such as ``20 per minute``."""

    def mark(view: View) -> View:
        setattr(view, _MARK, limit)
        return view

    return mark


def install(app: Flask) -> None:
    """Hold the marked views to their limits; to be called when all blueprints are registered."""
    limiter = Limiter(get_remote_address, app=app)
    app.extensions[_KEPT] = limiter  # its own wrappers hold it only weakly
    for endpoint, view in list(app.view_functions.items()):
        limit = getattr(view, _MARK, None)
        if limit is not None:
            held: Callable[..., Any] = limiter.limit(limit)(view)
            app.view_functions[endpoint] = held
