"""Views: parse the request, call one operation or query, show the answer."""

from flask import Blueprint

from app.web.views.appearance import appearance
from app.web.views.demo import demo
from app.web.views.home import home
from app.web.views.sign_in import sign_in

BLUEPRINTS: tuple[Blueprint, ...] = (appearance, demo, home, sign_in)
"""Every blueprint of the application; a new page adds its own here."""
