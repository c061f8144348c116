"""Kalshi's shards: each market lies on one, and an account's cash on each of them is apart.

A market is on shard 0 unless `state.shards` says otherwise. An account's fact ``shards`` ({"2": "200"}) says
how much of the cash it was opened with lies elsewhere than on shard 0; what its fills bring and cost there
stays there, for nothing moves between shards by itself.
"""

from collections.abc import Callable, Iterable, Mapping

from local.venues.ledger import Account
from local.venues.state import VenueState
from local.venues.wire import decimal_micros


def shard_of(state: VenueState, ticker: str) -> int:
    return state.shards.get(ticker, 0)


def free_cash(
    state: VenueState, account: Account, resting: Callable[[int], Iterable[str]]
) -> Mapping[int, int]:
    """Cash (micros) by shard less what its resting orders keep back; `resting` names a shard's orders."""
    placed = account.facts.get("shards", {})
    cash = {int(index): decimal_micros(amount) or 0 for index, amount in placed.items()}
    for index in set(state.shards.values()):
        cash.setdefault(index, 0)
    for entry in state.ledger.entries:
        shard = shard_of(state, entry.shares[0][0]) if entry.shares else 0
        if shard and entry.account_id == account.account_id:
            cash[shard] += entry.cash
    cash[0] = account.cash - sum(cash.values())
    return {index: cash[index] - state.ledger.held_cash(resting(index)) for index in sorted(cash)}
