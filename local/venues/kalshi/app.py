"""Simulated Kalshi's WSGI application."""

from flask import Flask

from local.venues.kalshi import public
from local.venues.state import VenueState

PREFIX = "/trade-api/v2"


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-kalshi")
    app.register_blueprint(public.routes(state), url_prefix=PREFIX)
    return app
