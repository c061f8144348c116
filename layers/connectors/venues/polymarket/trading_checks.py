"""What is asked of Polymarket before an order: may we trade from here, does it speak our version, is there
enough money and leave to take it.
"""

from dutchbook.domain.errors import InsufficientFunds, InvalidOrder, NotEligible, VenueUnreachable
from dutchbook.domain.money import format_micros
from venues.fields import BadRow
from venues.polymarket.contracts import Exchange
from venues.polymarket.trading_calls import COLLATERAL, PolymarketCalls
from venues.polymarket.trading_parsing import Funds, parse_funds

CLOB_VERSION = 2
"""What GET /version says since April 2026; another one means another order struct."""


class PreTradeChecks:
    """The checks of one session. Place and version are asked once a session, money for every order."""

    def __init__(self, calls: PolymarketCalls) -> None:
        self._calls = calls
        self._admitted = False

    def admit(self) -> None:
        """Raises NotEligible where the venue blocks this place, InvalidOrder for another CLOB version.

        Fails closed: an answer that cannot be had or read raises VenueUnreachable, and nothing is sent.
        """
        if self._admitted:
            return
        answer = self._calls.geoblock()
        blocked = answer.get("blocked") if isinstance(answer, dict) else None
        if not isinstance(blocked, bool):
            raise VenueUnreachable("polymarket's geoblock check does not say whether we are blocked")
        if blocked:
            place = answer.get("country") if isinstance(answer, dict) else ""
            raise NotEligible(f"polymarket does not serve the place of this function ({place})")
        told = self._calls.version()
        version = told.get("version") if isinstance(told, dict) else None
        if version != CLOB_VERSION:
            raise InvalidOrder(f"polymarket's CLOB is of version {version}, we sign for {CLOB_VERSION}")
        self._admitted = True

    def cover_buy(self, dollars: int, exchange: Exchange) -> None:
        """Raises InsufficientFunds when the venue, asked to look again, sees too little money or leave."""
        if _shortage(self._funds(COLLATERAL, ""), dollars, exchange):
            self._calls.refresh_funds()
            _require(self._funds(COLLATERAL, ""), dollars, exchange, "pUSD")

    def cover_sell(self, shares: int, token: str, version: str, exchange: Exchange) -> None:
        """The venue is made to look first: what was just bought may be settled and not yet seen.

        Raises InsufficientFunds.
        """
        asset = "CONDITIONAL-V2" if version == "v2" else "CONDITIONAL"
        self._calls.refresh_funds(asset, token)
        _require(self._funds(asset, token), shares, exchange, "shares")

    def _funds(self, asset: str, token: str) -> Funds:
        try:
            return parse_funds(self._calls.funds(asset, token))
        except BadRow as error:
            raise VenueUnreachable(f"polymarket's balance makes no sense: {error}") from error


def _require(funds: Funds, needed: int, exchange: Exchange, what: str) -> None:
    problem = _shortage(funds, needed, exchange)
    if problem:
        raise InsufficientFunds(f"polymarket: {format_micros(needed)} {what} needed, {problem}")


def _shortage(funds: Funds, needed: int, exchange: Exchange) -> str:
    """What is missing, empty for nothing. An exchange that the venue does not list may take nothing."""
    if funds.balance < needed:
        return f"{format_micros(funds.balance)} there"
    allowed = funds.allowances.get(exchange.address.lower(), 0)
    if allowed < needed:
        return (
            f"exchange {exchange.address} may take {format_micros(allowed)}: python -m chain.approve shows "
            "and gives the approvals"
        )
    return ""
