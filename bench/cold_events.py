"""Events for the cold starts: a token, a tick that is due now, legs of trades that are really reserved."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dutchbook.domain.agent import Agent, AgentState, Limits, Mode, StrategyName
from dutchbook.domain.money import ONE, PPM
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.plan import TradePlan
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import authorize, execute, scan
from dutchbook.usecases.execute_pair import Step, reserve
from dutchbook.usecases.scan_markets.tick import Tick
from dutchbook.usecases.scan_markets.tick import scan as run_scan
from local.api import Wallet
from local.demo.seed import seed_pairs


def token(wallet: Wallet) -> str:
    """A session token, as sign-in would issue it."""
    services = authorize.services()
    issued, _ = services.tokens.issue(wallet.address.lower(), services.clock.now_ms() // 1000)
    return issued


def scan_event(number: int) -> dict[str, Any]:
    """A tick that nobody has leased yet and that is due now."""
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=number + 1)
    return {
        "scheduled_time": minute.isoformat(),
        "started_at": datetime.now(UTC).isoformat(),
        "offset_seconds": 0,
    }


class _Plans:
    """The Workflow port: keeps the plans instead of starting them."""

    def __init__(self) -> None:
        self.plans: list[TradePlan] = []

    def start(self, name: str, payload: Mapping[str, object]) -> bool:  # noqa: ARG002 - the port's signature
        self.plans.append(TradePlan.from_payload(payload))
        return True


def plans(count: int) -> list[TradePlan]:
    """As many trades of the simulated day, each of an agent of its own, planned by a real scan."""
    seed_pairs()
    world = scan.world()
    for number in range(count):
        world.agents.add(_agent(number))
    started = _Plans()
    minute = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=1)
    run_scan(Tick(minute, datetime.now(UTC), 15_000), replace(world, workflow=started))
    own = {plan.agent_id: plan for plan in started.plans}
    if len(own) < count:
        raise RuntimeError(f"only {len(own)} of {count} agents could be given a trade")
    return list(own.values())


def legs_to_place(count: int) -> list[tuple[str, dict[str, Any]]]:
    """(function, event) of the first leg of as many reserved trades, each of an agent of its own."""
    execution = execute.execution()
    events = []
    for plan in plans(count):
        first = reserve(execution, plan)
        function = "BuyLegFunction" if first.step is Step.BUY else "SellLegFunction"
        event = {
            "trade_id": plan.trade_id,
            "agent_id": plan.agent_id,
            "leg": str(first.leg),
            "round": first.round,
        }
        events.append((function, event))
    return events


def without_pacing() -> None:
    """Takes all pairs with Limitless but one from the scan: 300 ms between its books is the venue's rule, and
    says nothing of how fast a cold function is."""
    store = scan.world().store
    paced = [
        pair
        for pair in store.pairs(PairStatus.APPROVED, 1_000).items
        if Venue.LIMITLESS in (pair.a.venue, pair.b.venue)
    ]
    for pair in paced[1:]:
        store.set_pair_status(pair.pair_id, [PairStatus.APPROVED], PairStatus.REJECTED, "bench", "bench")


def _agent(number: int) -> Agent:
    limits = Limits(
        max_position=20 * ONE,
        min_profit=PPM // 1000,
        max_trades=50,
        stop_loss=PPM // 20,
        max_daily_loss=ONE,
        max_days=3650,
    )
    return Agent(
        agent_id=f"agt_{os.getpid()}_{number}",
        wallet="0x" + "ab" * 20,
        platforms=tuple(Venue),
        strategy=StrategyName.ARBITRAGE,
        limits=limits,
        mode=Mode.DEMO,
        state=AgentState.ACTIVE,
        created_at=datetime.now(UTC),
    )
