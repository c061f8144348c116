"""Simulated Polymarket's WSGI application: Gamma, CLOB, Data API and geoblock on one host."""

from flask import Flask

from local.venues import rpc
from local.venues.polymarket import public, reads, trading
from local.venues.polymarket.auth import CHAIN_ID
from local.venues.polymarket.engine import Engine
from local.venues.state import VenueState


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-polymarket")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(public.gamma_routes(state))
    app.register_blueprint(public.clob_routes(state))
    app.register_blueprint(public.data_routes(state))
    engine = Engine(state)
    app.register_blueprint(trading.key_routes(state))
    app.register_blueprint(trading.order_routes(engine))
    app.register_blueprint(reads.routes(engine))
    app.register_blueprint(rpc.routes(state, CHAIN_ID, lambda account: str(account.facts["funder"])))
    return app
