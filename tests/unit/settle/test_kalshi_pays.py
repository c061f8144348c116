"""A real position on Kalshi is paid by Kalshi: its settlements say when."""

from datetime import UTC, datetime

import pytest

from dutchbook.domain.errors import Halted, InvariantBroken
from dutchbook.domain.market import MarketKey
from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Resolution, Stage
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.ledger import Position
from dutchbook.ports.venues import OrderRequest
from local.venues.settlement import settle
from tests.support.simulated import ACCOUNT, open_kalshi, simulation
from venues.kalshi.redeem import KalshiRedeemer

KEY = MarketKey(Venue.KALSHI, "RAIN-26")


@pytest.fixture
def world():
    with simulation() as world:
        open_kalshi(world)
        yield world


def bought(world):
    """Ten contracts of the first market, bought at 0.40."""
    market_id = next(iter(world.state(Venue.KALSHI).listings))
    market = world.public.data[Venue.KALSHI].markets([market_id])[market_id]
    world.show(Venue.KALSHI, market_id, {"0.38": "100"}, {"0.40": "100"})
    connector = world.connector(Venue.KALSHI)
    request = OrderRequest(
        "trd_1",
        0,
        "00000000-0000-4000-8000-000000000001",
        market.key,
        Outcome.YES,
        Side.BUY,
        10 * ONE,
        400_000,
    )
    assert connector.place(connector.prepare(request, market), market).filled == 10 * ONE
    opened = datetime(2026, 3, 11, tzinfo=UTC)
    return Position(
        ACCOUNT.agent_id, market.key, Outcome.YES, 10 * ONE, 4 * ONE, opened_at=opened, simulated=False
    )


def test_it_waits_for_the_settlement_and_then_the_money_is_there(world):
    position = bought(world)
    redeemer = KalshiRedeemer(lambda account: world.live.connector(Venue.KALSHI, account))
    answer = Resolution(position.key, Stage.PAYABLE, ONE)
    before = world.connector(Venue.KALSHI).balance().available

    assert not redeemer.redeem(position, answer)
    settle(world.state(Venue.KALSHI), position.key.market_id, ONE)

    assert redeemer.redeem(position, answer)
    assert redeemer.redeem(position, answer)
    assert world.connector(Venue.KALSHI).balance().available == before + 10 * ONE


def test_another_markets_settlement_is_not_this_ones(world):
    position = bought(world)
    settle(world.state(Venue.KALSHI), position.key.market_id, ONE)
    other = Resolution(position.key._replace(market_id="NO-SUCH"), Stage.PAYABLE, ONE)
    redeemer = KalshiRedeemer(lambda account: world.live.connector(Venue.KALSHI, account))
    assert not redeemer.redeem(position, other)


def test_without_live_trading_nothing_is_asked():
    with simulation(live_trading=False) as world:
        redeemer = KalshiRedeemer(lambda account: world.live.connector(Venue.KALSHI, account))
        position = Position(ACCOUNT.agent_id, KEY, Outcome.YES, ONE, ONE, simulated=False)
        with pytest.raises(Halted):
            redeemer.redeem(position, Resolution(KEY, Stage.PAYABLE, ONE))


def test_only_kalshis_own_account_will_do(world):
    position = bought(world)
    redeemer = KalshiRedeemer(lambda _account: object())
    with pytest.raises(InvariantBroken):
        redeemer.redeem(position, Resolution(position.key, Stage.PAYABLE, ONE))
