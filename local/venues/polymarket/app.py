"""Simulated Polymarket's WSGI application: Gamma, CLOB, Data API and geoblock on one host."""

from flask import Flask

from local.venues.polymarket import public
from local.venues.state import VenueState


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-polymarket")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(public.gamma_routes(state))
    app.register_blueprint(public.clob_routes(state))
    app.register_blueprint(public.data_routes(state))
    return app
