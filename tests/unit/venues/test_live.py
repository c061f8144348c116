"""Who gets a live connector, for how long, and what leaves while live trading is off."""

import gc
import logging
import weakref

import pytest

from dutchbook.domain.agent import Mode
from dutchbook.domain.errors import Halted, NotAuthorised, NotEligible, NotSent
from dutchbook.domain.ids import client_order_id
from dutchbook.domain.money import ONE
from dutchbook.domain.secret import InvalidCredential, Secret
from dutchbook.domain.venue import Outcome, Side, Venue
from dutchbook.ports.venues import Account, OrderRequest
from tests.support.paper_store import InMemoryPaperStore
from tests.support.simulated import (
    ACCOUNT,
    HARDHAT_ADDRESS,
    HARDHAT_KEY,
    KALSHI_KEY_ID,
    Simulation,
    open_kalshi,
    open_limitless,
    open_polymarket,
    simulation,
)
from venues import credentials
from venues.credential_check import check
from venues.live import SESSION_SECONDS, LiveConnectors
from venues.registry import Registry

PUBLIC = ("/markets", "/events", "/series", "/books", "/trade-api/v2/markets", "/trade-api/v2/events")
PUBLIC += ("/trade-api/v2/series",)


def opened(world: Simulation) -> Simulation:
    open_kalshi(world)
    open_polymarket(world)
    open_limitless(world)
    return world


@pytest.fixture
def world():
    with simulation() as running:
        yield opened(running)


@pytest.fixture
def requested(caplog):
    """Paths of the requests that the simulated venues have received."""
    caplog.set_level(logging.DEBUG, logger="local.venues")

    def paths():
        lines = [record.getMessage() for record in caplog.records if record.name == "local.venues"]
        return [line.split()[1].partition("?")[0] for line in lines]

    return paths


def registry(world: Simulation, *, live_trading: bool) -> Registry:
    return Registry(
        market_data=world.public.data,
        paper_store=InMemoryPaperStore(),
        clock=world.clock,
        live_trading=live_trading,
        live=world.live.factories(),
        paper_latency_ms=0,
    )


def test_while_live_trading_is_off_nothing_but_public_reads_goes_to_any_venue(requested):
    """Not even for a live agent with good credentials; its orders are paper on the same books."""
    with simulation(live_trading=False) as running:
        world = opened(running)
        connectors = registry(world, live_trading=False)
        for venue in Venue:
            market = next(iter(connectors.data(venue).catalogue()))
            paper = connectors.trading(venue, ACCOUNT, simulated=True)
            price = market.price_bands[0].end // 2 // 10_000 * 10_000
            request = OrderRequest(
                f"trd_{venue}",
                0,
                client_order_id(f"trd_{venue}", 0, 0),
                market.key,
                Outcome.YES,
                Side.BUY,
                10 * ONE,
                price,
            )
            intent = paper.prepare(request, market)
            paper.place(intent, market)
            paper.lookup(intent, market)
            paper.balance()
            with pytest.raises(Halted):
                connectors.trading(venue, ACCOUNT, simulated=False)
            with pytest.raises(Halted):
                world.live.connector(venue, ACCOUNT)
            with pytest.raises(Halted):
                world.live.verify(venue, world.secrets.get(ACCOUNT.agent_id, venue))

        assert world.live.factories() == {}
        assert all(path.startswith(PUBLIC) for path in requested())
        assert len(requested()) > len(Venue)
        assert world.secrets.reads == len(Venue), "only this test has read them"


def test_a_live_agent_gets_live_connectors_and_a_demo_agent_none(world):
    connectors = registry(world, live_trading=True)
    for venue in Venue:
        assert connectors.trading(venue, ACCOUNT, simulated=False).venue is venue
        with pytest.raises(Halted):
            connectors.trading(venue, Account(ACCOUNT.agent_id, Mode.DEMO), simulated=False)


@pytest.mark.parametrize(
    ("venue", "account_id"),
    [
        (Venue.KALSHI, KALSHI_KEY_ID),
        (Venue.POLYMARKET, HARDHAT_ADDRESS),
        (Venue.LIMITLESS, HARDHAT_ADDRESS),
    ],
)
def test_verifying_logs_in_reads_the_balance_and_names_the_account(world, venue, account_id, requested):
    verified = world.live.verify(venue, world.secrets.get(ACCOUNT.agent_id, venue))
    assert (verified.account_id, verified.available) == (account_id.lower(), 1000 * ONE)
    assert not [path for path in requested() if path.endswith(("/order", "/orders"))]


@pytest.mark.parametrize("venue", Venue)
def test_the_account_that_was_claimed_offline_is_the_one_that_is_traded(world, venue):
    fields = world.secrets.get(ACCOUNT.agent_id, venue)
    claimed = check(venue, HARDHAT_ADDRESS.lower(), fields).account
    assert world.live.verify(venue, fields).account_id == claimed


def test_a_session_is_opened_once_and_again_after_five_minutes(world):
    seconds = [0.0]
    live = LiveConnectors(
        world.public,
        world.environments,
        world.secrets,
        world.clock,
        live_trading=True,
        monotonic=lambda: seconds[0],
    )
    for venue in Venue:
        first = live.connector(venue, ACCOUNT)
        seconds[0] += SESSION_SECONDS - 1
        assert live.connector(venue, ACCOUNT) is first
        seconds[0] += 2
        assert live.connector(venue, ACCOUNT) is not first


