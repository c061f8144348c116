"""Trades, legs and booked fills as items, by hand: what is stored is written here and nowhere else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import text_to_time, time_to_text
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item
from dutchbook.domain.accounting import BookedFill, Entry
from dutchbook.domain.agent import Mode
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.domain.trade_states import TERMINAL_TRADE_STATES, LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue


@dataclass(frozen=True, slots=True)
class StoredTrade:
    """A trade's whole partition, with what only the ledger needs to know of it."""

    trade: Trade
    held: Mapping[Venue, int]
    """What is left of the reservation on each venue, micros of a dollar."""
    version: int
    leg_versions: Mapping[int, int]
    booked: Mapping[int, Mapping[str, BookedFill]]
    """By leg index and fill id."""

    def leg(self, index: int) -> Leg | None:
        return next((leg for leg in self.trade.legs if leg.index == index), None)

    def with_leg(self, leg: Leg, trade: Trade) -> "StoredTrade":
        """After a write that has changed this leg, and of the trade's own what `trade` says."""
        legs = tuple(leg if one.index == leg.index else one for one in trade.legs)
        return replace(
            self,
            trade=replace(trade, legs=legs, updated_at=leg.updated_at or trade.updated_at),
            version=self.version + 1,
            leg_versions={**self.leg_versions, leg.index: self.leg_versions[leg.index] + 1},
        )


def trade_to_item(trade: Trade, held: Mapping[Venue, int], version: int) -> Item:
    """The trade without its legs; index keys only while it has not ended."""
    item: Item = {
        **keys.trade(trade.trade_id),
        "schema_version": SCHEMA_VERSION,
        "trade_id": trade.trade_id,
        "agent_id": trade.agent_id,
        "wallet": trade.wallet,
        "pair_id": trade.pair_id,
        "direction": trade.direction,
        "strategy": trade.strategy,
        "mode": trade.mode.value,
        "simulated": trade.simulated,
        "tick_id": trade.tick_id,
        "state": trade.state.value,
        "reserved": money_map(trade.reserved),
        "held": money_map(held),
        "shares": trade.shares,
        "expected_cost": trade.expected_cost,
        "expected_profit": trade.expected_profit,
        "min_profit": trade.min_profit,
        "stop_loss": trade.stop_loss,
        "created_at": time_to_text(trade.created_at),
        "updated_at": time_to_text(trade.updated_at),
        "resolves_at": time_to_text(trade.resolves_at),
        "title": trade.title,
        "reason": trade.reason,
        "realised": trade.realised,
        "locked": trade.locked,
        "mode_reason": trade.mode_reason,
        "closes": list(trade.closes),
        **settlement_facts(trade),
        "ends": trade.ends,
        "counted": trade.counted,
        "version": version,
    }
    if trade.state not in TERMINAL_TRADE_STATES:
        item["gsi1pk"] = keys.open_trade(trade.trade_id)
        item["gsi1sk"] = keys.touched(int(trade.updated_at.timestamp() * 1000))
    return item


def trade_from_item(item: Item, legs: Iterable[Leg]) -> Trade:
    return Trade(
        trade_id=item["trade_id"],
        agent_id=item["agent_id"],
        wallet=item["wallet"],
        pair_id=item["pair_id"],
        direction=item["direction"],
        strategy=item["strategy"],
        mode=Mode(item["mode"]),
        simulated=item["simulated"],
        tick_id=item["tick_id"],
        state=TradeState(item["state"]),
        legs=tuple(sorted(legs, key=lambda leg: leg.index)),
        reserved=_venues(item["reserved"]),
        shares=item["shares"],
        expected_cost=item["expected_cost"],
        expected_profit=item["expected_profit"],
        min_profit=item["min_profit"],
        stop_loss=item["stop_loss"],
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        resolves_at=text_to_time(item["resolves_at"]),
        title=item["title"],
        reason=item["reason"],
        realised=item["realised"],
        locked=item["locked"],
        mode_reason=item["mode_reason"],
        closes=tuple(item["closes"]),
        settled={int(index): worth for index, worth in item["settled"].items()},
        deferred=item.get("deferred", 0),
        closed_at=text_to_time(item["closed_at"]),
        flag=item["flag"],
        # trades stored before they were kept have none
        ends=item.get("ends", 0),
        counted=item.get("counted", 0),
    )


def settlement_facts(trade: Trade) -> Item:
    """What payouts change, beside the sums."""
    return {
        "settled": {str(index): worth for index, worth in trade.settled.items()},
        "deferred": trade.deferred,
        "closed_at": time_to_text(trade.closed_at),
        "flag": trade.flag,
    }


def leg_to_item(trade_id: str, leg: Leg, version: int) -> Item:
    """The leg without its fills."""
    return {
        **keys.leg(trade_id, leg.index),
        "schema_version": SCHEMA_VERSION,
        "index": leg.index,
        "venue": leg.venue.value,
        "market_id": leg.market_id,
        "outcome": leg.outcome.value,
        "side": leg.side.value,
        "purpose": leg.purpose.value,
        "repairs": leg.repairs,
        **leg_facts(leg),
        **leg_totals(leg),
        "updated_at": time_to_text(leg.updated_at),
        "version": version,
    }


