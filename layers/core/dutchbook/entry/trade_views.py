"""Answers about trades, their legs and fills, and about positions."""

from pydantic import Field

from dutchbook.domain.money import format_micros
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.entry.formats import Amount, Answer, Moment, moment, moment_or_none, usd
from dutchbook.usecases.report_status import Valued


class FillView(Answer):
    leg: int = Field(description="Index of the leg whose order was filled")
    fill_id: str
    shares: Amount
    price: Amount
    fee_usd: Amount
    fee_shares: Amount
    at: Moment | None
    confirmed: bool
    failed: bool
    tx_hash: str = Field(
        description="Empty off chain. Gas of a match is paid by the venue's operator, which tells no figure"
    )
    confirmed_at: Moment | None = Field(description="When the venue says that it was settled on chain")

    @classmethod
    def of(cls, leg: Leg, fill: Fill) -> "FillView":
        return cls(
            leg=leg.index,
            fill_id=fill.fill_id,
            shares=format_micros(fill.shares),
            price=format_micros(fill.price),
            fee_usd=usd(fill.fee_usd),
            fee_shares=format_micros(fill.fee_shares),
            at=moment_or_none(fill.at),
            confirmed=fill.confirmed,
            failed=fill.failed,
            tx_hash=fill.tx_hash,
            confirmed_at=moment_or_none(fill.confirmed_at),
        )


