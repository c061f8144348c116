"""Simulated Polymarket's WSGI application: Gamma, CLOB, Data API and geoblock on one host."""

from flask import Flask

from local.day.catalogue import Listing
from local.venues import rpc
from local.venues.chain import Contracts
from local.venues.polymarket import public, reads, trading
from local.venues.polymarket.auth import CHAIN_ID
from local.venues.polymarket.engine import Engine
from local.venues.state import VenueState

_PUSD = "0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB"
_CONDITIONAL_TOKENS = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045"
_COLLATERAL_ADAPTER = "0xAdA100Db00Ca00073811820692005400218FcE1f"
_NEG_RISK_COLLATERAL_ADAPTER = "0xadA2005600Dec949baf300f4C6120000bDB6eAab"


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
    contracts = Contracts(_PUSD, _CONDITIONAL_TOKENS, _adapter)
    app.register_blueprint(
        rpc.routes(state, CHAIN_ID, lambda account: str(account.facts["funder"]), contracts)
    )
    return app


def _adapter(listing: Listing) -> str:
    return _NEG_RISK_COLLATERAL_ADAPTER if listing.facts["neg_risk"] else _COLLATERAL_ADAPTER
