"""Kalshi pays winning contracts by itself: what is left is to see that it has."""

from collections.abc import Callable

from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import InvariantBroken
from dutchbook.domain.settlement import Resolution
from dutchbook.ports.ledger import Position
from dutchbook.ports.venues import Account, VenueConnector
from venues.kalshi.trading import KalshiTrading


class KalshiRedeemer:
    """ports.Redeemer. `connector` opens the account that holds the position."""

    def __init__(self, connector: Callable[[Account], VenueConnector]) -> None:
        self._connector = connector

    def redeem(self, position: Position, resolution: Resolution) -> bool:
        """True once the account's settlements list the market. Raises NotSent, NotAuthorised, Halted."""
        account = self._connector(Account(position.agent_id, Mode.LIVE))
        if not isinstance(account, KalshiTrading):
            raise InvariantBroken(f"{position.key} is no position on Kalshi")
        return account.was_paid(resolution.key.market_id)