class LegView(Answer):
    """One order of a trade. What was signed stays inside."""

    index: int
    purpose: str
    repairs: int | None
    venue: str
    market_id: str
    outcome: str
    side: str
    state: str
    shares: Amount
    limit_price: Amount
    filled: Amount
    net_filled: Amount
    average_price: Amount | None
    notional: Amount
    fee_usd: Amount
    fee_shares: Amount
    order_id: str
    reason: str
    submitted_at: Moment | None
    updated_at: Moment | None
    paid: Amount | None = Field(description="What a share paid when its market was settled and redeemed")

    @classmethod
    def of(cls, leg: Leg, paid: int | None) -> "LegView":
        return cls(
            index=leg.index,
            purpose=leg.purpose,
            repairs=leg.repairs,
            venue=leg.venue,
            market_id=leg.market_id,
            outcome=leg.outcome,
            side=leg.side,
            state=leg.state,
            shares=format_micros(leg.shares),
            limit_price=format_micros(leg.limit_price),
            filled=format_micros(leg.filled),
            net_filled=format_micros(leg.net_filled),
            average_price=format_micros(leg.notional * 1_000_000 // leg.filled) if leg.filled else None,
            notional=usd(leg.notional),
            fee_usd=usd(leg.fee_usd),
            fee_shares=format_micros(leg.fee_shares),
            order_id=leg.venue_order_id or leg.client_order_id,
            reason=leg.reason,
            submitted_at=moment_or_none(leg.submitted_at),
            updated_at=moment_or_none(leg.updated_at),
            paid=None if paid is None else format_micros(paid),
        )


class TradeView(Answer):
    """A trade in a list. The fields from `type` to `sell_order_id` are the original contract's."""

    trade_id: str
    agent_id: str
    type: str
    market: str
    spread: Amount = Field(description="Expected profit a share")
    expected_profit: Amount
    buy_order_id: str
    sell_order_id: str
    pair_id: str
    direction: str
    state: str
    reason: str
    simulated: bool
    mode_reason: str
    shares: Amount
    expected_cost: Amount
    realised_profit: Amount = Field(description="Booked so far, each leg as it was paid or sold")
    result: Amount = Field(
        description="What it is judged by: realised, less what paid legs of a set made while others are held"
    )
    locked_profit: Amount = Field(
        description="What it counted on when it was hedged, less what its payouts realised; 0 once closed"
    )
    flag: str = Field(description="What a human should know: venues that settled one question differently")
    closed_at: Moment | None = Field(description="When nothing of it was held any more")
    fees: Amount
    legs: list[LegView]
    resolves_at: Moment | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, trade: Trade) -> "TradeView":
        return cls(
            trade_id=trade.trade_id,
            agent_id=trade.agent_id,
            type=trade.strategy,
            market=trade.title,
            spread=format_micros(trade.expected_profit * 1_000_000 // trade.shares if trade.shares else 0),
            expected_profit=usd(trade.expected_profit),
            buy_order_id=_order_id(trade, adds_yes=True),
            sell_order_id=_order_id(trade, adds_yes=False),
            pair_id=trade.pair_id,
            direction=trade.direction,
            state=trade.state,
            reason=trade.reason,
            simulated=trade.simulated,
            mode_reason=trade.mode_reason,
            shares=format_micros(trade.shares),
            expected_cost=usd(trade.expected_cost),
            realised_profit=usd(trade.realised),
            result=usd(trade.result),
            locked_profit=usd(trade.locked),
            flag=trade.flag,
            closed_at=moment_or_none(trade.closed_at),
            fees=usd(sum(leg.fee_usd for leg in trade.legs)),
            legs=[LegView.of(leg, trade.settled.get(leg.index)) for leg in trade.legs],
            resolves_at=moment_or_none(trade.resolves_at),
            created_at=moment(trade.created_at),
            updated_at=moment(trade.updated_at),
        )


def _order_id(trade: Trade, *, adds_yes: bool) -> str:
    for leg in trade.legs:
        if leg.purpose in (LegPurpose.OPEN, LegPurpose.EXIT) and leg.adds_yes_exposure is adds_yes:
            return leg.venue_order_id or leg.client_order_id
    return ""


class Event(Answer):
    """One line of a trade's timeline."""

    at: Moment
    what: str


class TradeDetail(TradeView):
    """One trade with its fills and what happened when."""

    fills: list[FillView]
    timeline: list[Event]

    @classmethod
    def of(cls, trade: Trade) -> "TradeDetail":
        fills = [(leg, fill) for leg in trade.legs for fill in leg.fills]
        return cls(
            **TradeView.of(trade).model_dump(),
            fills=[FillView.of(leg, fill) for leg, fill in fills],
            timeline=_timeline(trade, fills),
        )


def _timeline(trade: Trade, fills: list[tuple[Leg, Fill]]) -> list[Event]:
    happened = [(trade.created_at, "reserved")]
    for leg in trade.legs:
        name = f"leg {leg.index} on {leg.venue}"
        if leg.submitted_at:
            happened.append((leg.submitted_at, f"{name}: {leg.side} {leg.outcome} sent"))
        if leg.updated_at:
            happened.append((leg.updated_at, f"{name}: {leg.state}"))
    for leg, fill in fills:
        if fill.at:
            done = f"{format_micros(fill.shares)} at {format_micros(fill.price)}"
            happened.append((fill.at, f"leg {leg.index} on {leg.venue}: filled {done}"))
        if fill.confirmed_at:
            happened.append((fill.confirmed_at, f"leg {leg.index} on {leg.venue}: confirmed on chain"))
    if trade.ended:
        happened.append((min(trade.updated_at, trade.closed_at or trade.updated_at), trade.state.value))
    if trade.closed_at:
        happened.append((trade.closed_at, "settled: all paid" if trade.settled else "closed: all sold"))
    return [Event(at=moment(at), what=what) for at, what in sorted(happened)]


class PositionView(Answer):
    """What is held of one outcome; `unrealised` is null where the bids do not take all of it."""

    venue: str
    market_id: str
    market: str
    outcome: str
    shares: Amount
    cost: Amount
    value: Amount | None
    unrealised: Amount | None
    stage: str = Field(description="open, resolved (an answer, not final) or payable")
    worth: Amount | None = Field(description="What a share pays, once the venue has said so")
    simulated: bool
    trade_ids: list[str]
    opened_at: Moment | None

    @classmethod
    def of(cls, valued: Valued) -> "PositionView":
        held = valued.position
        return cls(
            venue=held.key.venue,
            market_id=held.key.market_id,
            market=held.title,
            outcome=held.outcome,
            shares=format_micros(held.shares),
            cost=usd(held.cost),
            value=None if valued.value is None else usd(valued.value),
            unrealised=None if valued.unrealised is None else usd(valued.unrealised),
            stage=held.stage,
            worth=None if held.worth is None else format_micros(held.worth),
            simulated=held.simulated,
            trade_ids=list(held.trade_ids),
            opened_at=moment_or_none(held.opened_at),
        )
