"""Exits: what every agent holds against the bids of this tick, and an execution for what is to be sold.

Runs in the scan's own function, on the books that the tick has just fetched: most of what is held is watched
anyway, and a function of its own would ask the venues for the same books twice (docs/adr/0019).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby

from dutchbook.domain.agent import Agent, AgentState
from dutchbook.domain.book import OrderBook
from dutchbook.domain.dust import DUST
from dutchbook.domain.errors import InvalidInput
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Stage
from dutchbook.domain.strategies.exits import Exit, Lot, Rules, rules_of, set_exit, single_exit
from dutchbook.domain.trade import Trade
from dutchbook.domain.trade_states import TradeState
from dutchbook.ports.agents import Agents
from dutchbook.ports.clock import Clock
from dutchbook.ports.ledger import Ledger, Position
from dutchbook.ports.markets import MarketStore
from dutchbook.ports.settlement import Settlements
from dutchbook.ports.venues import Connectors
from dutchbook.ports.workflow import Workflow
from dutchbook.usecases.marking import hedged_sets, unhedged
from dutchbook.usecases.scan_markets.fetching import SLOW_SECONDS, Fetched, Fetching, collect
from dutchbook.usecases.scan_markets.seen import Seen
from dutchbook.usecases.scan_markets.selection import BOOKS_A_TICK, SLOW, turn_of


@dataclass(frozen=True, slots=True)
class Keeper:
    """What managing positions needs of the world."""

    clock: Clock
    agents: Agents
    ledger: Ledger
    settlements: Settlements
    store: MarketStore
    connectors: Connectors
    workflow: Workflow


def manage_positions(keeper: Keeper, seen: Seen) -> dict[str, int]:
    """Starts the exits that this tick's bids call for; counts by why. Raises StoreUnavailable.

    An agent whose stored parameters make no sense any more is counted by its id, and has its stop loss alone.
    """
    held = [position for position in keeper.settlements.held() if position.shares > DUST]
    tradable = [position for position in held if position.stage is Stage.OPEN]
    watched = _watch(keeper, seen, {position.key for position in tradable})
    counts = {"held": len(tradable)}
    # of those alone who hold something that has bids now: nothing else can be sold
    agents = keeper.agents.get_many({position.agent_id for position in held if watched.has(position.key)})
    for agent_id, positions in groupby(sorted(held, key=_owner), key=lambda position: position.agent_id):
        agent = agents.get(agent_id)
        # a halted agent's positions are for a human to look at
        if agent is None or agent.state is AgentState.HALTED:
            continue
        try:
            rules = rules_of(agent, asked=agent.state is AgentState.CLOSING)
        except InvalidInput:
            # one agent's parameters stop nobody's exits, and its own stop loss and close are not among them
            rules = Rules(agent.limits.stop_loss, asked=agent.state is AgentState.CLOSING)
            counts[f"misconfigured {agent_id}"] = 1
        for why in _manage(keeper, seen, watched, agent, rules, list(positions)):
            counts[why] = counts.get(why, 0) + 1
    return counts


@dataclass(frozen=True, slots=True)
class _Watched:
    """Markets and sound, fresh books of what is held."""

    markets: Mapping[MarketKey, Market]
    books: Mapping[MarketKey, OrderBook]

    def has(self, key: MarketKey) -> bool:
        return key in self.markets and key in self.books


def _owner(position: Position) -> tuple[str, bool, MarketKey, str]:
    return position.agent_id, position.simulated, position.key, position.outcome


def _watch(keeper: Keeper, seen: Seen, keys: Iterable[MarketKey]) -> _Watched:
    """The tick's own books, and those of held markets that no watched pair has."""
    wanted = sorted(keys)
    missing = [key for key in wanted if key not in seen.books]
    markets = {**seen.markets, **keeper.store.markets([key for key in wanted if key not in seen.markets])}
    fetched = Fetched()
    if missing:
        with Fetching(keeper.connectors) as fetching:
            known = [markets[key] for key in _affordable(seen, missing) if key in markets]
            collect(fetching.ask(known, SLOW_SECONDS), fetched, SLOW_SECONDS)
    now_ms = keeper.clock.now_ms()
    books = {
        key: book
        for key in wanted
        if (book := seen.books.get(key) or fetched.books.get(key)) is not None
        and not book.crossed
        and book.age_ms(now_ms) <= seen.period_ms
    }
    return _Watched(markets, books)


def _affordable(seen: Seen, missing: Sequence[MarketKey]) -> list[MarketKey]:
    """Those that the tick's budget of single books still has room for, in turn; batched ones all."""
    for venue in SLOW:
        room = BOOKS_A_TICK[venue] - sum(key.venue is venue for key in seen.books)
        there = [key for key in missing if key.venue is venue]
        asked = set(turn_of(there, seen.number, max(0, room)))
        missing = [key for key in missing if key.venue is not venue or key in asked]
    return list(missing)


