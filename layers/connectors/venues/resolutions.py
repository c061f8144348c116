"""Each venue's ports.Resolutions, over the same HTTP, limits and health as its market data."""

from collections.abc import Mapping

from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from dutchbook.ports.settlement import Resolutions
from venues import environments
from venues.health import HealthRecorder
from venues.http import VenueHttp
from venues.kalshi.client import KalshiClient
from venues.kalshi.resolution import KalshiResolutions
from venues.limitless.client import LimitlessClient
from venues.limitless.errors import classify
from venues.limitless.resolution import LimitlessResolutions
from venues.polymarket.resolution import PolymarketResolutions
from venues.ratelimit import Limiter
from venues.rpc import RPC_PLAN, ChainReader


def open_resolutions(
    env: Mapping[str, str], http: Mapping[Venue, VenueHttp], clock: Clock
) -> Mapping[Venue, Resolutions]:
    """From the venues' hosts and Base's node as the environment names them. Raises InvalidEnvironment."""
    limitless = environments.limitless(env)
    # the chain's node is not the venue: it has limits, health and failures of its own
    node = VenueHttp(
        Venue.LIMITLESS, Limiter(RPC_PLAN), HealthRecorder(Venue.LIMITLESS, clock), clock, classify
    )
    return {
        Venue.KALSHI: KalshiResolutions(KalshiClient(http[Venue.KALSHI], api=environments.kalshi(env).api)),
        Venue.POLYMARKET: PolymarketResolutions(http[Venue.POLYMARKET], environments.polymarket(env).data),
        Venue.LIMITLESS: LimitlessResolutions(
            LimitlessClient(http[Venue.LIMITLESS], api=limitless.api),
            ChainReader(node, limitless.rpc),
            limitless.conditional_tokens,
        ),
    }
