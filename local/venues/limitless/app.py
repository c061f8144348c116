"""Simulated Limitless's WSGI application."""

from flask import Flask

from local.venues.limitless import public
from local.venues.state import VenueState


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-limitless")
    app.register_blueprint(public.routes(state))
    return app
