"""What templates may call: instants in the reader's zone, statuses, icons, addresses of files and pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup

from app.web import moments, paths
from app.web.assets import SCRIPTS, STYLES, asset, icon
from app.web.frame import the_frame
from app.web.statuses import status_of


def day(instant: datetime) -> Markup:
    """``14 Mar 2027 (in 112 days)``."""
    frame = the_frame()
    return moments.day(instant, frame.now, frame.zone)


def moment(instant: datetime) -> Markup:
    """``14 Mar 2027, 09:00 GMT (in 112 days)``."""
    frame = the_frame()
    return moments.moment(instant, frame.now, frame.zone)


def instant_text(instant: datetime) -> str:
    """``14 Mar 2027, 09:00 GMT``, where the distance would only repeat itself."""
    return moments.instant_text(instant, the_frame().zone)


def from_pairs(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """The value that goes with ``name``, or nothing."""
    return dict(pairs).get(name, "")


def install(app: Flask) -> None:
    """Teach the templates these words. An unknown name in a template is an error, never an empty place."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        styles=STYLES,
        scripts=SCRIPTS,
        path=paths,
        status_of=status_of,
        day=day,
        moment=moment,
        instant_text=instant_text,
        fours=moments.fours,
        grouped=moments.grouped,
        plural=moments.plural,
    )
    app.jinja_env.filters["from_pairs"] = from_pairs

    @app.context_processor
    def _with_frame() -> dict[str, Any]:
        return {"frame": the_frame()}
