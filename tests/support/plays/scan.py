"""Scan, Catalogue and Match once in every way that asks something else of AWS."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from dutchbook.adapters import aws
from dutchbook.adapters.agents import DynamoAgents
from dutchbook.adapters.clock import SystemClock
from dutchbook.adapters.dynamo import Table, Write
from dutchbook.domain.errors import BreakerOpen, NotSent, VenueUnreachable
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.venue import Venue
from dutchbook.entry.bootstrap import scan as parts
from dutchbook.ports.clock import utc
from dutchbook.usecases.match_markets.catalogue import Listing
from functions.scan import app
from local.template import REGION
from tests.support import rights
from tests.support.api import LambdaContext
from tests.support.aws import fake_aws
from tests.support.builders import an_agent
from tests.support.market_data import FakeMarketData
from tests.support.markets import a_market
from tests.unit.scan.test_tick import KALSHI, PAIR, POLYMARKET, Venues, a_book
from tests.unit.scan.test_tick import a_market as a_paying_market

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL": "",
    "STAGE": "test",
    "LEDGER_TABLE": "LedgerTable",
    "MARKETS_TABLE": "MarketsTable",
    "GUARDS_TABLE": "GuardsTable",
    "EXECUTE_PAIR_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:ExecutePair",
    "LIVE_TRADING": "false",
    "DEMO_PAIR_THRESHOLD": "0.95",
    "POLYMARKET_CLOB_BASE": "http://127.0.0.1:9",  # where nobody listens
}

MACHINE = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'


class Recorder(rights.Recorder):
    """Runs the handlers and notes what they ask."""

    def run(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        handlers = {"Scan": app.handler, "Catalogue": app.catalogue, "Match": app.match}
        with self.of(function):
            answer: dict[str, Any] = handlers[function](event, LambdaContext())
        return answer


def play(patch: pytest.MonkeyPatch) -> Mapping[str, set[tuple[str, str]]]:
    """(action, resource) of what each function asked of AWS, by the function's name."""
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    with fake_aws():
        for each in (parts.settings, parts.world, parts.store, parts.listing):
            each.cache_clear()
        recorder = Recorder()
        aws.session().register("provide-client-params.*.*", recorder.note)
        _run_all(recorder, patch)
        for each in (parts.settings, parts.world, parts.store, parts.listing):
            each.cache_clear()
    return recorder.used


def _run_all(recorder: Recorder, patch: pytest.MonkeyPatch) -> None:
    """Each function once in every way that asks for something else."""
    clock = SystemClock()
    data = {
        key.venue: FakeMarketData(key.venue, [a_paying_market(key)], clock) for key in (KALSHI, POLYMARKET)
    }
    data[Venue.KALSHI].set_book(a_book(KALSHI, 380_000, 400_000))
    data[Venue.POLYMARKET].set_book(a_book(POLYMARKET, 480_000, 500_000))
    venues = Venues(data)
    patch.setattr(app, "listing", lambda: Listing(clock, parts.store(), venues))
    store = parts.store()
    for pass_id in ("p1", "p2"):
        event: dict[str, Any] = {"venue": "kalshi", "pass_id": pass_id}
        while not event.get("done"):
            event = recorder.run("Catalogue", event)
        data[Venue.KALSHI].drop_market(KALSHI.market_id)
        data[Venue.KALSHI].set_market(a_market(Venue.KALSHI, f"M-{pass_id}"))
    store.put_markets([a_paying_market(KALSHI), a_paying_market(POLYMARKET)])

    planned = recorder.run("Match", {"do": "plan"})
    for step in planned["parts"]:
        recorder.run("Match", step)
    store.put_pair(replace(PAIR, pair_id="pair_of_old", rules_hash="another"))
    store.put_books([replace(a_book(KALSHI, 1, 2), requested_at_ms=clock.now_ms() - 2 * 3_600_000)])
    for step in planned["reviews"]:
        recorder.run("Match", step)
    store.put_pair(PAIR)
    store.set_pair_status(PAIR.pair_id, list(PairStatus), PairStatus.APPROVED, "read", "0xop")

    boto3.client("stepfunctions").create_state_machine(
        name="ExecutePair", definition=MACHINE, roleArn="arn:aws:iam::123456789012:role/any"
    )
    DynamoAgents(Table("LedgerTable"), clock).add(an_agent())
    patch.setattr(app, "world", lambda: replace(parts.world(), connectors=venues))
    now = utc(clock.now_ms()).replace(microsecond=0)
    tick = {"scheduled_time": now.isoformat(), "started_at": now.isoformat(), "offset_seconds": 0}
    report = recorder.run("Scan", tick)
    assert report["started"] > 0, report
    # a gap too wide goes back to a human
    data[Venue.KALSHI].set_book(a_book(KALSHI, 280_000, 300_000))
    earlier = (now - timedelta(seconds=15)).isoformat()
    again = {"scheduled_time": now.isoformat(), "started_at": earlier, "offset_seconds": 15}
    assert recorder.run("Scan", again)["rejected"] > 0
    meet_a_dead_venue(recorder)


def meet_a_dead_venue(recorder: Recorder) -> None:
    """The scan's own reads open the venue's breaker; when its time is over, another function probes."""
    with recorder.of("Scan"), ThreadPoolExecutor(5) as pool:
        assert [*pool.map(read_books, range(5)), read_books()] == [VenueUnreachable] * 5 + [BreakerOpen]
    long_ago = Write.update({"id": "BREAKER#polymarket"}, "SET opened_at = :then", then=0)
    Table("GuardsTable").write(long_ago)
    parts.world.cache_clear()
    with recorder.of("Scan"):
        assert [read_books(), read_books()] == [VenueUnreachable, BreakerOpen]


def read_books(_: int = 0) -> type[Exception]:
    """What the scan's read of a book raises."""
    dead = parts.world().connectors.data(Venue.POLYMARKET)
    market = a_market(
        Venue.POLYMARKET, "0xdead", terms={"yes_token": "1", "no_token": "2", "neg_risk": "false"}
    )
    try:
        dead.books([market])
    except NotSent as error:
        return type(error)
    raise AssertionError("somebody listens")
