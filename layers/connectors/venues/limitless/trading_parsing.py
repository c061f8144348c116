"""Limitless's private answers: profile, executions, status and positions. Pure.

The settlement status decides, not `matched`. Fills come from `totalsRaw`, where the fee that is taken in
shares stands apart: what is held is the net. They are exact and final once the execution is mined. History
could not replace them: its amounts are gross and name no fee (a recorded buy of 22.988505 could be sold as
22.298849, 97 % of it), it lists mined rows alone, and only newer rows name their order. What others take of
an order that rests is no part of its execution; a maker pays no fee, so there gross is net and history tells
it (`resting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE, div_ceil
from dutchbook.domain.trade import Fill
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import OrderReport, OrderStatus, VenuePosition
from venues.fields import BadRow, Row, instant, items_of, page_of, required, row, text
from venues.jsonbody import Json

_FINAL = frozenset({"MINED", "CONFIRMED"})
_NOTHING_FILLED = frozenset({"UNMATCHED", "CANCELED", "FAILED"})
_FOUND, _NOT_FOUND = "found", "not_found"
_NORMAL_MODE = "normal"
_SMART_WALLET = "smartWallet"


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose orders they are, and the rate that they must be signed with."""

    owner_id: int
    account: str
    smart_wallet: str
    """The maker of a smart-wallet profile; empty for an ordinary key."""
    embedded: str
    fee_rate_bps: int


def parse_profile(payload: Json) -> Profile:
    """GET /profiles/me. Raises BadRow."""
    profile = row(payload, "profile")
    uses_wallet = text(profile, "tradeWalletOption") == _SMART_WALLET
    rate = profile.get("effectiveFeeRateBps")
    if rate is None:
        rate = row(profile.get("rank"), "rank").get("feeRateBps")
    return Profile(
        owner_id=_whole(profile.get("id"), "id"),
        account=required(profile, "account"),
        smart_wallet=required(profile, "smartWallet") if uses_wallet else "",
        embedded=text(profile, "embeddedAccount"),
        fee_rate_bps=_whole(rate, "feeRateBps"),
    )


def parse_report(payload: Json, side: Side) -> OrderReport:
    """What POST /orders answers, and the data of a status result. Raises BadRow.

    An order that takes or cancels is one execution and thus one fill, named by the order's id. It is told
    once it is mined: before that its totals are an estimate.
    """
    placed = row(payload, "order answer")
    order = row(placed.get("order"), "order")
    execution = row(placed.get("execution"), "execution")
    order_id, status = required(order, "id"), text(execution, "settlementStatus").upper()
    told = status + (f": {text(execution, 'reason')}" if text(execution, "reason") else "")
    if status in _NOTHING_FILLED:
        return OrderReport(OrderStatus.DONE, order_id, (), 0, reason=told)
    if status not in _FINAL:
        return OrderReport(OrderStatus.WORKING, order_id, (), 0, reason=told)
    fill = _fill(order, execution, side)
    return OrderReport(OrderStatus.DONE, order_id, (fill,), fill.shares, reason=told)


def _fill(order: Row, execution: Row, side: Side) -> Fill:
    totals = row(execution.get("totalsRaw"), "totalsRaw")
    shares, dollars = raw(totals, "contractsGross"), raw(totals, "usdGross")
    if not shares:
        raise BadRow("a mined order has no contracts")
    price = div_ceil(dollars * ONE, shares) if side is Side.BUY else dollars * ONE // shares
    return Fill(
        fill_id=required(order, "id"),
        shares=shares,
        price=price,
        fee_usd=raw(totals, "usdFee"),
        fee_shares=raw(totals, "contractsFee"),
        at=instant(order, "createdAt"),
        tx_hash=text(execution, "txHash"),
        notional=dollars,
    )


def parse_status(payload: Json, side: Side) -> OrderReport | None:
    """The one result of POST /orders/status/batch; None where the venue says `not_found`.

    Whatever else it says ("invalid" is known) tells nothing of the order. Raises BadRow.
    """
    result = row(next(items_of(payload, "results"), None), "result")
    status = text(result, "status")
    if status == _NOT_FOUND:
        return None
    if status != _FOUND:
        raise BadRow("status is neither found nor not_found")
    return parse_report(result.get("data"), side)


def is_trading(payload: Json) -> bool:
    """Whether GET /maintenance/status lets an order take: nothing is active, or what is says normal.

    Post-only, cancel-only and disabled do not, and what is unclear counts as no. What is scheduled is not
    read: how its times are told is not known, and it becomes active soon enough. Raises VenueUnreachable.
    """
    return all(
        isinstance(item, dict) and item.get("mode") == _NORMAL_MODE for item in page_of(payload, "active")
    )


def parse_positions(payload: Json) -> Sequence[VenuePosition]:
    """Shares of GET /portfolio/positions, net of fees as they lie in the wallet.

    Raises BadRow, and VenueUnreachable for an answer without its list: that is no empty wallet.
    """
    held = []
    for item in page_of(payload, "clob"):
        position = row(item, "position")
        slug = required(row(position.get("market"), "market"), "slug")
        balances = row(position.get("tokensBalance"), "tokensBalance")
        for outcome in Outcome:
            shares = raw(balances, outcome.value)
            if shares:
                held.append(VenuePosition(MarketKey(Venue.LIMITLESS, slug), outcome, shares))
    return held


def parse_locked(payload: Json) -> int:
    """Dollars (micros) that resting orders keep back, over all markets; raises as `parse_positions`."""
    return sum(
        raw(row(row(item, "position").get("orders"), "orders"), "totalCollateralLocked")
        for item in page_of(payload, "clob")
    )


def parse_allowance(payload: Json, spender: str) -> int:
    """Raw dollars of GET /portfolio/trading/allowance. Raises BadRow, also for another contract's answer."""
    told = row(payload, "allowance")
    if text(told, "spender").lower() != spender.lower():
        raise BadRow("allowance is of another contract")
    return raw(told, "allowance")


def raw(source: Row, key: str) -> int:
    """Raw six-decimal integer, as digits in a text or a number. Raises BadRow."""
    digits = required(source, key)
    if not digits.isdecimal():
        raise BadRow(f"{key} is no raw amount")
    return int(digits)


def _whole(value: Json, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRow(f"{what} is no whole number")
    return value
