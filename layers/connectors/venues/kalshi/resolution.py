"""How Kalshi settled its markets.

determined (a value, open to dispute and amendment) → finalized (paid). About one market in 150 ends as
``scalar`` and pays `settlement_value_dollars` a YES contract, the rest of the dollar a NO contract.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import batched

from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Venue
from venues.batches import read_all
from venues.fields import BadRow, Row, micros, page_of, required, row, text
from venues.jsonbody import Json
from venues.kalshi.client import MARKETS_PER_CALL, KalshiClient
from venues.unreadable import unreadable

_WORKERS = 3
_STAGES: Mapping[str, Stage] = {
    "determined": Stage.RESOLVED,
    "disputed": Stage.RESOLVED,
    "amended": Stage.RESOLVED,
    "finalized": Stage.PAYABLE,
}
_VALUES: Mapping[str, int] = {"yes": ONE, "no": 0}


class KalshiResolutions:
    """ports.Resolutions, a hundred markets a call."""

    def __init__(self, client: KalshiClient) -> None:
        self._client = client

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        groups = batched([market.market_id for market in markets], MARKETS_PER_CALL, strict=False)
        pages = read_all((partial(self._read, group) for group in groups), _WORKERS)
        return {found.key.market_id: found for page in pages for found in page}

    def _read(self, tickers: Sequence[str]) -> list[Resolution]:
        return parse_resolutions(self._client.markets(tickers).data, tickers)


def parse_resolutions(payload: Json, tickers: Sequence[str]) -> list[Resolution]:
    """Rows of GET /markets for these tickers. Where a row names none, whoever is missing may be meant."""
    found: dict[str, Resolution] = {}
    nameless = ""
    for item in page_of(payload, "markets"):
        ticker = text(item, "ticker") if isinstance(item, dict) else ""
        try:
            found[ticker] = parse_resolution(item)
        except BadRow as reason:
            if ticker:
                found[ticker] = unreadable(Venue.KALSHI, ticker, reason)
            else:
                nameless = str(reason)
    missing = [ticker for ticker in tickers if nameless and ticker not in found]
    return [*found.values(), *(unreadable(Venue.KALSHI, ticker, nameless) for ticker in missing)]


def parse_resolution(item: Json) -> Resolution:
    """A market object of GET /markets. Raises BadRow where its result and its value contradict each other."""
    market = row(item, "market")
    key = MarketKey(Venue.KALSHI, required(market, "ticker"))
    stage = _STAGES.get(text(market, "status"), Stage.OPEN)
    if stage is Stage.OPEN:
        return Resolution(key, stage)
    value = _value(market)
    # without a value there is nothing to pay, whatever the status says
    return Resolution(key, stage if value is not None else Stage.RESOLVED, value)


def _value(market: Row) -> int | None:
    result = text(market, "result")
    if not market.get("settlement_value_dollars"):
        return _VALUES.get(result)
    value = micros(market, "settlement_value_dollars")
    if not 0 <= value <= ONE:
        raise BadRow("settlement_value_dollars is out of range")
    # a floored market may pay its losing side something
    floored = text(market, "settlement_bounds_type") not in ("", "default")
    if not floored and _VALUES.get(result, value) != value:
        raise BadRow("result and settlement_value_dollars contradict each other")
    return value
