"""What happens to accounts when a market's question is answered.

Kalshi pays its holders by itself, here at once. Polymarket's and Limitless's shares stay in the wallet until
a transaction redeems them (chain.py). The days between an answer and its payout are not simulated.
"""

from dutchbook.domain.money import ONE, mul_floor
from local.venues.state import VenueState

_PAYS_BY_ITSELF = frozenset({"kalshi"})


def settle(state: VenueState, market_id: str, payout: int) -> None:
    """Cancels resting orders, closes the market and pays holders where the venue does that by itself.

    `payout` is micros a YES share; a NO share gets the rest of a dollar. Once: a second call changes nothing.
    """
    if market_id in state.settled:
        return
    state.refresh()
    state.settled[market_id] = payout
    # The engine cancels what rests in a settled market, so that its orders say so.
    state.refresh()
    if state.venue in _PAYS_BY_ITSELF:
        _pay_holders(state, market_id, payout)


def _pay_holders(state: VenueState, market_id: str, payout: int) -> None:
    """Turns every share of a settled market into dollars."""
    for account in state.ledger.accounts.values():
        for (market, outcome), shares in list(account.shares.items()):
            if market != market_id or not shares:
                continue
            each = payout if outcome == "yes" else ONE - payout
            state.ledger.post(
                account.account_id,
                "settlement",
                f"settle:{market_id}:{outcome}",
                state.time.now_ms(),
                mul_floor(shares, each),
                [(market_id, outcome, -shares)],
            )
