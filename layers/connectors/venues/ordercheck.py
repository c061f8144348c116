"""What every venue refuses without a look at its book; asked alike on paper and live."""

from collections.abc import Collection, Mapping

from dutchbook.domain.errors import InvalidOrder, MarketClosed
from dutchbook.domain.market import Market
from dutchbook.domain.money import format_micros, mul_floor
from dutchbook.domain.venue import Side
from dutchbook.ports.venues import OrderRequest, TimeInForce


def check_order(request: OrderRequest, market: Market) -> None:
    """What every venue refuses without a look at its book. Raises MarketClosed, InvalidOrder."""
    if request.key != market.key:
        raise InvalidOrder(f"order for {request.key} with the facts of {market.key}")
    if not market.tradeable:
        raise MarketClosed(f"{market.key} is not open for trading")
    if not market.on_grid(request.limit_price):
        raise InvalidOrder(f"price {format_micros(request.limit_price)} is off the tick grid of {market.key}")
    shares = format_micros(request.shares)
    if request.shares <= 0 or request.shares % market.size_step:
        raise InvalidOrder(f"{shares} shares is no multiple of {format_micros(market.size_step)}")
    if request.shares < market.min_size:
        raise InvalidOrder(f"{shares} shares is under the minimum of {format_micros(market.min_size)}")
    # the least dollars are asked of buys alone: no venue states any for sells, and what is left of a hedge
    # must not stay because it is small (the venue may still refuse it, without harm)
    notional = mul_floor(request.limit_price, request.shares)
    if request.side is Side.BUY and notional < market.min_notional:
        least = format_micros(market.min_notional)
        raise InvalidOrder(f"${format_micros(notional)} is under the minimum of ${least}")


def check_time_in_force(request: OrderRequest, known: Collection[TimeInForce]) -> None:
    """Refuses what the venue has no order type for. Raises InvalidOrder, which names the field."""
    venue, kind = request.key.venue, request.time_in_force
    if kind not in known:
        raise InvalidOrder(f"time_in_force: no {kind} orders on {venue} ({', '.join(sorted(known))})")
    if (request.expires_at_ms > 0) != (kind is TimeInForce.GTD):
        raise InvalidOrder("expires_at_ms: gtd orders, and no others, have one")


def time_in_force_fields(request: OrderRequest) -> dict[str, str]:
    """What an intent keeps of it. Nothing for IOC, so that intents stored before there was a choice stand."""
    kind = request.time_in_force
    return {} if kind is TimeInForce.IOC else {"time_in_force": kind.value}


def stored_time_in_force(fields: Mapping[str, str]) -> TimeInForce:
    """Inverse of `time_in_force_fields`."""
    return TimeInForce(fields.get("time_in_force", TimeInForce.IOC))
