"""Payouts and results as items, by hand: what is stored is written here and nowhere else."""

from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import time_to_text
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item
from dutchbook.domain.market import MarketKey
from dutchbook.domain.result import How, Result
from dutchbook.domain.venue import Outcome
from dutchbook.ports.settlement import Settlement


def settlement_to_item(paid: Settlement, version: int) -> Item:
    ms = int(paid.at.timestamp() * 1000)
    return {
        **keys.paid(paid.agent_id, paid.simulated, ms, paid.key, paid.outcome, version),
        "schema_version": SCHEMA_VERSION,
        "agent_id": paid.agent_id,
        "market": str(paid.key),
        "outcome": paid.outcome.value,
        "simulated": paid.simulated,
        "shares": paid.shares,
        "cost": paid.cost,
        "payout": paid.payout,
        "worth": paid.worth,
        "at": time_to_text(paid.at),
        "trade_ids": list(paid.trade_ids),
        "title": paid.title,
    }


def settlement_from_item(item: Item) -> Settlement:
    return Settlement(
        agent_id=item["agent_id"],
        key=MarketKey.parse(item["market"]),
        outcome=Outcome(item["outcome"]),
        simulated=item["simulated"],
        shares=item["shares"],
        cost=item["cost"],
        payout=item["payout"],
        worth=item["worth"],
        at=datetime.fromisoformat(item["at"]),
        trade_ids=tuple(item["trade_ids"]),
        title=item["title"],
    )


def result_to_item(agent_id: str, simulated: bool, result: Result) -> Item:
    return {
        **keys.result(agent_id, simulated, int(result.closed_at.timestamp() * 1000), result.trade_id),
        "schema_version": SCHEMA_VERSION,
        "trade_id": result.trade_id,
        "pair_id": result.pair_id,
        "strategy": result.strategy,
        "how": result.how.value,
        "market": str(result.market),
        "realised": result.realised,
        "cost": result.cost,
        "opened_at": time_to_text(result.opened_at),
        "closed_at": time_to_text(result.closed_at),
    }


def result_from_item(item: Item) -> Result:
    return Result(
        trade_id=item["trade_id"],
        pair_id=item["pair_id"],
        strategy=item["strategy"],
        how=How(item["how"]),
        market=MarketKey.parse(item["market"]),
        realised=item["realised"],
        cost=item["cost"],
        opened_at=datetime.fromisoformat(item["opened_at"]),
        closed_at=datetime.fromisoformat(item["closed_at"]),
    )
