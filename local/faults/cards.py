"""What can go wrong, as decks of cards: a deck deals every card once before it deals any again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from dutchbook.domain.venue import Venue

CALLS: Mapping[Venue, Mapping[str, tuple[str, str]]] = {
    Venue.KALSHI: {
        "place": ("POST", "/trade-api/v2/portfolio/events/orders"),
        "lookup": ("GET", "/trade-api/v2/portfolio/orders"),
        "fills": ("GET", "/trade-api/v2/portfolio/fills"),
        "balance": ("GET", "/trade-api/v2/portfolio/balance"),
        "admission": ("GET", "/trade-api/v2/exchange/status"),
        "books": ("GET", "/trade-api/v2/markets/orderbooks"),
        "positions": ("GET", "/trade-api/v2/portfolio/positions"),
        "session": ("GET", "/trade-api/v2/account/limits"),
    },
    Venue.POLYMARKET: {
        "place": ("POST", "/order"),
        "lookup": ("GET", "/data/order"),
        "fills": ("GET", "/data/trades"),
        "balance": ("GET", "/balance-allowance"),
        "admission": ("GET", "/api/geoblock"),
        "books": ("POST", "/books"),
        "positions": ("GET", "/v2/positions"),
        "session": ("GET", "/auth"),
    },
    Venue.LIMITLESS: {
        "place": ("POST", "/orders"),
        "lookup": ("POST", "/orders/status"),
        "fills": ("POST", "/orders/status"),
        "balance": ("POST", "/rpc"),
        "admission": ("POST", "/rpc"),
        "books": ("GET", "/markets"),
        "positions": ("GET", "/portfolio/positions"),
        "session": ("GET", "/profiles/me"),
    },
}
"""The requests behind each call of a connector, by venue."""

KINDS: Mapping[str, Mapping[str, object]] = {
    "refuse": {},
    "drop": {},
    "delay": {"seconds": 0.9},
    "status 500": {"status": 500},
    "status 503": {"status": 503, "body": ""},
    "status 429": {"status": 429, "retry_after": "1"},
    "status 425": {"status": 425, "body": '{"error":"restarting"}'},
    "status 400": {"status": 400, "body": '{"error":"not enough balance / allowance"}'},
    "html 502": {"status": 502},
    "html 200": {"status": 200},
    "read_lag": {"seconds": 4},
    "duplicate_fills": {},
}
"""Every fault that the simulators know, with the answers that a venue or a proxy really gives."""

COUNTS = (1, 2, 6)
"""How many requests a fault spoils."""

PORTS: Mapping[str, Sequence[str]] = {
    "ledger": (
        "trade",
        "latest",
        "reserve",
        "move_trade",
        "move_leg",
        "book_fills",
        "put_leg",
        "finish",
        "count_end",
        "control",
        "clearance",
        "positions",
        "checked",
        "open_trades",
        "unchecked",
    ),
    "agents": ("get", "day", "totals", "budgets", "set_state", "forget_failures"),
    "markets": ("markets", "pair"),
    "connector": ("prepare", "place", "lookup", "balance", "positions"),
    "data": ("books", "markets"),
    "notifier": ("send",),
}
"""Every call that leaves a Lambda of execute, but cancelling: no order of the simulators stays at work."""

ROUTES = (
    (Venue.KALSHI, Venue.POLYMARKET),
    (Venue.LIMITLESS, Venue.KALSHI),
    (Venue.LIMITLESS, Venue.POLYMARKET),
    (Venue.POLYMARKET, Venue.KALSHI),
)

LEGS = (2, 2, 2, 2, 2, 2, 3, 1)
"""How many legs a trade has."""

MOVES = ("stays", "stays", "thin", "gone", "dear", "crash", "fails to settle")
"""What the second leg's book does while the first is placed."""


MONEY = ("plenty", "plenty", "tight budgets", "tight maxPosition")
"""Whether more may be spent than the trade itself reserves."""

SLACK = (0, 500_000, 2_000_000, 10_000_000)
"""How much more, where it is tight. Dollars in micros."""

OTHERS = ("the same event", "the sweeper")
"""Who comes while a Lambda is at work: its event delivered twice, or the look at an aborted execution."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at the venue of one leg (of a single leg: of that one)."""

    kind: str
    call: str
    leg: int
    count: int


@dataclass(frozen=True, slots=True)
class Crash:
    """A Lambda dies at the n-th such call of its trade."""

    port: str
    method: str
    after: bool
    nth: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another Lambda does all its work at the n-th such call of a trade, just before the call."""

    port: str
    method: str
    nth: int
    other: str


@dataclass(frozen=True, slots=True)
class Scenario:
    number: int
    seed: int
    live: bool
    route: tuple[Venue, ...]
    """Venues of the legs, in order."""
    faults: tuple[Fault, ...]
    crashes: tuple[Crash, ...]
    move: str
    repeats: float
    """Chance that an event is delivered twice."""
    listed: bool
    """Whether the catalogue knows the markets; else the venues are asked."""
    overlaps: tuple[Overlap, ...] = ()
    money: str = "plenty"
    slack: int = 0


class Deck[T]:
    """Deals at random without putting back, and shuffles anew when it is empty."""

    def __init__(self, cards: Sequence[T], chance: random.Random) -> None:
        self._cards = cards
        self._chance = chance
        self._left: list[T] = []

    def deal(self) -> T:
        if not self._left:
            self._left = list(self._cards)
            self._chance.shuffle(self._left)
        return self._left.pop()


def scenarios(count: int, seed: int) -> list[Scenario]:
    """The same numbers give the same scenarios. One in six trades on paper, the rest with live connectors."""
    chance = random.Random(seed)
    calls = tuple(CALLS[Venue.KALSHI])
    faults = Deck([Fault(*card) for card in product(KINDS, calls, (0, 1), COUNTS)], chance)
    points = [(port, method) for port, methods in PORTS.items() for method in methods]
    crashes = Deck(
        [Crash(*point, after, nth) for point in points for after in (False, True) for nth in (1, 2, 3)],
        chance,
    )
    overlaps = Deck(
        [Overlap(*point, nth, other) for point in points for nth in (1, 2, 3) for other in OTHERS], chance
    )
    routes, moves, legs = Deck(ROUTES, chance), Deck(MOVES, chance), Deck(LEGS, chance)
    money = Deck(MONEY, chance)
    return [
        Scenario(
            number=number,
            seed=seed * 1_000_003 + number,
            live=number % 6 != 5,
            route=_of_legs(routes.deal(), legs.deal()),
            faults=tuple(faults.deal() for _ in range(chance.choice((0, 1, 1, 1, 2)))),
            crashes=tuple(crashes.deal() for _ in range(chance.choice((0, 1, 1, 2)))),
            move=moves.deal(),
            repeats=chance.choice((0.0, 0.2, 0.5)),
            listed=chance.random() < 0.9,
            overlaps=tuple(overlaps.deal() for _ in range(chance.choice((0, 0, 1, 3)))),
            money=money.deal(),
            slack=chance.choice(SLACK),
        )
        for number in range(count)
    ]


def _of_legs(route: tuple[Venue, Venue], legs: int) -> tuple[Venue, ...]:
    third = next(venue for venue in Venue if venue not in route)
    return (*route, third)[:legs]
