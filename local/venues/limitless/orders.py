"""What Limitless checks of an order before it matches, in its own words."""

import json
from dataclasses import dataclass, field
from decimal import Decimal

from eth_account import Account as EthAccount
from eth_account.messages import encode_typed_data
from eth_utils.address import is_checksum_address
from eth_utils.crypto import keccak

from dutchbook.domain.money import ONE
from local.day.catalogue import Listing
from local.venues.ledger import Account
from local.venues.limitless import shapes
from local.venues.state import VenueState
from local.venues.wire import Json, decimal_micros, shortest

CHAIN_ID = 8453
_ZERO_ADDRESS = "0x0000000000000000000000000000000000000000"
_MIN_MAKER_AMOUNT = 100
_TICK = 1_000
_MAX_SALT = 1 << 63
_STRUCT = (
    "uint256 salt,address maker,address signer,address taker,uint256 tokenId,uint256 makerAmount,"
    "uint256 takerAmount,uint256 expiration,uint256 nonce,uint256 feeRateBps,uint8 side,uint8 signatureType"
)


class Refusal(Exception):
    """An HTTP error answer in NestJS's shape."""

    def __init__(self, message: str, status: int = 400, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, "statusCode": status} | more


@dataclass(slots=True)
class Order:
    """An accepted order. Price and amounts in micros; `limit` None is a market (FOK) order."""

    order_id: str
    digest: str
    client_order_id: str
    account_id: str
    listing: Listing
    outcome: str
    side: str
    order_type: str
    maker_amount: int
    taker_amount: int
    limit: int | None
    raw: Json
    created_ms: int
    post_only: bool = False
    status: str = "LIVE"
    settlement: str = "UNMATCHED"
    eligible_elapsed_ms: int = 0
    eligible_at: str | None = None
    settles_elapsed_ms: int = 0
    filled: int = 0
    dollars: int = 0
    fee_shares: int = 0
    fee_dollars: int = 0
    taken: int = 0
    """Contracts of its execution on arrival, dollars beside them; what it fills while resting is no part."""
    taken_dollars: int = 0
    matches: list[Json] = field(default_factory=list)

    @property
    def contracts(self) -> int:
        return self.taker_amount if self.side == "BUY" else self.maker_amount

    @property
    def book_side(self) -> str:
        """On the YES book: buying NO is selling YES."""
        return "bid" if (self.side == "BUY") == (self.outcome == "yes") else "ask"

    def token_price(self, book_price: int) -> int:
        return book_price if self.outcome == "yes" else ONE - book_price

    @property
    def book_limit(self) -> int:
        """The worst YES price; a market order takes any."""
        if self.limit is None:
            return ONE if self.book_side == "bid" else 0
        return self.token_price(self.limit)


def parse(state: VenueState, account: Account, data: bytes) -> Order:
    """The order in a POST body, every check but funds, duplicates and crossing done. Raises Refusal."""
    body = _json(data)
    raw = body.get("order")
    listing = state.listings.get(str(body.get("marketSlug")))
    if not isinstance(raw, dict) or body.get("orderType") not in {"GTC", "FAK", "FOK"}:
        raise Refusal("order must be an object; orderType must be one of GTC, FAK, FOK")
    if listing is None:
        raise Refusal("Market not found", 404)
    if listing.key.market_id in state.settled:
        raise Refusal(f"Market {listing.key.market_id} has passed deadline")
    _check_receive_window(state, body)
    _check_fixed_fields(account, body, raw)
    outcome = _outcome(listing, raw)
    expected = _rate_to_sign(state, account, listing)
    if raw.get("feeRateBps") != expected:
        raise Refusal("Fee rate mismatch", code="FEE_RATE_MISMATCH", expectedFeeRateBps=expected)
    digest = _check_signature(account, raw, str(shapes.venue(state, listing)["exchange"]))
    limit = _check_amounts(body, raw)
    return Order(
        order_id="",
        digest=digest,
        client_order_id=str(body.get("clientOrderId", "")).strip(),
        account_id=account.account_id,
        listing=listing,
        outcome=outcome,
        side="BUY" if raw["side"] == 0 else "SELL",
        order_type=body["orderType"],
        maker_amount=raw["makerAmount"],
        taker_amount=raw["takerAmount"],
        limit=limit,
        raw=raw,
        created_ms=state.time.now_ms(),
        post_only=bool(body.get("postOnly")),
    )


def _json(data: bytes) -> Json:
    try:
        body = json.loads(data, parse_float=Decimal)
    except ValueError as error:
        raise Refusal("Unexpected token in JSON") from error
    if not isinstance(body, dict):
        raise Refusal("body must be an object")
    client_order_id = body.get("clientOrderId")
    if client_order_id is not None and not (
        isinstance(client_order_id, str) and 1 <= len(client_order_id.strip()) <= 128
    ):
        raise Refusal("clientOrderId must be 1 to 128 characters")
    return body


def _check_receive_window(state: VenueState, body: Json) -> None:
    window, sent = body.get("recvWindow"), body.get("timestamp")
    if window is None and sent is None:
        return
    if not isinstance(window, int) or not isinstance(sent, int) or not 1 <= window <= 10_000:
        raise Refusal("timestamp and recvWindow (1 to 10000) go together")
    if abs(state.time.now_ms() - sent) > window:
        raise Refusal("Request outside of the receive window", 425)