def leg_facts(leg: Leg) -> Item:
    """What `move_leg` may change."""
    return {
        "state": leg.state.value,
        "shares": leg.shares,
        "limit_price": leg.limit_price,
        "client_order_id": leg.client_order_id,
        "venue_order_id": leg.venue_order_id,
        "intent": dict(leg.intent),
        "reason": leg.reason,
        "submitted_at": time_to_text(leg.submitted_at),
        "sends": leg.sends,
        "absent_since": time_to_text(leg.absent_since),
        "doubted": leg.doubted,
    }


def leg_totals(leg: Leg) -> Item:
    """What only `book_fills` changes."""
    return {
        "filled": leg.filled,
        "net_filled": leg.net_filled,
        "notional": leg.notional,
        "fee_usd": leg.fee_usd,
        "fee_shares": leg.fee_shares,
    }


def leg_from_item(item: Item, fills: Iterable[Fill]) -> Leg:
    return Leg(
        index=item["index"],
        venue=Venue(item["venue"]),
        market_id=item["market_id"],
        outcome=Outcome(item["outcome"]),
        side=Side(item["side"]),
        shares=item["shares"],
        limit_price=item["limit_price"],
        purpose=LegPurpose(item["purpose"]),
        repairs=item["repairs"],
        state=LegState(item["state"]),
        client_order_id=item["client_order_id"],
        venue_order_id=item["venue_order_id"],
        intent=item["intent"],
        filled=item["filled"],
        net_filled=item["net_filled"],
        notional=item["notional"],
        fee_usd=item["fee_usd"],
        fee_shares=item["fee_shares"],
        reason=item["reason"],
        submitted_at=text_to_time(item["submitted_at"]),
        sends=item["sends"],
        absent_since=text_to_time(item["absent_since"]),
        doubted=item.get("doubted", False),  # legs stored before it was kept have none
        updated_at=text_to_time(item["updated_at"]),
        fills=tuple(sorted(fills, key=lambda fill: fill.fill_id)),
    )


def fill_to_item(trade_id: str, index: int, record: BookedFill) -> Item:
    """A fill with what booking it did, so that its reversal undoes exactly that."""
    fill = record.fill
    return {
        **keys.fill(trade_id, index, fill.fill_id),
        "schema_version": SCHEMA_VERSION,
        "index": index,
        "fill_id": fill.fill_id,
        "shares": fill.shares,
        "price": fill.price,
        "fee_usd": fill.fee_usd,
        "fee_shares": fill.fee_shares,
        "at": time_to_text(fill.at),
        "confirmed": fill.confirmed,
        "failed": fill.failed,
        "tx_hash": fill.tx_hash,
        "confirmed_at": time_to_text(fill.confirmed_at),
        "notional": fill.notional,
        "entries": [
            {
                "outcome": entry.outcome.value,
                "shares": entry.shares,
                "cost": entry.cost,
                "realised": entry.realised,
            }
            for entry in record.entries
        ],
        "cash": record.cash,
        "from_reserved": record.from_reserved,
    }


def fill_from_item(item: Item) -> BookedFill:
    fill = Fill(
        fill_id=item["fill_id"],
        shares=item["shares"],
        price=item["price"],
        fee_usd=item["fee_usd"],
        fee_shares=item["fee_shares"],
        at=text_to_time(item["at"]),
        confirmed=item["confirmed"],
        failed=item["failed"],
        tx_hash=item["tx_hash"],
        notional=item["notional"],
        # absent from fills of before it was kept
        confirmed_at=text_to_time(item.get("confirmed_at", "")),
    )
    entries = tuple(
        Entry(Outcome(entry["outcome"]), entry["shares"], entry["cost"], entry["realised"])
        for entry in item["entries"]
    )
    return BookedFill(fill, entries, item["cash"], item["from_reserved"])


def stored_trade(partition: Iterable[Item]) -> StoredTrade | None:
    """A trade from all items of its partition; None when there are none."""
    header: Item | None = None
    legs: list[Item] = []
    booked: dict[int, dict[str, BookedFill]] = {}
    for item in partition:
        kind = item["sk"].partition("#")[0]
        if kind == "TRADE":
            header = item
        elif kind == "LEG":
            legs.append(item)
        else:
            record = fill_from_item(item)
            booked.setdefault(item["index"], {})[record.fill.fill_id] = record
    if header is None:
        return None
    with_fills = [
        leg_from_item(item, [record.fill for record in booked.get(item["index"], {}).values()])
        for item in legs
    ]
    return StoredTrade(
        trade=trade_from_item(header, with_fills),
        held=_venues(header["held"]),
        version=header["version"],
        leg_versions={item["index"]: item["version"] for item in legs},
        booked=booked,
    )


def money_map(amounts: Mapping[Venue, int]) -> dict[str, int]:
    return {venue.value: amount for venue, amount in amounts.items()}


def _venues(amounts: Mapping[str, int]) -> dict[Venue, int]:
    return {Venue(name): amount for name, amount in amounts.items()}