def test_a_session_is_as_old_as_the_secret_it_was_opened_with_and_is_dropped_then(world):
    """A slow login lends it no more time, and an agent that asks no more leaves no key behind."""
    seconds = [0.0]

    class SlowLogin:
        def get(self, agent_id, venue):
            seconds[0] += 100
            return world.secrets.get(agent_id, venue)

    live = LiveConnectors(
        world.public,
        world.environments,
        SlowLogin(),
        world.clock,
        live_trading=True,
        monotonic=lambda: seconds[0],
    )
    first = weakref.ref(live.connector(Venue.KALSHI, ACCOUNT))
    seconds[0] = SESSION_SECONDS - 1
    assert live.connector(Venue.KALSHI, ACCOUNT) is first()
    seconds[0] = SESSION_SECONDS
    with pytest.raises(Halted):
        live.connector(Venue.KALSHI, Account("agt_without_keys", Mode.LIVE))
    gc.collect()
    assert first() is None


def test_sessions_of_two_agents_are_two(world):
    other = Account("agt_other", Mode.LIVE)
    fields = world.secrets.get(ACCOUNT.agent_id, Venue.KALSHI)
    world.secrets.put(other.agent_id, Venue.KALSHI, fields)
    assert world.live.connector(Venue.KALSHI, ACCOUNT) is not world.live.connector(Venue.KALSHI, other)


def test_without_credentials_there_is_no_live_order(world):
    with pytest.raises(Halted, match="no kalshi credentials"):
        world.live.connector(Venue.KALSHI, Account("agt_new", Mode.LIVE))


@pytest.mark.parametrize("venue", Venue)
def test_credentials_that_lack_a_field_are_refused_by_name(world, venue):
    world.secrets.put(ACCOUNT.agent_id, venue, {"something": Secret("else")})
    with pytest.raises(NotAuthorised, match="is missing: store it"):
        world.live.connector(venue, ACCOUNT)


def test_credentials_that_cannot_work_are_refused_without_repeating_them(world):
    fields = {
        credentials.KALSHI_KEY_ID: Secret("key"),
        credentials.KALSHI_PRIVATE_KEY: Secret("hunter2-hmac-secret"),
    }
    world.secrets.put(ACCOUNT.agent_id, Venue.KALSHI, fields)
    with pytest.raises(NotAuthorised, match="not a private key") as told:
        world.live.connector(Venue.KALSHI, ACCOUNT)
    assert "hunter2" not in str(told.value)
    with pytest.raises(InvalidCredential):
        world.live.verify(Venue.KALSHI, fields)


def test_a_kalshi_account_is_limited_as_its_tier_says(world, requested):
    world.live.connector(Venue.KALSHI, ACCOUNT)
    assert requested() == ["/trade-api/v2/account/limits"]


def test_a_tier_that_cannot_be_read_leaves_the_lowest(world):
    world.fault(Venue.KALSHI, "html", "/trade-api/v2/account/limits", status=502, count=-1)
    assert world.live.connector(Venue.KALSHI, ACCOUNT).balance().available == 1000 * ONE


def test_without_the_venues_time_our_own_clock_signs(world):
    world.fault(Venue.POLYMARKET, "html", "/time", status=200, count=-1)
    assert world.live.connector(Venue.POLYMARKET, ACCOUNT).balance().available == 1000 * ONE


@pytest.mark.parametrize(
    ("venue", "path"),
    [
        (Venue.POLYMARKET, "/auth/derive-api-key"),
        (Venue.POLYMARKET, "/auth/api-key"),
        (Venue.LIMITLESS, "/profiles/me"),
    ],
)
def test_a_login_that_gets_no_answer_is_tried_again_later(world, venue, path):
    world.fault(venue, "html", path, status=502, count=3)
    with pytest.raises(NotSent):
        world.live.connector(venue, ACCOUNT)
    world.state(venue).faults.clear()
    assert world.live.connector(venue, ACCOUNT).balance().available == 1000 * ONE


def test_a_place_that_polymarket_blocks_is_told_by_the_test_of_credentials(world):
    world.state(Venue.POLYMARKET).geoblocked = True
    with pytest.raises(NotEligible):
        world.live.verify(Venue.POLYMARKET, world.secrets.get(ACCOUNT.agent_id, Venue.POLYMARKET))


def test_a_login_that_is_refused_says_so(world):
    fields = {
        **world.secrets.get(ACCOUNT.agent_id, Venue.LIMITLESS),
        credentials.LIMITLESS_TOKEN_ID: Secret("tok_unknown"),
    }
    with pytest.raises(NotAuthorised):
        world.live.verify(Venue.LIMITLESS, fields)


def test_without_a_funder_the_money_is_in_the_keys_deposit_wallet(world):
    found = credentials.polymarket(
        {credentials.PRIVATE_KEY: Secret(HARDHAT_KEY)}, world.environments.polymarket
    )
    assert (found.signature_type, found.signer.address) == (3, HARDHAT_ADDRESS)
    assert found.funder != HARDHAT_ADDRESS


def test_sessions_and_credentials_show_nothing_secret(world):
    for venue in Venue:
        shown = repr(world.live.connector(venue, ACCOUNT)) + repr(world.live.__dict__)
        assert HARDHAT_KEY[2:] not in shown
        assert "PRIVATE KEY" not in shown