def _check_fixed_fields(account: Account, body: Json, raw: Json) -> None:
    facts = account.facts
    if body.get("ownerId") != owner_id(account):
        raise Refusal("Owner does not match authenticated profile", 403)
    if str(raw.get("expiration")) != "0":
        raise Refusal("Order expiration is not currently supported")
    if raw.get("taker") != _ZERO_ADDRESS or raw.get("nonce") != 0:
        raise Refusal("taker must be the zero address and nonce must be 0")
    if not all(is_checksum_address(str(raw.get(name))) for name in ("maker", "signer")):
        raise Refusal("maker and signer must be checksummed addresses")
    if raw["signer"].lower() != facts["address"].lower():
        raise Refusal("Signer does not match authenticated profile account")
    if raw["maker"].lower() != wallet(account).lower():
        raise Refusal("Maker does not match expected profile wallet")
    if raw.get("signatureType") != (2 if facts.get("smart_wallet") else 0):
        raise Refusal("Invalid signature type for this profile")
    salt = int(raw["salt"]) if str(raw.get("salt")).isdigit() else 0
    if not 0 < salt < _MAX_SALT:
        raise Refusal(f"value '{raw.get('salt')}' is out of range for type bigint")
    numbers = ("makerAmount", "takerAmount", "feeRateBps", "side")
    if not all(isinstance(raw.get(name), int) and not isinstance(raw[name], bool) for name in numbers):
        raise Refusal("makerAmount, takerAmount, feeRateBps and side must be numbers")
    if raw["side"] not in {0, 1} or not isinstance(raw.get("tokenId"), str):
        raise Refusal("side must be 0 or 1 and tokenId a string")


def _outcome(listing: Listing, raw: Json) -> str:
    yes, no = listing.facts["tokens"]
    if raw["tokenId"] not in {yes, no}:
        raise Refusal("Token does not belong to the market")
    return "yes" if raw["tokenId"] == yes else "no"


def _rate_to_sign(state: VenueState, account: Account, listing: Listing) -> int:
    """None is signed where nothing is charged, or the fee is taken in dollars beside the trade."""
    if shapes.is_free(state, listing) or shapes.fee_module(state, listing):
        return 0
    return int(account.facts["fee_rate_bps"])


def _check_signature(account: Account, raw: Json, exchange: str) -> str:
    """The digest; the order must be signed by the profile's key for this market's exchange."""
    fields = [{"type": kind, "name": name} for kind, name in (p.split(" ") for p in _STRUCT.split(","))]
    domain = {
        "name": "Limitless CTF Exchange",
        "version": "1",
        "chainId": CHAIN_ID,
        "verifyingContract": exchange,
    }
    numbers = {name: int(raw[name]) for name in ("salt", "tokenId", "expiration")}
    message = {field["name"]: raw[field["name"]] for field in fields} | numbers
    text = f"Invalid signature. Exchange address for this market: {exchange}"
    try:
        signable = encode_typed_data(domain, {"Order": fields}, message)
        signer = EthAccount.recover_message(signable, signature=str(raw.get("signature")))
    except (ValueError, TypeError) as error:
        raise Refusal(text) from error
    if signer.lower() != account.facts["address"].lower():
        raise Refusal(text)
    return "0x" + keccak(b"\x19" + signable.version + signable.header + signable.body).hex()


def _check_amounts(body: Json, raw: Json) -> int | None:
    """Returns the price in micros, None for FOK. price x contracts must be whole, and be the dollars."""
    price, kind = raw.get("price"), body["orderType"]
    if raw["makerAmount"] < _MIN_MAKER_AMOUNT or raw["takerAmount"] < 1:
        raise Refusal(f"makerAmount must not be less than {_MIN_MAKER_AMOUNT}")
    if kind == "FOK":
        if price is not None or raw["takerAmount"] != 1:
            raise Refusal("FOK orders have no price and a takerAmount of 1")
        return None
    if not isinstance(price, Decimal | int) or isinstance(price, bool):
        raise Refusal(f"{kind} order must have a price")
    micros = Decimal(price) * ONE
    if micros != int(micros) or int(micros) % _TICK or not 0 < micros < ONE:
        raise Refusal("price must have at most 3 decimals and lie between 0 and 1")
    dollars, contracts = raw["makerAmount"], raw["takerAmount"]
    if raw["side"] == 1:
        dollars, contracts = contracts, dollars
    product = int(micros) * contracts
    if product % ONE:
        shown = shortest(product)
        raise Refusal(f"Order amounts tick violation: {shown} is not a whole (integer) number")
    if product // ONE != dollars:
        raise Refusal("Order amounts do not match the price")
    return int(micros)


def wallet(account: Account) -> str:
    """The address that holds the money: the smart wallet of a smart-wallet profile, else the key's own."""
    return str(account.facts.get("smart_wallet") or account.facts["address"])


def allowance_of(account: Account, spender: str) -> int | None:
    """Dollars (micros) that the contract may take; None without a bound. The fact `allowances` names single
    contracts (lower case), `allowance` holds for the rest.
    """
    single = account.facts.get("allowances", {})
    return decimal_micros(single.get(spender.lower(), account.facts.get("allowance")))


def owner_id(account: Account) -> int:
    """The profile's number: made from the address, the same on every run."""
    return int(account.facts["address"][2:9], 16)
