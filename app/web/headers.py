"""Headers of every answer. The preview frame has its own: it shows what users wrote, and may do nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from app.web.context import the_context

View = TypeVar("View", bound=Callable[..., Any])
_FRAMED = "_placet_framed"
_TWO_YEARS = 63_072_000

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
FRAME_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
COMMON: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def framed(view: View) -> View:
    """Marks a view whose answer is shown in a sandboxed frame of our own pages, with everything switched off."""
    setattr(view, _FRAMED, True)
    return view


def install(app: Flask) -> None:
    """Send the headers with every answer, error pages and files included."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    in_frame = getattr(view, _FRAMED, False)
    response.headers.update(COMMON)
    response.headers["Content-Security-Policy"] = FRAME_POLICY if in_frame else PAGE_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if in_frame else "DENY"
    if the_context().secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
    if request.endpoint == "static":
        if "v" in request.args and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    response.headers["Cache-Control"] = "no-store"
    return response
