"""Views: parse the request, call one operation or query, show the answer."""

from flask import Blueprint

from app.web.views.appearance import appearance
from app.web.views.audit import audit
from app.web.views.content import content
from app.web.views.deciding import deciding
from app.web.views.demo import demo
from app.web.views.editing import editing
from app.web.views.health import health
from app.web.views.home import home
from app.web.views.inbox import inbox
from app.web.views.leads import leads
from app.web.views.publishing import publishing
from app.web.views.reviews import reviews
from app.web.views.sending import sending
from app.web.views.sends import sends
from app.web.views.sequences import sequences
from app.web.views.sign_in import sign_in
from app.web.views.unsubscribe import unsubscribe

BLUEPRINTS: tuple[Blueprint, ...] = (
    appearance,
    audit,
    content,
    deciding,
    demo,
    editing,
    health,
    home,
    inbox,
    leads,
    publishing,
    reviews,
    sending,
    sends,
    sequences,
    sign_in,
    unsubscribe,
)
"""Every blueprint of the application; a new page adds its own here."""
