"""Keys of the Ledger table.

    AGENT#id    PROFILE | BUDGET#book#venue | TOTALS#book | DAY#book#date | FAILURES | FLIGHT#pair
                POS#book#venue:market#outcome | TRADE#trade (pointer) | AUDIT#ms#hash | ALERT#ms#hash
                PAID#book#ms#venue:market#outcome | RESULT#book#ms#trade
    WALLET#0x…  AGENT#id (pointer)
    ACCOUNT#venue#account   OWNER
    TRADE#id    TRADE | LEG#index | FILL#index#fill
    CONTROL     GLOBAL
    RULING#venue:market   RULING
    ACTIVE#strategy#mode   SLOT#slot (an agent was active there once)

`book` is "paper" or "live": simulated and real money never meet. Index gsi1 lists open trades by when they
were last touched (OPEN#shard) and positions that are not empty (HELD#shard), gsi2 active agents by their
min_profit (ACTIVE#strategy#mode#slot): all only suggest, and what they suggest is read again.
"""

import zlib

from dutchbook.domain.agent import Agent, Mode, StrategyName
from dutchbook.domain.market import MarketKey
from dutchbook.domain.venue import Outcome, Venue
from dutchbook.ports.agents import ACTIVE_SLOTS

OPEN_SHARDS = 4
HELD_SHARDS = 4
SLOT_PREFIX = "SLOT#"
_PROFIT_DIGITS = 12
_MS_DIGITS = 13

type Pair = dict[str, str]


def _key(pk: str, sk: str) -> Pair:
    return {"pk": pk, "sk": sk}


def book_name(simulated: bool) -> str:
    return "paper" if simulated else "live"


def agent(agent_id: str) -> str:
    return f"AGENT#{agent_id}"


def profile(agent_id: str) -> Pair:
    return _key(agent(agent_id), "PROFILE")


def budget(agent_id: str, simulated: bool, venue: Venue) -> Pair:
    return _key(agent(agent_id), budget_prefix(simulated) + venue.value)


def budget_prefix(simulated: bool) -> str:
    return f"BUDGET#{book_name(simulated)}#"


def totals(agent_id: str, simulated: bool) -> Pair:
    return _key(agent(agent_id), f"TOTALS#{book_name(simulated)}")


def day(agent_id: str, simulated: bool, date: str) -> Pair:
    return _key(agent(agent_id), f"DAY#{book_name(simulated)}#{date}")


QUARANTINE_PREFIX = "QUARANTINE#"


def failures(agent_id: str) -> Pair:
    return _key(agent(agent_id), "FAILURES")


def quarantine(agent_id: str, trade_id: str) -> Pair:
    return _key(agent(agent_id), f"{QUARANTINE_PREFIX}{trade_id}")


def flight(agent_id: str, pair_id: str) -> Pair:
    return _key(agent(agent_id), f"FLIGHT#{pair_id}")


def position(agent_id: str, simulated: bool, market: MarketKey, outcome: Outcome) -> Pair:
    return _key(agent(agent_id), f"POS#{book_name(simulated)}#{market}#{outcome.value}")


def trade_pointer(agent_id: str, trade_id: str) -> Pair:
    return _key(agent(agent_id), f"TRADE#{trade_id}")


def audit(agent_id: str, ms: int, digest: str) -> Pair:
    return _key(agent(agent_id), f"AUDIT#{ms:0{_MS_DIGITS}d}#{digest}")


def wallet(address: str) -> str:
    return f"WALLET#{address}"


def account(venue: Venue, account_id: str) -> Pair:
    return _key(f"ACCOUNT#{venue.value}#{account_id}", "OWNER")


def trade_partition(trade_id: str) -> str:
    return f"TRADE#{trade_id}"


def trade(trade_id: str) -> Pair:
    return _key(trade_partition(trade_id), "TRADE")


def leg(trade_id: str, index: int) -> Pair:
    return _key(trade_partition(trade_id), f"LEG#{index:03d}")


def fill(trade_id: str, index: int, fill_id: str) -> Pair:
    return _key(trade_partition(trade_id), f"FILL#{index:03d}#{fill_id}")


def paid_prefix(simulated: bool) -> str:
    return f"PAID#{book_name(simulated)}#"


def paid(agent_id: str, simulated: bool, ms: int, market: MarketKey, outcome: Outcome, version: int) -> Pair:
    """`version` is the position's: one that is held again after it was paid out is another payout."""
    name = f"{paid_prefix(simulated)}{ms:0{_MS_DIGITS}d}#{market}#{outcome.value}#{version}"
    return _key(agent(agent_id), name)


def result_prefix(simulated: bool) -> str:
    return f"RESULT#{book_name(simulated)}#"


def result(agent_id: str, simulated: bool, ms: int, trade_id: str) -> Pair:
    return _key(agent(agent_id), f"{result_prefix(simulated)}{ms:0{_MS_DIGITS}d}#{trade_id}")


def ruling(market: MarketKey) -> Pair:
    return _key(f"RULING#{market}", "RULING")


CONTROL = _key("CONTROL", "GLOBAL")


def _shard(text: str, shards: int) -> int:
    return zlib.crc32(text.encode()) % shards


def open_shard(shard: int) -> str:
    return f"OPEN#{shard}"


def open_trade(trade_id: str) -> str:
    """gsi1pk of a trade that has not ended."""
    return open_shard(_shard(trade_id, OPEN_SHARDS))


def ended_shard(shard: int) -> str:
    return f"ENDED#{shard}"


def ended_trade(trade_id: str) -> str:
    """gsi1pk of a trade that has ended and is yet to be compared with the venues' own records."""
    return ended_shard(_shard(trade_id, OPEN_SHARDS))


def held_shard(shard: int) -> str:
    return f"HELD#{shard}"


def held_position(agent_id: str, simulated: bool, market: MarketKey, outcome: Outcome) -> Pair:
    """gsi1 keys of a position that is not empty: those of one market lie side by side."""
    name = f"{market}#{outcome.value}#{agent_id}#{book_name(simulated)}"
    return {"gsi1pk": held_shard(_shard(str(market), HELD_SHARDS)), "gsi1sk": name}


def touched(ms: int) -> str:
    """gsi1sk: Unix milliseconds that sort as text."""
    return f"{ms:0{_MS_DIGITS}d}"


def active_slots(strategy: StrategyName, mode: Mode) -> str:
    """Partition that names the slots in which an agent of this kind was ever active."""
    return f"ACTIVE#{strategy.value}#{mode.value}"


def active_slot(strategy: StrategyName, mode: Mode, slot: int) -> str:
    return f"{active_slots(strategy, mode)}#{slot}"


def used_slot(agent: Agent) -> Pair:
    slot = _shard(agent.agent_id, ACTIVE_SLOTS)
    return {"pk": active_slots(agent.strategy, agent.mode), "sk": f"{SLOT_PREFIX}{slot:02d}"}


def active_agent(agent: Agent) -> str:
    """gsi2pk of an active agent."""
    return active_slot(agent.strategy, agent.mode, _shard(agent.agent_id, ACTIVE_SLOTS))


def min_profit(ppm: int, agent_id: str = "") -> str:
    """gsi2sk: without an agent it sorts before all agents of this min_profit."""
    return f"{ppm:0{_PROFIT_DIGITS}d}#{agent_id}"
