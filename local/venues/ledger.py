"""A simulated venue's own books: cash, shares and holds of each account, to the millionth.

Balances change through `post` alone, so an account's cash is what it was opened with plus the sum of its
entries; `audit` recomputes that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

type Shares = tuple[str, str, int]
"""(market id, "yes" | "no", micros of a share)."""


class Entry(NamedTuple):
    """One change of an account. `ref` names the fill, deposit or settlement that caused it."""

    at_ms: int
    account_id: str
    kind: str
    ref: str
    cash: int
    shares: tuple[Shares, ...]


class Hold(NamedTuple):
    """What a resting order keeps back."""

    account_id: str
    cash: int
    shares: Shares | None


@dataclass(slots=True)
class Account:
    account_id: str
    cash: int
    shares: dict[tuple[str, str], int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """Public keys, wallets, allowances: whatever the venue checks."""


class Ledger:
    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.entries: list[Entry] = []
        self._opened_with: dict[str, int] = {}
        self._holds: dict[str, Hold] = {}

    def open(self, account_id: str, cash: int, facts: dict[str, Any]) -> Account:
        """Registers an account; raises ValueError when the id is taken."""
        if account_id in self.accounts:
            raise ValueError(f"account {account_id} exists")
        account = Account(account_id, cash, facts=facts)
        self.accounts[account_id] = account
        self._opened_with[account_id] = cash
        return account

    def post(
        self, account_id: str, kind: str, ref: str, at_ms: int, cash: int, shares: Iterable[Shares] = ()
    ) -> None:
        """Books one change; raises ValueError when it would leave cash below zero."""
        account, moved = self.accounts[account_id], tuple(shares)
        if account.cash + cash < 0:
            raise ValueError(f"{account_id} would owe {-account.cash - cash} micros")
        account.cash += cash
        for market, outcome, delta in moved:
            account.shares[market, outcome] = account.shares.get((market, outcome), 0) + delta
        self.entries.append(Entry(at_ms, account_id, kind, ref, cash, moved))

    def hold(self, order_id: str, account_id: str, cash: int, shares: Shares | None = None) -> None:
        """Keeps back what a resting order may need; replaces the order's earlier hold."""
        self._holds[order_id] = Hold(account_id, cash, shares)

    def release(self, order_id: str) -> None:
        self._holds.pop(order_id, None)

    def free_cash(self, account_id: str) -> int:
        held = sum(hold.cash for hold in self._holds.values() if hold.account_id == account_id)
        return self.accounts[account_id].cash - held

    def held_cash(self, order_ids: Iterable[str]) -> int:
        """What these orders keep back."""
        return sum(self._holds[order_id].cash for order_id in order_ids if order_id in self._holds)

    def free_shares(self, account_id: str, market: str, outcome: str) -> int:
        held = sum(
            hold.shares[2]
            for hold in self._holds.values()
            if hold.account_id == account_id and hold.shares and hold.shares[:2] == (market, outcome)
        )
        return self.accounts[account_id].shares.get((market, outcome), 0) - held

    def audit(self) -> list[str]:
        """Account ids whose cash is not what they were opened with plus their entries; empty = sound."""
        totals = dict(self._opened_with)
        for entry in self.entries:
            totals[entry.account_id] += entry.cash
        return [name for name, account in self.accounts.items() if account.cash != totals[name]]

    def dump(self) -> dict[str, Any]:
        """Everything, as decimal-free integers, for tests and the demo's reconciliation."""
        return {
            "accounts": {
                account.account_id: {
                    "opened_with": self._opened_with[account.account_id],
                    "cash": account.cash,
                    "free_cash": self.free_cash(account.account_id),
                    "shares": {
                        f"{market}|{outcome}": amount
                        for (market, outcome), amount in account.shares.items()
                        if amount
                    },
                }
                for account in self.accounts.values()
            },
            "entries": [entry._asdict() for entry in self.entries],
            "unsound": self.audit(),
        }
