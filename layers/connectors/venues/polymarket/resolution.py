"""How Polymarket's markets were resolved, as the Data API reports the chain.

`payouts` are millionths of a share's dollar in the order of the market's outcomes, once the conditional
tokens contract has them: from then on they can be redeemed. A void market pays both outcomes half.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import batched

from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from venues.batches import read_all
from venues.fields import BadRow, items_of, page_of, required, row, text
from venues.http import VenueHttp
from venues.jsonbody import Json
from venues.unreadable import unreadable

CONDITIONS_PER_CALL = 20
_WORKERS = 4


class PolymarketResolutions:
    """ports.Resolutions. `data` is the Data API's base URL without a trailing slash."""

    def __init__(self, http: VenueHttp, data: str) -> None:
        self._http = http
        self._data = data

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        groups = batched(markets, CONDITIONS_PER_CALL, strict=False)
        pages = read_all((partial(self._read, group) for group in groups), _WORKERS)
        return {found.key.market_id: found for page in pages for found in page}

    def _read(self, markets: Sequence[Market]) -> list[Resolution]:
        wanted = ",".join(market.market_id for market in markets)
        payload = self._http.get(f"{self._data}/v2/resolutions", [("condition", wanted)], bucket="data").data
        return parse_resolutions(payload, markets)


def parse_resolutions(payload: Json, markets: Sequence[Market]) -> list[Resolution]:
    """Rows of GET /v2/resolutions for these markets; a market without a row is still open."""
    rows: dict[str, Json] = {}
    for item in page_of(payload, "data"):
        if isinstance(item, dict):
            rows[text(item, "condition_id").lower()] = item
    return [_resolution(rows.get(market.market_id.lower()), market) for market in markets]


def _resolution(told: Json, market: Market) -> Resolution:
    if told is None:
        return Resolution(market.key, Stage.OPEN)
    try:
        return parse_resolution(told, market)
    except BadRow as reason:
        return unreadable(market.venue, market.market_id, reason)


def parse_resolution(item: Json, market: Market) -> Resolution:
    """One row. Raises BadRow for payouts that are none, or where it is not known which outcome is YES."""
    told = row(item, "resolution")
    if required(told, "status") != "resolved":
        return Resolution(market.key, Stage.OPEN)
    payouts = [value for value in items_of(told, "payouts") if isinstance(value, int)]
    if not payouts:
        return Resolution(market.key, Stage.RESOLVED)
    if len(payouts) != 2 or sum(payouts) != ONE or min(payouts) < 0:
        raise BadRow("payouts do not share out a dollar")
    yes_index = market.terms.get("yes_index", "")
    if yes_index not in ("0", "1"):
        raise BadRow("which outcome is YES is not known")
    return Resolution(market.key, Stage.PAYABLE, payouts[int(yes_index)])
