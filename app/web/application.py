"""Makes the web application from its context; nothing is global."""

from datetime import timedelta

from flask import Flask

from app.web import errors, headers, identity, jinja_words, limits
from app.web.access import public
from app.web.assets import STATIC
from app.web.context import EXTENSION, WebContext
from app.web.views import BLUEPRINTS

LARGEST_REQUEST = 2_000_000
LARGEST_FORM = 500_000


def create_app(context: WebContext) -> Flask:
    """The application for one installation."""
    app = Flask("app.web", static_folder=str(STATIC), static_url_path="/static", template_folder="templates")
    app.extensions[EXTENSION] = context
    app.config.update(
        SECRET_KEY=context.keys.cookies[0],
        SECRET_KEY_FALLBACKS=list(context.keys.cookies[1:]),
        SESSION_COOKIE_NAME="__Host-placet" if context.secure else "placet",
        SESSION_COOKIE_SECURE=context.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=context.rate_limits,
        RATELIMIT_STORAGE_URI="memory://",
    )
    jinja_words.install(app)
    identity.install(app)
    headers.install(app)
    errors.install(app)
    public(app.view_functions["static"])
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    limits.install(app)
    return app
