"""Dollars a month by service: `python -m bench.cost --agents 1000 --pairs 300 --tick 15`.

Counts times list prices (bench/prices.py). What a tick and a trade ask of DynamoDB was counted
(bench/allocate; bench/trade_calls, on moto), transitions are the state machine's own. Billed durations in
the cloud were not measured: they are assumptions, named so, and options of the command. docs/cost.md shows
tables made by this.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, fields

from bench import prices

DAYS = 30
MINUTES = DAYS * 24 * 60
_KB, _GB = 1024, 1024**3


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted by tests and benchmarks, in units and calls."""

    tick_writes_a_pair: float = 6.21
    """1,242 units for 200 pairs, whatever the number of agents: books, opportunities, ages."""
    tick_reads_a_pair: float = 4.23
    """850 units for 200 pairs and 10 agents, less what the agents are read for."""
    tick_reads_an_agent: float = 0.448
    """444 more from 10 agents to 1,000 …"""
    tick_reads_agents_most: float = 771
    """… and no more than so many for 100,000: agents beyond a tick's places are not read."""
    trade_transitions: float = 9
    trade_calls: float = 4
    """Reserve, two legs, finish."""
    trade_reads: float = 46
    """42 strong ones and 8 eventual ones at a half."""
    trade_writes: float = 96
    """47 items in transactions at two units each, 2 alone; the paper venue's own writes are in."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What was not measured in the cloud. Each is an option: --scan-seconds, --leg-seconds, …"""

    scan_seconds: float = 3.0
    """Billed for a tick at 1,024 MB: nearly all of it is waiting for venues."""
    leg_seconds: float = 1.0
    """At 768 MB: a book, an order, an answer."""
    ledger_seconds: float = 0.25
    """Reserve or finish, at 768 MB."""
    request_seconds: float = 0.06
    """An API request at 512 MB, authorizer in."""
    trades_a_day: float = 4.0
    """Started for each agent; the tick's most (MaxStartsPerTick) caps them."""
    requests_a_day: float = 200.0
    """API requests for each agent: an owner who looks in a few times."""
    live_share: float = 0.1
    """Agents that trade live and so keep a secret for each of two venues."""
    index_writes: float = 20.0
    """Units that the indexes add to a trade's writes."""
    catalogue_writes: float = 5_000.0
    """Units of a catalogue pass: markets that have changed."""
    catalogue_seconds: float = 90.0
    """Of all steps of a catalogue pass at 1,024 MB."""
    catalogue_transitions: float = 120.0
    max_starts: float = 300.0


@dataclass(frozen=True, slots=True)
class Size:
    agents: int
    pairs: int
    tick_seconds: int

    @property
    def ticks(self) -> float:
        return DAYS * 86_400 / self.tick_seconds

    def trades(self, assumed: Assumed) -> float:
        """A month's. The places of a tick are a cap."""
        return min(self.agents * assumed.trades_a_day * DAYS, self.ticks * assumed.max_starts)


METRICS_WRITTEN = 7 + 2 * 12
"""Figures of a tick, and those of trades and passes in both modes."""
ALARM_METRICS = 35
"""Metrics that the alarms look at."""


def monthly(size: Size, counted: Counted, assumed: Assumed) -> Mapping[str, float]:
    """Dollars a month by service."""
    trades, ticks = size.trades(assumed), size.ticks
    requests = size.agents * assumed.requests_a_day * DAYS
    passes = MINUTES / 15
    reads_a_tick = counted.tick_reads_a_pair * size.pairs + min(
        counted.tick_reads_an_agent * size.agents, counted.tick_reads_agents_most
    )
    reads = ticks * reads_a_tick + trades * counted.trade_reads + requests * 8
    writes = (
        ticks * counted.tick_writes_a_pair * size.pairs
        + trades * (counted.trade_writes + assumed.index_writes)
        + passes * assumed.catalogue_writes
    )
    seconds = (
        ticks * assumed.scan_seconds
        + trades * (2 * assumed.leg_seconds + 2 * assumed.ledger_seconds) * 0.75
        + requests * assumed.request_seconds * 0.5
        + passes * assumed.catalogue_seconds
        + MINUTES * 0.5 * 0.75  # sweep
        + MINUTES / 5 * (1.0 * 0.5 + 1.0 * 0.75)  # settle, redeem
    )
    calls = ticks + trades * counted.trade_calls + requests * 1.2 + passes * 30 + MINUTES * 1.4
    secrets = 2 + size.agents * assumed.live_share * 2
    log_bytes = calls * 1.5 * _KB + ticks * 2 * _KB + requests * 0.3 * _KB
    stored = (trades * 6 + size.pairs * 40 + size.agents * 4) * _KB
    express = MINUTES * 60 * 0.0625
    return {
        "Lambda": prices.LAMBDA_SECONDS.of(seconds) + prices.LAMBDA_REQUESTS.of(calls),
        "DynamoDB": prices.DYNAMODB_WRITES.of(writes)
        + prices.DYNAMODB_READS.of(reads)
        + prices.DYNAMODB_STORAGE.of(stored / _GB),
        "Step Functions": prices.STANDARD_TRANSITIONS.of(
            trades * counted.trade_transitions + passes * assumed.catalogue_transitions
        )
        + prices.EXPRESS_REQUESTS.of(MINUTES)
        + prices.EXPRESS_SECONDS.of(express),
        "API Gateway": prices.HTTP_API.of(requests),
        "Secrets Manager": prices.SECRETS.of(secrets)
        + prices.SECRET_CALLS.of(trades * assumed.live_share * 2),
        "KMS": prices.KEYS.of(1) + prices.KEY_CALLS.of(100_000 + trades * assumed.live_share * 2),
        "CloudWatch": prices.LOGS.of(log_bytes / _GB)
        + prices.METRICS.of(METRICS_WRITTEN)
        + prices.ALARM_METRICS.of(ALARM_METRICS),
        # the default rule: the first request of a second and a twentieth of the rest
        "X-Ray": prices.TRACES.of(min(calls, 86_400 * DAYS) + max(0.0, calls - 86_400 * DAYS) * 0.05),
        "Scheduler": prices.SCHEDULES.of(MINUTES * 2 + MINUTES / 5 * 2 + passes),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Dollars a month by service.")
    parser.add_argument("--agents", type=int, default=1_000)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--tick", type=int, default=15, help="seconds between scans")
    for field in fields(Assumed):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    told = vars(parser.parse_args())
    size = Size(told["agents"], told["pairs"], told["tick"])
    assumed = Assumed(**{field.name: told[field.name] for field in fields(Assumed)})
    bill = monthly(size, Counted(), assumed)
    for service, dollars in sorted(bill.items(), key=lambda each: -each[1]):
        print(f"{service:<16} {dollars:>12,.2f}")
    print(f"{'total':<16} {sum(bill.values()):>12,.2f}")
    trades = size.trades(assumed)
    if trades:
        print(f"{'a trade':<16} {sum(bill.values()) / trades:>12,.4f}   ({trades:,.0f} trades)")


if __name__ == "__main__":
    main()
