"""Positions on their way to cash."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.result import Result
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.trade import Trade
from dutchbook.domain.venue import Outcome
from dutchbook.ports.ledger import Position
from dutchbook.ports.paging import Page


@dataclass(frozen=True, slots=True)
class Settlement:
    """A position that was paid out. Micros."""

    agent_id: str
    key: MarketKey
    outcome: Outcome
    simulated: bool
    shares: int
    cost: int
    payout: int
    worth: int | None
    """What a share paid; None for a bet that was given back."""
    at: datetime
    trade_ids: tuple[str, ...]
    title: str = ""

    @property
    def realised(self) -> int:
        return self.payout - self.cost


class Settlements(Protocol):
    """Positions on their way to cash. The same promises as the Ledger, whose money this moves."""

    def held(self) -> Iterable[Position]:
        """Every agent's positions that are not empty; eventually consistent, so `settle` reads again."""
        ...

    def mark(self, position: Position, stage: Stage, worth: int | None) -> None:
        """Notes how far a position is and what a share will pay. Moves no money."""
        ...

    def settle(self, position: Position, resolution: Resolution) -> Settlement | None:
        """Pays the position out, exactly once: shares and cost are gone, the payout is free to spend.

        The difference is realised, in the agent's sums, in its day and in the trades that brought the shares;
        trades of which nothing else is held are closed and their results written. None when nothing is held.
        Raises ValueError when the venue names no value.
        """
        ...

    def close(self, trade_id: str) -> Trade:
        """Notes that nothing of a trade is held any more: it waits for no profit. Repeating changes nothing.

        Raises NotFound, and WrongState while the trade is under way.
        """
        ...

    def rule(self, resolution: Resolution) -> None:
        """Keeps an operator's word on a market that its venue closed without a value; the last one counts."""
        ...

    def rulings(self, keys: Iterable[MarketKey]) -> Mapping[MarketKey, Resolution]:
        """What operators have said of these markets, strongly consistent."""
        ...

    def flag(self, trade_id: str, text: str) -> bool:
        """Flags a trade; False when it is flagged already. Raises NotFound."""
        ...

    def history(self, agent_id: str, limit: int, start: str = "", *, simulated: bool) -> Page[Settlement]:
        """What was paid out, newest first."""
        ...

    def results(self, agent_id: str, *, simulated: bool) -> Sequence[Result]:
        """What each closed trade came to, oldest first."""
        ...


class Resolutions(Protocol):
    """What one venue says of markets' questions. Public reads."""

    def resolutions(self, markets: Sequence[Market]) -> Mapping[str, Resolution]:
        """By market id; what the venue does not tell is absent, what cannot be used of its word `unreadable`.

        Raises NotSent when it cannot be asked.
        """
        ...


class Redeemer(Protocol):
    """Fetches the money of positions whose markets are payable."""

    def redeem(self, position: Position, resolution: Resolution) -> bool:
        """Whether the money is on the account now; False: it was asked for, look again later.

        May be repeated. Raises NotSent, OutcomeUnknown (it may be on its way), Halted (live trading is off).
        """
        ...
