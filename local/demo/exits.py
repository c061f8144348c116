"""Positions sold before their markets are answered, by the product's own scheduled pass.

Only books are moved, over the simulators' control: the scan sees them, decides, and executes. A pair is
closed early when the bids of both legs pay more than the dollar it waits for. What is left of a pair whose
other leg was voided is a bet of its own and has a stop loss: it is sold when its bids fall. What is left of
one whose other leg was paid waits for the answer that is known, whatever its bids do.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import requests

from dutchbook.domain.money import ONE, format_micros
from local.api import Api

DEEP, SHALLOW = "1000", "40"
"""Shares at a price: enough for whatever is held; what one entry may take."""
CENT = ONE // 100

type Urls = Mapping[str, str]
type Leg = Mapping[str, Any]


class Failed(RuntimeError):
    """The demo did not end as it must; the message says where."""


def say(urls: Urls, venue: str, what: str, **body: object) -> None:
    """One word to a venue's control. Raises requests.HTTPError when it makes no sense there."""
    requests.post(f"{urls[venue]}/_sim/{venue}/{what}", json=body, timeout=10).raise_for_status()


def tempt(urls: Urls, yes: tuple[str, str], no: tuple[str, str]) -> None:
    """Offers YES of one market at 0.44 and NO of the other at 0.50: a dollar for 0.94 and fees."""
    _pin(urls, *yes, bid=42, ask=44, shares=SHALLOW)
    _pin(urls, *no, bid=50, ask=52, shares=SHALLOW)


def overpay(urls: Urls, legs: Sequence[Leg]) -> None:
    """Bids of 0.56 for what each leg holds: both together more than a dollar after fees."""
    for leg in legs:
        _bid(urls, leg, 56)


def collapse(urls: Urls, leg: Leg) -> None:
    """Bids of five cents for what a leg holds."""
    _bid(urls, leg, 5)


def wait_for_exit(api: Api, agent_id: str, why: str, pair_id: str, seconds: float) -> Mapping[str, Any]:
    """The trade by which the product has sold, whole. Raises Failed when it does not in time."""

    def sold() -> Mapping[str, Any] | None:
        for trade in api.get(f"/api/agent/{agent_id}/trades", limit="50")["items"]:
            ours = trade["pair_id"] == pair_id and trade["direction"].startswith(f"exit:{why}")
            if ours and trade["state"] in ("FILLED", "FLAT") and Decimal(trade["legs"][0]["net_filled"]):
                return trade  # type: ignore[no-any-return]
        return None

    return wait_until(sold, seconds, f"no {why} of {pair_id}")


def wait_until[T](look: Callable[[], T | None], seconds: float, missing: str) -> T:
    """What `look` finds. Raises Failed when it finds nothing in time."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise Failed(f"{missing} within {seconds:.0f} seconds")
        time.sleep(1)
    return found


def _bid(urls: Urls, leg: Leg, cents: int) -> None:
    """A bid for the leg's outcome, two cents under the ask; a bid for NO is an ask for YES."""
    yes = leg["outcome"] == "yes"
    bid, ask = (cents, cents + 2) if yes else (98 - cents, 100 - cents)
    _pin(urls, leg["venue"], leg["market_id"], bid=bid, ask=ask, shares=DEEP)


def _pin(urls: Urls, venue: str, market: str, *, bid: int, ask: int, shares: str) -> None:
    sides = {"bids": [[format_micros(bid * CENT), shares]], "asks": [[format_micros(ask * CENT), shares]]}
    say(urls, venue, "book", market=market, **sides)
