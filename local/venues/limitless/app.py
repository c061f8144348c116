"""Simulated Limitless's WSGI application."""

from flask import Flask

from local.venues import rpc
from local.venues.limitless import private, public
from local.venues.limitless.engine import Engine
from local.venues.limitless.orders import CHAIN_ID, wallet
from local.venues.state import VenueState


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-limitless")
    app.register_blueprint(public.routes(state))
    engine = Engine(state)
    app.register_blueprint(private.order_routes(engine))
    app.register_blueprint(private.portfolio_routes(engine))
    app.register_blueprint(rpc.routes(state, CHAIN_ID, wallet))
    return app
