"""What Polymarket checks of an order before it matches, in its own words."""

from dataclasses import dataclass, field
from typing import Any

from dutchbook.domain.money import ONE
from local.venues.ledger import Account
from local.venues.polymarket.markets import MIN_ORDER_SHARES, Token
from local.venues.polymarket.signatures import exchange_of, recover
from local.venues.state import VenueState
from local.venues.wire import digits, shortest

ORDER_TYPES = ("GTC", "GTD", "FOK", "FAK")
_CENT = 10_000
_AMOUNT_DECIMALS = {100_000: 3, 10_000: 4, 5_000: 5, 2_500: 6, 1_000: 5, 100: 6}
_MARKET_BUY_SHARE_DECIMALS = 4
"""Of any tick: seen live on a tick of 0.001 (py-clob-client-v2 issue 99)."""

_GTD_LEAD_S = 180
_MAX_SALT = 1 << 53


class Refusal(Exception):
    """An HTTP error answer."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class Order:
    """An accepted order; price and amounts in micros, `side` BUY or SELL of the token."""

    order_id: str
    account_id: str
    api_key: str
    token_id: str
    token: Token
    side: str
    dollars: int
    shares: int
    order_type: str
    expiration_s: int
    post_only: bool
    created_s: int
    status: str = "LIVE"
    matched: int = 0
    spent: int = 0
    trade_ids: list[str] = field(default_factory=list)

    @property
    def book_side(self) -> str:
        """On the YES book: buying NO is selling YES."""
        return "bid" if (self.side == "BUY") == (self.token.outcome == "yes") else "ask"

    @property
    def limit(self) -> int:
        """Worst price of the token in micros: a buy's rounds down, a sell's up."""
        if self.side == "BUY":
            return self.dollars * ONE // self.shares
        return -(-self.dollars * ONE // self.shares)

    @property
    def book_limit(self) -> int:
        return self.limit if self.token.outcome == "yes" else ONE - self.limit

    @property
    def spends(self) -> bool:
        """FOK and FAK buys are orders to spend dollars; all others are for shares."""
        return self.side == "BUY" and self.order_type in {"FOK", "FAK"}


def parse(state: VenueState, account: Account, key_id: str, body: Any, tokens: dict[str, Token]) -> Order:
    """The order in a POST body, every check but funds and duplicates done. Raises Refusal."""
    raw = body.get("order") if isinstance(body, dict) else None
    if not isinstance(raw, dict) or body.get("orderType") not in ORDER_TYPES:
        raise Refusal("Invalid order payload")
    if {"nonce", "feeRateBps", "taker"} & set(raw):
        raise Refusal("order_version_mismatch")
    if body.get("owner") != key_id:
        raise Refusal("the order owner has to be the owner of the API KEY")
    token = tokens.get(str(raw.get("tokenId")))
    if token is None or token.listing.key.market_id in state.settled:
        raise Refusal(f"the orderbook {raw.get('tokenId')} does not exist")
    order_id = _check_signature(state, account, raw, token)
    order = _read(state, account, key_id, body, raw, token, order_id)
    _check_amounts(order)
    _check_lifetime(state, order)
    return order


def _check_signature(state: VenueState, account: Account, raw: dict[str, Any], token: Token) -> str:
    kind, facts = raw.get("signatureType"), account.facts
    if kind == 0 and facts["signature_type"] != 0:
        raise Refusal("maker address not allowed, please use the deposit wallet flow")
    signer = facts["funder"] if kind == 3 else facts["owner"]
    if str(raw.get("signer")).lower() != signer.lower():
        raise Refusal("the order signer address has to be the address of the API KEY")
    if kind != facts["signature_type"] or str(raw.get("maker")).lower() != facts["funder"].lower():
        raise Refusal("invalid signature")
    salt = raw.get("salt")
    if not isinstance(salt, int) or isinstance(salt, bool) or not 0 < salt < _MAX_SALT:
        raise Refusal("Invalid order payload")
    listing = token.listing
    version = state.versions.get(listing.key.market_id, "v1")
    try:
        signed = recover(raw, exchange_of(version, neg_risk=listing.facts["neg_risk"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal("invalid signature") from error
    if signed.signer.lower() != facts["owner"].lower():
        raise Refusal("invalid signature")
    return signed.order_id


def _read(
    state: VenueState,
    account: Account,
    key_id: str,
    body: dict[str, Any],
    raw: dict[str, Any],
    token: Token,
    order_id: str,
) -> Order:
    maker, taker = digits(raw["makerAmount"]), digits(raw["takerAmount"])
    expiration = digits(raw.get("expiration", "0"))
    if not maker or not taker or expiration is None:
        raise Refusal("invalid amounts")
    buys = raw["side"] == "BUY"
    return Order(
        order_id=order_id,
        account_id=account.account_id,
        api_key=key_id,
        token_id=str(raw["tokenId"]),
        token=token,
        side=raw["side"],
        dollars=maker if buys else taker,
        shares=taker if buys else maker,
        order_type=body["orderType"],
        expiration_s=expiration,
        post_only=bool(body.get("postOnly")),
        created_s=state.time.now_ms() // 1_000,
    )


def _check_amounts(order: Order) -> None:
    """Decimals of both amounts, the product, the tick and the minimum size."""
    tick = order.token.listing.tick
    decimals = _AMOUNT_DECIMALS[tick]
    if order.spends:
        if _finer(order.dollars, 2) or _finer(order.shares, _MARKET_BUY_SHARE_DECIMALS):
            raise Refusal(
                "invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals, "
                f"taker amount a max of {_MARKET_BUY_SHARE_DECIMALS} decimals"
            )
    elif _finer(order.shares, 2) or _finer(order.dollars, decimals):
        maker, taker = (decimals, 2) if order.side == "BUY" else (2, decimals)
        raise Refusal(
            f"invalid amounts, the {order.side.lower()} orders maker amount supports a max accuracy of "
            f"{maker} decimals, taker amount a max of {taker} decimals"
        )
    elif order.dollars * ONE % order.shares or order.limit % tick:
        raise Refusal(
            f"invalid price ({shortest(order.limit)}), breaks minimum tick size rule: {shortest(tick)}"
        )
    if not tick <= order.limit <= ONE - tick:
        raise Refusal(f"invalid price ({shortest(order.limit)}), min: {shortest(tick)}")
    if order.order_type in {"GTC", "GTD"} and order.shares < MIN_ORDER_SHARES:
        raise Refusal(
            f"order {order.order_id} is invalid. Size ({shortest(order.shares)}) lower than the minimum: 5"
        )


def _check_lifetime(state: VenueState, order: Order) -> None:
    earliest = state.time.now_ms() // 1_000 + _GTD_LEAD_S
    if order.order_type == "GTD" and order.expiration_s < earliest:
        raise Refusal("invalid expiration value, GTD orders must expire at least 3 minutes ahead")
    if order.order_type != "GTD" and order.expiration_s:
        raise Refusal("invalid expiration value, only GTD orders expire")
    if order.post_only and order.order_type in {"FOK", "FAK"}:
        raise Refusal("invalid post-only order: only GTC and GTD orders can be post-only")


def _finer(micros: int, decimals: int) -> bool:
    step: int = 10 ** (6 - decimals)
    return micros % step != 0
