"""Simulated Kalshi's WSGI application."""

from flask import Flask

from local.venues.kalshi import portfolio, public, trading
from local.venues.kalshi.engine import Engine
from local.venues.state import VenueState

PREFIX = "/trade-api/v2"


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-kalshi")
    app.register_blueprint(public.routes(state), url_prefix=PREFIX)
    engine = Engine(state)
    app.register_blueprint(trading.routes(engine), url_prefix=PREFIX)
    app.register_blueprint(portfolio.routes(engine), url_prefix=PREFIX)
    return app
