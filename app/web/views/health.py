"""Whether the process runs, and whether it can serve: for whatever watches it. Says nothing else."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.audit import queries
from app.web import paths
from app.web.access import public
from app.web.context import the_context

health = Blueprint("health", __name__)

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@health.get(paths.HEALTH_LIVE)
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return "live\n", 200, _PLAIN


@health.get(paths.HEALTH_READY)
@public
def ready() -> ResponseReturnValue:
    """The database answers, and holds our log."""
    try:
        with the_context().units.reading() as connection:
            queries.tree_head(connection)
    except SQLAlchemyError:
        return "not ready: the database does not answer\n", 503, _PLAIN
    return "ready\n", 200, _PLAIN
