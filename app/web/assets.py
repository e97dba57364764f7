"""Files the browser fetches, with the digest of their content in the address, and icons set inline."""

import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from app.kernel.digest import sha256

STATIC = Path(__file__).resolve().parents[2] / "static"
STYLES = ("css/fonts.css", "css/tokens.css", "css/base.css", "css/components.css", "css/pages.css")
SCRIPTS = ("js/htmx-2.0.11.min.js", "js/placet.js")
_DIGITS = 12


@lru_cache(maxsize=128)
def asset(name: str) -> str:
    """Address of a file under ``static/``; it changes when the content does. Raises ``FileNotFoundError``."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes())[:_DIGITS]}"


@lru_cache(maxsize=64)
def icon(name: str) -> Markup:
    """A Lucide outline icon, 20 px and 1.5 px wide, hidden from screen readers: a word always stands beside it."""
    drawing = (STATIC / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if inside is None:
        raise ValueError(f"icons/{name}.svg is not a drawing")
    shapes = " ".join(inside.group(1).split())
    return Markup(  # noqa: S704  # our own file, not input
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        f'focusable="false">{shapes}</svg>'
    )
