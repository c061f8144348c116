"""Whatever is stored comes back the same: every field of every item, through DynamoDB's own format."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from dutchbook.adapters import agent_items, market_items, settlement_items, trade_items
from dutchbook.adapters.dynamo import from_wire, make_cursor, read_cursor, to_wire
from dutchbook.domain.accounting import BookedFill, Entry
from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.book import OrderBook, ask_ladder, bid_ladder
from dutchbook.domain.fees import KalshiFees, LimitlessFees, LimitlessUnknownFees, PolymarketFees
from dutchbook.domain.market import Market, MarketKey, PriceBand
from dutchbook.domain.pair import Pair, PairStatus, Relation
from dutchbook.domain.result import How, Result
from dutchbook.domain.settlement import Stage
from dutchbook.domain.trade import Fill, Leg, LegPurpose, Trade
from dutchbook.domain.trade_states import TERMINAL_TRADE_STATES, LegState, TradeState
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.agents import AuditEntry, Totals, VenueBudget
from dutchbook.ports.ledger import Position
from dutchbook.ports.markets import OpportunityRecord, VenueHealth
from dutchbook.ports.settlement import Settlement

integers = st.integers(-(10**37), 10**37)
naturals = st.integers(0, 10**15)
texts = st.text(max_size=12)
names = st.text(min_size=1, max_size=12)
times = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
maybe_times = st.none() | times
texts_by_text = st.dictionaries(texts, texts, max_size=3)
money_by_venue = st.dictionaries(st.sampled_from(Venue), integers)
market_keys = st.builds(MarketKey, st.sampled_from(Venue), names)

limits = st.builds(Limits, *[integers] * 6)
agents = st.builds(
    Agent,
    agent_id=names,
    wallet=names,
    platforms=st.lists(st.sampled_from(Venue), unique=True).map(tuple),
    strategy=st.sampled_from(StrategyName),
    limits=limits.filter(lambda one: one.min_profit >= 0),
    mode=st.sampled_from(Mode),
    state=st.sampled_from(AgentState),
    created_at=times,
    budgets=money_by_venue,
    state_reason=texts,
    jurisdiction=texts,
    strategy_params=texts_by_text,
    credentials=st.lists(st.sampled_from(Venue), unique=True).map(tuple),
    version=naturals,
)
fills = st.builds(
    Fill,
    fill_id=names,
    shares=integers,
    price=integers,
    fee_usd=integers,
    fee_shares=integers,
    at=maybe_times,
    confirmed=st.booleans(),
    failed=st.booleans(),
    tx_hash=texts,
    confirmed_at=maybe_times,
)
booked = st.builds(
    BookedFill,
    fills,
    st.lists(st.builds(Entry, st.sampled_from(Outcome), integers, integers, integers), max_size=2).map(tuple),
    integers,
    integers,
)
legs = st.builds(
    Leg,
    index=st.integers(0, 999),
    venue=st.sampled_from(Venue),
    market_id=names,
    outcome=st.sampled_from(Outcome),
    side=st.sampled_from(Side),
    shares=integers,
    limit_price=integers,
    purpose=st.sampled_from(LegPurpose),
    repairs=st.none() | st.integers(0, 999),
    state=st.sampled_from(LegState),
    client_order_id=texts,
    venue_order_id=texts,
    intent=texts_by_text,
    filled=integers,
    net_filled=integers,
    notional=integers,
    fee_usd=integers,
    fee_shares=integers,
    reason=texts,
    submitted_at=maybe_times,
    sends=naturals,
    absent_since=maybe_times,
    doubted=st.booleans(),
    updated_at=maybe_times,
    fills=st.just(()),
)
trades = st.builds(
    Trade,
    trade_id=names,
    agent_id=names,
    wallet=names,
    pair_id=names,
    direction=texts,
    strategy=texts,
    mode=st.sampled_from(Mode),
    simulated=st.booleans(),
    tick_id=texts,
    state=st.sampled_from(TradeState),
    legs=st.lists(legs, max_size=3, unique_by=lambda leg: leg.index).map(
        lambda some: tuple(sorted(some, key=lambda leg: leg.index))
    ),
    reserved=money_by_venue,
    shares=integers,
    expected_cost=integers,
    expected_profit=integers,
    min_profit=integers,
    stop_loss=integers,
    created_at=times,
    updated_at=times,
    resolves_at=maybe_times,
    title=texts,
    reason=texts,
    realised=integers,
    locked=integers,
    mode_reason=texts,
    settled=st.dictionaries(st.integers(0, 9), integers, max_size=3),
    closed_at=maybe_times,
    flag=texts,
    ends=naturals,
    counted=naturals,
)


def through_the_wire(item):
    assert item["schema_version"] == 1
    return from_wire(to_wire(item))


@given(agents)
def test_agents(agent):
    item = agent_items.agent_to_item(agent)

    assert agent_items.agent_from_item(through_the_wire(item)) == agent
    assert ("gsi2pk" in item) == (agent.state is AgentState.ACTIVE)


@given(st.builds(VenueBudget, st.sampled_from(Venue), *[integers] * 5))
def test_budgets(budget):
    item = agent_items.budget_to_item("agt_1", True, budget)

    assert agent_items.budget_from_item(through_the_wire(item)) == budget


@given(st.builds(Totals, *[integers] * 4))
def test_totals(totals):
    assert (
        agent_items.totals_from_item(through_the_wire(agent_items.totals_to_item("a", True, totals)))
        == totals
    )


@given(
    st.builds(
        Position,
        agent_id=names,
        key=market_keys,
        outcome=st.sampled_from(Outcome),
        shares=integers,
        cost=integers,
        trade_ids=st.lists(names).map(tuple),
        opened_at=maybe_times,
        simulated=st.booleans(),
        title=texts,
        stage=st.sampled_from(Stage),
        worth=st.none() | integers,
    )
)
def test_positions(position):
    item = agent_items.position_to_item(position, 3)

    assert agent_items.position_from_item(through_the_wire(item)) == position
    assert ("gsi1pk" in item) == (position.shares != 0)


@given(
    st.builds(
        Settlement,
        agent_id=names,
        key=market_keys,
        outcome=st.sampled_from(Outcome),
        simulated=st.booleans(),
        shares=integers,
        cost=integers,
        payout=integers,
        worth=st.none() | integers,
        at=times,
        trade_ids=st.lists(names).map(tuple),
        title=texts,
    )
)
def test_settlements(paid):
    item = settlement_items.settlement_to_item(paid, 3)

    assert settlement_items.settlement_from_item(through_the_wire(item)) == paid


@given(
    st.builds(
        Result,
        trade_id=names,
        pair_id=names,
        strategy=texts,
        how=st.sampled_from(How),
        market=market_keys,
        realised=integers,
        cost=integers,
        opened_at=times,
        closed_at=times,
    )
)
def test_results(result):
    item = settlement_items.result_to_item("agt_1", True, result)

    assert settlement_items.result_from_item(through_the_wire(item)) == result


@given(st.builds(AuditEntry, times, texts, texts, texts_by_text))
def test_audit(entry):
    item = agent_items.audit_to_item("agt_1", entry)

    assert agent_items.audit_from_item(through_the_wire(item)) == entry


@settings(max_examples=50)
@given(trades, money_by_venue, st.dictionaries(st.integers(0, 3), st.lists(booked, max_size=3)))
def test_trades_with_their_legs_and_fills(trade, held, by_leg):
    header = trade_items.trade_to_item(trade, held, 4)
    items = [header, *(trade_items.leg_to_item(trade.trade_id, leg, 2) for leg in trade.legs)]
    wanted = {index: {one.fill.fill_id: one for one in some} for index, some in by_leg.items() if some}
    for index, some in wanted.items():
        items += [trade_items.fill_to_item(trade.trade_id, index, one) for one in some.values()]

    stored = trade_items.stored_trade([through_the_wire(item) for item in items])

    assert stored is not None
    assert (stored.held, stored.version, stored.booked) == (held, 4, wanted)
    assert stored.leg_versions == {leg.index: 2 for leg in trade.legs}
    for leg, original in zip(stored.trade.legs, trade.legs, strict=True):
        assert set(leg.fills) == {one.fill for one in wanted.get(leg.index, {}).values()}
        assert trade_items.leg_to_item("t", leg, 1) == trade_items.leg_to_item("t", original, 1)
    assert trade_items.trade_to_item(stored.trade, held, 4) == header
    assert ("gsi1pk" in header) == (trade.state not in TERMINAL_TRADE_STATES)


@settings(max_examples=50)
@given(
    st.builds(
        Market,
        venue=st.sampled_from(Venue),
        market_id=names,
        title=texts,
        tradeable=st.booleans(),
        price_bands=st.lists(st.builds(PriceBand, naturals, naturals, naturals), max_size=3).map(tuple),
        size_step=naturals,
        min_size=naturals,
        min_notional=naturals,
        fees=st.builds(KalshiFees, naturals, naturals, naturals)
        | st.builds(PolymarketFees, naturals, st.integers(1, 4))
        | st.builds(LimitlessFees, naturals, st.booleans())
        | st.builds(LimitlessUnknownFees, naturals),
        event_id=texts,
        event_title=texts,
        outcome_title=texts,
        category=texts,
        rules=texts,
        closes_at=maybe_times,
        resolves_at=maybe_times,
        volume=naturals,
        terms=texts_by_text,
    )
)
def test_markets(market):
    item = market_items.market_to_item(market)

    assert market_items.market_from_item(through_the_wire(item)) == market


@given(
    st.builds(
        Pair,
        names,
        market_keys,
        market_keys,
        st.sampled_from(Relation),
        st.sampled_from(PairStatus),
        naturals,
        texts,
        texts,
        texts,
    )
)
def test_pairs(pair):
    item = market_items.pair_to_item(pair, market_items.pair_key(pair.pair_id))

    assert market_items.pair_from_item(through_the_wire(item)) == pair


small = st.integers(-(10**14), 10**14)


@given(
    st.builds(
        OpportunityRecord,
        tick_id=names,
        pair_id=names,
        direction=texts,
        title=texts,
        seen_at=times,
        verdict=texts,
        reason=texts,
        shares=small,
        cost=small,
        net_profit=small,
        net_return=small,
        annualised=small,
        days=small,
        legs=st.lists(texts_by_text, max_size=2).map(tuple),
        first_seen_at=maybe_times,
        trades=naturals,
    )
)
def test_opportunities(record):
    item = market_items.opportunity_to_item(record)

    assert market_items.opportunity_from_item(through_the_wire(item)) == record


@given(small, small)
def test_opportunities_sort_by_return(low, high):
    def sort_key(annualised):
        at = datetime(2026, 11, 23, tzinfo=UTC)
        record = OpportunityRecord("t", "p", "d", "", at, "", "", annualised=annualised)
        return market_items.opportunity_to_item(record)["sk"]

    assert (sort_key(low) < sort_key(high)) == (low < high)


levels = st.lists(st.tuples(st.integers(1, 999_999), st.integers(1, 10**12)), max_size=10)


@given(market_keys, levels, levels, levels, levels, st.integers(0, 10**13 - 1))
def test_books(key, yes_bids, yes_asks, no_bids, no_asks, ms):
    sides = (bid_ladder(yes_bids), ask_ladder(yes_asks), bid_ladder(no_bids), ask_ladder(no_asks))
    book = OrderBook(*key, *sides, ms)

    assert market_items.book_from_item(through_the_wire(market_items.book_to_item(book))) == book
    quote = market_items.quote_from_item(through_the_wire(market_items.quote_to_item(book)))
    assert quote == market_items.quote_of(book)


@given(
    st.builds(
        VenueHealth,
        st.sampled_from(Venue),
        st.booleans(),
        texts,
        times,
        naturals,
        naturals,
        naturals,
        naturals,
        texts,
        integers,
    )
)
def test_health(health):
    assert market_items.health_from_item(through_the_wire(market_items.health_to_item(health))) == health


@given(st.dictionaries(texts, texts, min_size=1, max_size=4))
def test_cursors(key):
    assert read_cursor(make_cursor(key)) == key
