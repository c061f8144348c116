"""Venues: what is read of them in public, and trading on them for an account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dutchbook.domain.agent import Mode
from dutchbook.domain.book import OrderBook
from dutchbook.domain.market import Market, MarketKey
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue


class OrderStatus(StrEnum):
    """What a venue says of an order. Fill counts decide what is held, never this word."""

    WORKING = "working"
    """Resting, delayed or still being matched: it may fill."""
    DONE = "done"
    """It can no longer fill, however much it has filled."""
    NOT_FOUND = "not_found"
    """Unknown to the venue now; within its read lag no proof that it never arrived."""


class TimeInForce(StrEnum):
    """How long an order stands. Each venue has some of these; another one is refused by name."""

    IOC = "ioc"
    """Takes what is there at the limit and cancels the rest (FAK on Polymarket and Limitless)."""
    FOK = "fok"
    """Fills whole at once or not at all."""
    GTC = "gtc"
    """What does not fill rests until it is cancelled."""
    GTD = "gtd"
    """Rests until `expires_at_ms` at the latest."""

    @property
    def rests(self) -> bool:
        return self in (TimeInForce.GTC, TimeInForce.GTD)


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A limit order, micros; by default it takes what is there and cancels the rest."""

    trade_id: str
    leg_index: int
    client_order_id: str
    key: MarketKey
    outcome: Outcome
    side: Side
    shares: int
    limit_price: int
    attempt: int = 0
    """1 for an order that the venue wanted signed anew (TermsChanged): other ids, another salt."""
    time_in_force: TimeInForce = TimeInForce.IOC
    expires_at_ms: int = 0
    """Unix milliseconds, for GTD alone."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Everything needed to send the very same order again, stored before the first sending."""

    client_order_id: str
    venue_order_id: str
    """Computed where it can be (Polymarket's digest), else empty."""
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrderReport:
    """Where an order stands at the venue."""

    status: OrderStatus
    venue_order_id: str
    fills: tuple[Fill, ...]
    filled: int
    """Gross shares matched, micros; may run ahead of `fills`, which lag on some venues."""
    reason: str = ""
    awaits_confirmation: bool = False
    """Matched fills that the venue may yet undo are among `fills`."""


@dataclass(frozen=True, slots=True)
class Balance:
    venue: Venue
    available: int
    """Dollars (micros) free to spend."""


@dataclass(frozen=True, slots=True)
class VenuePosition:
    key: MarketKey
    outcome: Outcome
    shares: int


@dataclass(frozen=True, slots=True)
class Account:
    """Whose orders these are. Demo accounts need no credentials."""

    agent_id: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Some of a venue's open markets. A market may come twice: pages shift while they are turned."""

    markets: Sequence[Market]
    next_cursor: str = ""
    """Of the next page; empty at the end."""


class MarketData(Protocol):
    """Public reads of one venue."""

    venue: Venue

    def catalogue(self) -> Iterable[Market]:
        """All open markets, page by page. Raises NotSent when the venue cannot be read."""
        ...

    def catalogue_page(self, cursor: str) -> CataloguePage:
        """One page of the open markets, the first for an empty cursor. Raises NotSent."""
        ...

    def markets(self, market_ids: Sequence[str]) -> Mapping[str, Market]:
        """Markets by id; unknown ids are absent."""
        ...

    def books(self, markets: Sequence[Market], seconds: float | None = None) -> Mapping[str, OrderBook]:
        """Order books by market id, in as few calls as the venue allows; missing ones are absent.

        With `seconds`, those that came within this time. Raises NotSent when none did, or when the venue is
        down or answers nonsense.
        """
        ...


class VenueConnector(Protocol):
    """Trading on one venue for one account.

    `prepare` sends nothing: it signs and computes ids so that they can be stored before `place`.

    Fills come with the order's report. There is no list of all fills of an account: every order of ours has a
    stored intent, which is looked up until its end and once more after it (`sweep`, `compare`), and a fill
    of any other order is somebody's own trade on the account, never to be booked as ours.
    """

    venue: Venue

    def prepare(self, request: OrderRequest, market: Market) -> Intent:
        """Raises Refused (InvalidOrder) when the venue's grid, minimums or order types forbid the order."""
        ...

    def place(self, intent: Intent, market: Market) -> OrderReport:
        """Sends the intent's bytes. Raises NotSent, Refused, OutcomeUnknown, or Conflict (id known there)."""
        ...

    def lookup(self, intent: Intent, market: Market) -> OrderReport:
        """Finds the order by its ids. Raises NotSent when the venue cannot be asked."""
        ...

    def cancel(self, intent: Intent, market: Market) -> None:
        """Asks for cancellation; an order that is already done is no error."""
        ...

    def balance(self, market: Market | None = None) -> Balance:
        """Dollars that can be spent now; with a market, on its orders, where the venue keeps cash apart.

        Raises MarketClosed while the venue as a whole does not trade, NotEligible where it does not serve us,
        NotSent when it cannot be asked.
        """
        ...

    def positions(self) -> Sequence[VenuePosition]: ...

    def read_lag_ms(self) -> int:
        """How long after sending a NOT_FOUND still proves nothing."""
        ...


class Connectors(Protocol):
    """Hands out the connector of a venue: paper for simulated trades, live otherwise."""

    def trading(self, venue: Venue, account: Account, *, simulated: bool) -> VenueConnector: ...

    def data(self, venue: Venue) -> MarketData: ...
