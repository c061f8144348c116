"""How Limitless resolved its markets, and whether the chain can pay already.

RESOLVED is the API's word; the money can be fetched once the conditional tokens contract on Base has a payout
denominator. Numerators may be missing although a winner is named. A market that was closed without either
was mis-resolved: the venue gives such bets back by hand, so no value is invented here.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus

from dutchbook.domain.market import Market
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from venues.batches import read_all
from venues.fields import BadRow, Row, items_of, required, row, text
from venues.jsonbody import Json
from venues.limitless.client import LimitlessClient
from venues.rpc import ChainReader
from venues.unreadable import unreadable

_WORKERS = 2
_WINNERS: Mapping[int, int] = {0: ONE, 1: 0}
"""winningOutcomeIndex to what YES pays."""


class LimitlessResolutions:
    """ports.Resolutions, one call a market; the chain is asked only about resolved ones."""

    def __init__(self, client: LimitlessClient, chain: ChainReader, conditional_tokens: str) -> None:
        self._client = client
        self._chain = chain
        self._conditional_tokens = conditional_tokens

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        found = read_all((partial(self._read, market) for market in markets), _WORKERS)
        return {one.key.market_id: one for one in found if one is not None}

    def _read(self, market: Market) -> Resolution | None:
        reply = self._client.listing(market.market_id)
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        try:
            told = parse_resolution(reply.data, market)
            if told.yes_value is None:
                return told
            condition = required(row(reply.data, "market"), "conditionId")
        except BadRow as reason:
            return unreadable(market.venue, market.market_id, reason)
        payable = self._chain.payout_denominator(self._conditional_tokens, condition) > 0
        return Resolution(market.key, Stage.PAYABLE, told.yes_value) if payable else told


def parse_resolution(payload: Json, market: Market) -> Resolution:
    """GET /markets/{slug}: RESOLVED at most, because the API does not know the chain. Raises BadRow."""
    told = row(payload, "market")
    if required(told, "slug") != market.market_id:
        raise BadRow("market was not asked for")
    if text(told, "status") != "RESOLVED":
        return Resolution(market.key, Stage.OPEN)
    return Resolution(market.key, Stage.RESOLVED, _yes_value(told))


def _yes_value(told: Row) -> int | None:
    numerators = [value for value in items_of(told, "payoutNumerators") if isinstance(value, int)]
    if numerators:
        total = sum(numerators)
        if len(numerators) != 2 or min(numerators) < 0 or total == 0 or numerators[0] * ONE % total:
            raise BadRow("payoutNumerators do not share out a dollar")
        return numerators[0] * ONE // total
    winner = told.get("winningOutcomeIndex")
    if winner is None:
        return None
    if not isinstance(winner, int) or winner not in _WINNERS:
        raise BadRow("winningOutcomeIndex is no outcome")
    return _WINNERS[winner]
