"""What happens to accounts when a market's question is answered.

Holders are paid at once: neither the days between an answer and its payout nor redeeming are simulated.
"""

from dutchbook.domain.money import ONE, mul_floor
from local.venues.state import VenueState


def settle(state: VenueState, market_id: str, payout: int) -> None:
    """Cancels resting orders, pays holders and closes the market. Once: a second call changes nothing.

    `payout` is micros a YES share; a NO share gets the rest of a dollar.
    """
    if market_id in state.settled:
        return
    state.refresh()
    state.settled[market_id] = payout
    # The engine cancels what rests in a settled market, so that its orders say so.
    state.refresh()
    pay_holders(state, market_id)


def pay_holders(state: VenueState, market_id: str) -> None:
    """Turns every share of a settled market into dollars; calling it again pays only what came since."""
    payout = state.settled[market_id]
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
