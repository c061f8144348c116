"""Puts the curated pairs of the simulated day, and their markets, into the Markets table."""

import json
import os
from typing import Any

from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table
from dutchbook.adapters.markets import DynamoMarketStore
from dutchbook.domain.market import MarketKey
from dutchbook.domain.pair import Pair, PairStatus, Relation, pair_id_of
from dutchbook.domain.venue import Venue
from local.template import ROOT
from venues.registry import Hosts, open_public_data

PAIRS_FILE = ROOT / "local" / "day" / "pairs.json"


def seed_pairs() -> int:
    """Reads the pairs' markets from the venues and stores both. Returns how many pairs are approved."""
    store = DynamoMarketStore(
        Table(os.environ["MARKETS_TABLE"]), Table(os.environ["GUARDS_TABLE"]), SystemClock()
    )
    data = open_public_data(Hosts.from_env(os.environ), SystemClock()).data
    pairs = [pair_of(row) for row in json.loads(PAIRS_FILE.read_text())["pairs"]]
    keys = {key for pair in pairs for key in (pair.a, pair.b)}
    for venue in Venue:
        ids = sorted(key.market_id for key in keys if key.venue is venue)
        store.put_markets(data[venue].markets(ids).values())
    for pair in pairs:
        store.put_pair(pair)
    return len(pairs)


def pair_of(row: Any) -> Pair:
    a, b = MarketKey.parse(row["a"]), MarketKey.parse(row["b"])
    return Pair(
        pair_id=pair_id_of(a, b),
        a=a,
        b=b,
        relation=Relation(row["relation"]),
        status=PairStatus.APPROVED,
        title=row["title"],
        reason=row["why"],
    )
