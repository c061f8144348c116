"""How fast a catalogue pass goes and what it holds in memory, on made-up pages of 200,000 markets.

The pages come from a generator and DynamoDB is a client that answers at once: nothing is known the first
time, all is unchanged the second, so the figures are the pass's own work (items, hashes, comparisons, wire
format) on one processor. `catalogue_calls` are the requests to DynamoDB of an unchanged pass: eight side by
side at 10 ms each they are three seconds. Prints one `name: value` row a figure.
"""

import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.fees import KalshiFees
from dutchbook.domain.market import Market, PriceBand
from dutchbook.domain.venue import Venue
from dutchbook.ports.venues import CataloguePage
from dutchbook.usecases.match_markets.catalogue import Listing, Progress, list_some

MARKETS, A_PAGE = 200_000, 1_000
_RULES = "If the event named in the title happens before the date given there, this resolves to Yes. " * 12


@dataclass
class _Client:
    """What BatchGet and BatchWrite ask: keeps the hashes that were written, nothing else."""

    hashes: dict[tuple[str, str], str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803 - boto3's
        self.calls["batch_get_item"] += 1
        ((table, asked),) = RequestItems.items()
        keys = [(key["pk"]["S"], key["sk"]["S"]) for key in asked["Keys"]]
        found = [
            {"pk": {"S": pk}, "sk": {"S": sk}, "content_hash": {"S": self.hashes[pk, sk]}}
            for pk, sk in keys
            if (pk, sk) in self.hashes
        ]
        return {"Responses": {table: found}}

    def batch_write_item(self, *, RequestItems: Any) -> Any:  # noqa: N803 - boto3's
        self.calls["batch_write_item"] += 1
        ((_, puts),) = RequestItems.items()
        for put in puts:
            item = put["PutRequest"]["Item"]
            if "content_hash" in item:
                self.hashes[item["pk"]["S"], item["sk"]["S"]] = item["content_hash"]["S"]
        return {}


class _Venue:
    venue = Venue.KALSHI

    def catalogue_page(self, cursor: str) -> CataloguePage:
        first = int(cursor or 0)
        markets = [_market(number) for number in range(first, first + A_PAGE)]
        following = first + A_PAGE
        return CataloguePage(markets, str(following) if following < MARKETS else "")


def _market(number: int) -> Market:
    return Market(
        venue=Venue.KALSHI,
        market_id=f"KXEVENT{number // 20}-26DEC31-T{number % 20}",
        title=f"Will event {number // 20} end above {number % 20}?",
        tradeable=True,
        price_bands=(PriceBand(10_000, 990_000, 10_000),),
        size_step=10_000,
        min_size=10_000,
        min_notional=0,
        fees=KalshiFees(),
        event_title=f"Event {number // 20}",
        rules=_RULES,
        terms={"series": "KXEVENT"},
    )


class _Connectors:
    def data(self, venue: Venue) -> Any:  # noqa: ARG002 - the port's
        return _Venue()


class _Clock:
    def now_ms(self) -> int:
        return 1_790_000_000_000


def one_pass(client: _Client, pass_id: str) -> float:
    """Seconds."""
    table = Table("markets", lambda: client)  # type: ignore[arg-type, return-value]
    world = Listing(_Clock(), DynamoMarketStore(table, table, _Clock()), _Connectors())  # type: ignore[arg-type]
    progress = Progress(Venue.KALSHI, pass_id)
    start = time.perf_counter()
    while not progress.listed_all:
        progress = list_some(world, progress)
    return time.perf_counter() - start


def main() -> None:
    client = _Client()
    first = one_pass(client, "first")
    client.calls.clear()
    again = one_pass(client, "again")
    print(f"catalogue_first_pass_markets_per_s: {MARKETS / first:.0f}")
    print(f"catalogue_unchanged_pass_markets_per_s: {MARKETS / again:.0f}")
    print(f"catalogue_200k_markets_s: {again:.1f}")
    print(f"catalogue_calls: {sum(client.calls.values())}")
    print(f"catalogue_peak_mb: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    main()