def _manage(
    keeper: Keeper,
    seen: Seen,
    watched: _Watched,
    agent: Agent,
    rules: Rules,
    positions: Sequence[Position],
) -> Iterator[str]:
    for _, kind in groupby(positions, key=lambda position: position.simulated):
        of_kind = _to_sell(kind, rules)
        exits = [*_sets(keeper, watched, rules, of_kind), *_singles(keeper, watched, rules, of_kind)]
        # once for all of them: a closing agent sells many positions, each with an execution of its own
        being_sold = _being_sold(keeper, agent) if exits else frozenset()
        for found, owners in exits:
            brought = {trade_id for position in owners for trade_id in position.trade_ids}
            if being_sold.isdisjoint(brought) and _start(keeper, seen, agent, found, owners):
                yield found.why.value


def _to_sell(positions: Iterable[Position], rules: Rules) -> list[Position]:
    """Who asks for cash gets what has bids: a sister that is paid or answered keeps nothing back."""
    if not rules.asked:
        return list(positions)
    return [replace(position, answered=0) for position in positions if position.stage is Stage.OPEN]


def _sets(
    keeper: Keeper, watched: _Watched, rules: Rules, positions: Sequence[Position]
) -> Iterator[tuple[Exit, tuple[Position, ...]]]:
    for members, shares in hedged_sets(keeper.ledger, positions):
        if not all(_can_be_sold(watched, position) for position in members) or shares <= DUST:
            continue
        lots = [_lot(position) for position in members]
        # a set pays a dollar a share at least: what brings less than that is never worth a read
        found = set_exit(lots, shares, ONE, watched.markets, watched.books, asked=rules.asked)
        if found is None:
            continue
        trade = _opened_by(keeper, members)
        if trade is None:
            continue
        planned = (trade.expected_cost + trade.expected_profit) * ONE // trade.shares
        payout = planned - sum(trade.settled.values())
        found = set_exit(lots, shares, payout, watched.markets, watched.books, asked=rules.asked)
        if found is not None:
            yield found, members


def _singles(
    keeper: Keeper, watched: _Watched, rules: Rules, positions: Sequence[Position]
) -> Iterator[tuple[Exit, tuple[Position, ...]]]:
    for part, whole in zip(unhedged(keeper.ledger, positions), positions, strict=True):
        if part.shares <= DUST or not _can_be_sold(watched, part):
            continue
        market, book = watched.markets[part.key], watched.books[part.key]
        found = single_exit(_lot(part), market, book, rules, keeper.clock.now_ms())
        if found is not None:
            yield found, (whole,)


def _can_be_sold(watched: _Watched, position: Position) -> bool:
    return position.stage is Stage.OPEN and watched.has(position.key)


def _lot(position: Position) -> Lot:
    return Lot(position.key, position.outcome, position.shares, position.cost, position.opened_at)


def _opened_by(keeper: Keeper, members: Sequence[Position]) -> Trade | None:
    """The newest trade that brought all of these, if it is over and nobody has to look at it.

    Both outcomes of one market may have come with different trades: then the newest of any.
    """
    brought = [set(position.trade_ids) for position in members]
    shared = set.intersection(*brought) or set.union(*brought)
    for trade_id in sorted(shared, reverse=True):
        trade = keeper.ledger.trade(trade_id)
        if trade is None or not trade.ended or trade.state is TradeState.QUARANTINED:
            return None
        if not trade.exits:
            return trade
    return None


def _start(keeper: Keeper, seen: Seen, agent: Agent, found: Exit, owners: Sequence[Position]) -> bool:
    trade = _opened_by(keeper, owners)
    if trade is None or keeper.ledger.in_flight([(agent.agent_id, trade.pair_id)]):
        return False
    simulated = owners[0].simulated
    intent = found.intent(trade.pair_id, trade.title, trade.resolves_at, simulated=simulated)
    plan = intent.plan(seen.at_ms, seen.tick_id, agent.agent_id, agent.strategy.value)
    if not keeper.workflow.start(plan.trade_id, plan.to_payload()):
        return False
    # never held back, since it only makes less of what is at risk; entries have the rest
    seen.starts.take()
    return True


def _being_sold(keeper: Keeper, agent: Agent) -> Set[str]:
    """The trades of which an execution under way sells something: their positions and sisters are left alone.

    While it has sold one leg and not yet the other, what is left of the sets looks bare.
    """
    under_way = map(keeper.ledger.trade, keeper.ledger.under_way(agent.agent_id))
    return {trade_id for trade in under_way if trade is not None for trade_id in trade.closes}
