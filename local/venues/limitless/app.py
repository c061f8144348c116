"""Simulated Limitless's WSGI application."""

from flask import Flask

from local.venues import rpc
from local.venues.chain import Contracts
from local.venues.limitless import private, public
from local.venues.limitless.engine import Engine
from local.venues.limitless.orders import CHAIN_ID, wallet
from local.venues.limitless.shapes import USDC
from local.venues.state import VenueState

_CONDITIONAL_TOKENS = "0xC9c98965297Bc527861c898329Ee280632B76e18"


def create_app(state: VenueState) -> Flask:
    app = Flask("simulated-limitless")
    app.register_blueprint(public.routes(state))
    engine = Engine(state)
    app.register_blueprint(private.order_routes(engine))
    app.register_blueprint(private.portfolio_routes(engine))
    # none of the simulated markets is of a group: their shares are cashed where they are kept
    contracts = Contracts(str(USDC["address"]), _CONDITIONAL_TOKENS, lambda _: _CONDITIONAL_TOKENS)
    app.register_blueprint(rpc.routes(state, CHAIN_ID, wallet, contracts))
    return app
