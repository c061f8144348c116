"""What many agents cost a tick: the sharing rule's time, and what a tick asks of DynamoDB, counted.

`allocate_100k_agents_ms` is one opportunity shared out when 100,000 agents want it: everybody's turn drawn,
the claims of the 2,000 that the depth has places for, their equal shares. The rows `tick_…_N_agents` are of
one whole tick with N agents, 200 pairs of which 40 pay, with DynamoDB's requests and capacity units counted
by its published rules: half a unit for 4 KB read eventually, a whole one strongly, one for each KB written,
each item rounded up by itself, a query's items together.
Prints one `name: value` row a figure.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from dutchbook.adapters import agent_items, keys, market_items
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.dynamo import Item, Table, from_wire, to_wire
from dutchbook.adapters.ledger import DynamoLedger
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.agent import DEMO_BUDGET, Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.allocation import Claim, in_turn, places, share_out
from dutchbook.domain.book import OrderBook
from dutchbook.domain.fees import PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.money import ONE
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import VenueBudget
from dutchbook.usecases.scan_markets.tick import Scan, Tick, scan

AGENTS = (10, 1_000, 100_000)
PAIRS, PAYING_ONE_IN = 200, 5
CENT = 10_000
DEPTH, MINIMUM = 10_000 * ONE, 5 * ONE
ROUNDS = 3
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_VENUES = (Venue.KALSHI, Venue.POLYMARKET)
_PAGE_BYTES = 1_000_000


# ------------------------------------------------------------------------------------- the rule alone


def allocate_ms(agents: int) -> float:
    """Best of a few rounds, ms."""
    names = [f"agt_{number:026d}" for number in range(agents)]

    def share() -> None:
        first = islice(in_turn("tick|pair", names), places(DEPTH, MINIMUM))
        claims = [Claim(name, DEPTH, (5 + number % 50) * ONE) for number, name in enumerate(first)]
        share_out(claims, DEPTH, MINIMUM, CENT, len(claims))

    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        share()
        best = min(best, time.perf_counter() - start)
    return best * 1000


# ---------------------------------------------------------------------------------- DynamoDB, counting


@dataclass
class Meter:
    """Requests by kind, and capacity units."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0

    def read(self, sizes: Iterable[int], *, strong: bool) -> None:
        blocks = sum(max(1, -(-size // 4_096)) for size in sizes)
        self.read_units += blocks if strong else blocks / 2

    def write(self, item: Mapping[str, Any]) -> None:
        self.write_units += max(1, -(-size_of(item) // 1_024))


def size_of(item: Mapping[str, Any]) -> int:
    """Bytes of an item by DynamoDB's rules, near enough: names, strings, numbers at two digits a byte."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return len(str(abs(value))) // 2 + 2
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, Mapping):
        return 3 + sum(1 + len(name) + _value_size(part) for name, part in value.items())
    return 3 + sum(1 + _value_size(part) for part in value)


class CountingClient:
    """The few calls that a tick makes, on dictionaries."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._items: dict[tuple[str, str, str], Item] = {}
        self._partitions: dict[tuple[str, str], list[Item]] = {}

    def load(self, table: str, items: Iterable[Item]) -> None:
        """What is there before the tick, uncounted."""
        for item in items:
            self._put(table, item)

    def get_item(self, *, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: N803 - boto3's
        self._meter.calls["get_item"] += 1
        item = self._items.get((TableName, *self._key(from_wire(Key))))
        self._meter.read([size_of(item) if item else 1], strong=ConsistentRead)
        return {"Item": to_wire(item)} if item else {}

    def batch_get_item(self, *, RequestItems: Any) -> Any:  # noqa: N803 - boto3's
        self._meter.calls["batch_get_item"] += 1
        ((table, asked),) = RequestItems.items()
        found = [self._items.get((table, *self._key(from_wire(key)))) for key in asked["Keys"]]
        self._meter.read([size_of(item) if item else 1 for item in found], strong=asked["ConsistentRead"])
        return {"Responses": {table: [to_wire(item) for item in found if item]}}

    def query(self, **request: Any) -> Any:
        """Pages of a megabyte; only the conditions that a tick uses."""
        self._meter.calls["query"] += 1
        values = {name: wire["S"] for name, wire in request["ExpressionAttributeValues"].items()}
        index = request.get("IndexName", "")
        partition = values.get(":pk") or values[":slot"]
        listed = self._partitions.get((request["TableName"] + index, partition), [])
        if ":above" in values:
            listed = [item for item in listed if item["gsi2sk"] < values[":above"]]
        first = int(request.get("ExclusiveStartKey", {}).get("at", {"S": "0"})["S"])
        page, size = [], 0
        for item in listed[first : first + (request.get("Limit") or len(listed))]:
            page.append(item)
            size += size_of(item)
            if size >= _PAGE_BYTES:
                break
        self._meter.read([size], strong=bool(request["ConsistentRead"]))
        answer: dict[str, Any] = {"Items": [to_wire(item) for item in page]}
        if first + len(page) < len(listed):
            answer["LastEvaluatedKey"] = to_wire({"at": str(first + len(page))})
        return answer

    def put_item(self, *, TableName: str, Item: Any, **_: Any) -> Any:  # noqa: N803 - boto3's
        self._meter.calls["put_item"] += 1
        self._meter.write(from_wire(Item))
        self._put(TableName, from_wire(Item))

    def batch_write_item(self, *, RequestItems: Any) -> Any:  # noqa: N803 - boto3's
        self._meter.calls["batch_write_item"] += 1
        ((table, puts),) = RequestItems.items()
        for put in puts:
            item = from_wire(put["PutRequest"]["Item"])
            self._meter.write(item)
            self._put(table, item)
        return {}

    def _put(self, table: str, item: Item) -> None:
        key = self._key(item)
        known = (table, *key) in self._items
        self._items[(table, *key)] = item
        if not known:
            self._partitions.setdefault((table, key[0]), []).append(item)
            if "gsi2pk" in item:
                self._partitions.setdefault((table + "gsi2", item["gsi2pk"]), []).append(item)

    @staticmethod
    def _key(item: Mapping[str, Any]) -> tuple[str, str]:
        return (item["pk"], item["sk"]) if "pk" in item else (item["id"], "")


# ------------------------------------------------------------------------------------------- a whole tick


class _Clock:
    def now_ms(self) -> int:
        return int(START.timestamp() * 1000) + 200


@dataclass
class _Data:
    """One venue's books, as they stand."""

    venue: Venue
    shown: Mapping[str, OrderBook]

    def books(
        self,
        markets: Sequence[Market],
        seconds: float | None = None,  # noqa: ARG002 - the port's
    ) -> Mapping[str, OrderBook]:
        return {market.market_id: self.shown[market.market_id] for market in markets}


@dataclass
class _Connectors:
    by_venue: Mapping[Venue, Any]

    def data(self, venue: Venue) -> Any:
        return self.by_venue[venue]


@dataclass
class _Starts:
    names: list[str] = field(default_factory=list)

    def start(self, name: str, payload: Mapping[str, object]) -> bool:  # noqa: ARG002 - the port's
        self.names.append(name)
        return True


def _agent(number: int) -> Agent:
    return Agent(
        agent_id=f"agt_{number:026d}",
        wallet="0x" + f"{number:040x}",
        platforms=_VENUES,
        strategy=StrategyName.ARBITRAGE,
        limits=Limits(500 * ONE, 20_000, 50, 100_000, 50 * ONE),
        mode=Mode.DEMO,
        state=AgentState.ACTIVE,
        created_at=START,
    )


def _agent_items(number: int) -> Iterable[Item]:
    agent = _agent(number)
    yield agent_items.agent_to_item(agent)
    yield dict(keys.used_slot(agent))
    for venue in agent.platforms:
        budget = VenueBudget(venue, DEMO_BUDGET, 0, 0, DEMO_BUDGET)
        yield agent_items.budget_to_item(agent.agent_id, True, budget)


def _listed(number: int) -> tuple[Pair, list[tuple[Market, OrderBook]]]:
    markets = [
        Market(
            *MarketKey(venue, f"{venue.value}-{number:04d}"),
            title="Will it rain in Zurich on the first of December?",
            tradeable=True,
            price_bands=(PriceBand(CENT, 99 * CENT, CENT),),
            size_step=CENT,
            min_size=5 * ONE,
            min_notional=0,
            fees=PolymarketFees(0),
            rules="This market resolves to Yes if at least 0.1 mm of rain is recorded. " * 20,
            resolves_at=START + timedelta(days=30),
        )
        for venue in _VENUES
    ]
    bid = 48 * CENT if number % PAYING_ONE_IN == 0 else 38 * CENT
    asks = [((40 + level) * CENT, 500 * ONE) for level in range(10)]
    books = [
        OrderBook.from_yes_book(markets[0].key, [(39 * CENT, ONE)], asks, _Clock().now_ms()),
        OrderBook.from_yes_book(
            markets[1].key, [(bid, 5_000 * ONE)], [(bid + 2 * CENT, ONE)], _Clock().now_ms()
        ),
    ]
    a, b = (market.key for market in markets)
    pair = Pair(pair_id_of(a, b), a, b, Relation.SAME, PairStatus.APPROVED, title=markets[0].title)
    return pair, list(zip(markets, books, strict=True))


def tick(agents: int) -> tuple[Meter, int]:
    """One tick; what it asked, and how many trades it started."""
    meter, clock = Meter(), _Clock()
    client = CountingClient(meter)
    ledger, markets, guards = (Table(name, lambda: client) for name in ("ledger", "markets", "guards"))  # type: ignore[arg-type, return-value]
    client.load("ledger", (item for number in range(agents) for item in _agent_items(number)))
    shown: dict[Venue, dict[str, OrderBook]] = {venue: {} for venue in _VENUES}
    for number in range(PAIRS):
        pair, sides = _listed(number)
        client.load("markets", [market_items.listed_pair_to_item(pair)])
        client.load("markets", [market_items.market_to_item(market) for market, _ in sides])
        for market, book in sides:
            shown[market.venue][market.market_id] = book
    starts = _Starts()
    world = Scan(
        clock=clock,
        agents=DynamoAgents(ledger, clock),
        ledger=DynamoLedger(ledger, clock),
        store=DynamoMarketStore(markets, guards, clock),
        connectors=_Connectors({venue: _Data(venue, shown[venue]) for venue in _VENUES}),  # type: ignore[arg-type]
        workflow=starts,
        health=list,
        live_trading=False,
    )
    minute = f"{START:%Y-%m-%dT%H:%M:%SZ}"
    scan(Tick.of_schedule(minute, minute, 0, 15), world)
    return meter, len(starts.names)


def main() -> None:
    print(f"allocate_100k_agents_ms: {allocate_ms(100_000):.0f}")
    for agents in AGENTS:
        meter, started = tick(agents)
        print(f"tick_calls_{agents}_agents: {sum(meter.calls.values())}")
        print(f"tick_dynamodb_units_{agents}_agents: {meter.read_units + meter.write_units:.0f}")
        print(f"tick_dynamodb_read_units_{agents}_agents: {meter.read_units:.0f}")
        print(f"tick_trades_started_{agents}_agents: {started}")


if __name__ == "__main__":
    main()
