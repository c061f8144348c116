"""The business's figures: right, kept apart by mode, and never a reason for a handler to fail."""

import json
import socket
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from dutchbook.domain.money import ONE
from dutchbook.domain.settlement import Stage
from dutchbook.domain.trade import LegPurpose
from dutchbook.domain.trade_states import TradeState
from dutchbook.entry import metrics
from dutchbook.entry.tracing import annotate
from dutchbook.usecases.scan_markets.tick import TickReport
from dutchbook.usecases.settle_positions import PassReport
from tests.support.builders import a_leg, a_trade
from tests.support.execution import World, a_plan
from tests.support.settling import KALSHI, POLYMARKET, Office

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def figures(monkeypatch, capsys):
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Dutchbook")
    monkeypatch.setenv("STAGE", "qa")
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.delenv("POWERTOOLS_DEV", raising=False)

    def written():
        (line,) = capsys.readouterr().out.splitlines()
        told = json.loads(line)
        names = [metric["Name"] for metric in told["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
        dimensions = {name: told[name] for name in told["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]}
        return {name: told[name][0] for name in names}, dimensions

    return written


def test_a_tick_tells_what_it_saw_and_which_stack_it_was(figures):
    report = TickReport(
        "t1", opportunities=3, best_edge=21_500, started=2, down={"kalshi": "503", "exits": "x"}
    )
    metrics.tick(report.to_record())
    told, dimensions = figures()
    assert dimensions == {"service": "dutchbook-qa"}
    assert (told["Opportunities"], told["BestEdgePercent"], told["TradesStarted"]) == (3, 2.15, 2)
    assert told["VenuesDown"] == 1, "a follower that failed is no venue"


def test_a_late_tick_counts_as_late_and_a_repeated_one_as_nothing(figures, capsys):
    metrics.tick(TickReport("t1", outcome="late").to_record())
    assert figures()[0] == {"TicksLate": 1}
    metrics.tick(TickReport("t1", outcome="duplicate").to_record())
    assert capsys.readouterr().out == ""


def test_a_hedged_trade_tells_its_fill_and_the_time_between_its_legs(figures):
    trade = a_trade(state=TradeState.HEDGED, shares=10 * ONE)
    times = (NOW, NOW + timedelta(milliseconds=840))
    legs = [
        replace(leg, submitted_at=at, net_filled=8 * ONE)
        for leg, at in zip(trade.planned_legs, times, strict=True)
    ]
    metrics.trade_ended(replace(trade, legs=tuple(legs), locked=500_000))
    told, dimensions = figures()
    assert dimensions == {"service": "dutchbook-qa", "mode": "simulated"}
    assert (told["FillPercent"], told["LegSkewMs"], told["LockedUsd"]) == (80, 840, 0.5)
    assert (told["TradesHedged"], told["Unwinds"], told["Quarantines"]) == (1, 0, 0)


def test_an_unwound_live_trade_is_counted_with_its_loss(figures):
    trade = a_trade(state=TradeState.FLAT, simulated=False, realised=-1_250_000)
    unwind = a_leg(2, purpose=LegPurpose.UNWIND, repairs=0)
    metrics.trade_ended(replace(trade, legs=(*trade.legs, unwind)))
    told, dimensions = figures()
    assert dimensions["mode"] == "live"
    assert (told["Unwinds"], told["RealisedUsd"]) == (1, -1.25)
    assert "LegSkewMs" not in told, "nothing was sent, so there is no time between"


def test_a_quarantine_does_not_count_a_result_again(figures):
    metrics.trade_ended(a_trade(state=TradeState.QUARANTINED, realised=-1_250_000))
    told, _ = figures()
    assert told["Quarantines"] == 1
    assert "RealisedUsd" not in told


def test_a_pass_tells_only_of_the_book_that_its_function_pays(figures):
    report = PassReport(realised="7.5", realised_simulated="-0.25", exposure="90", exposure_simulated="12")
    report.failed, report.unreadable = {"a": "is in no catalogue"}, {"b": "payouts do not share out a dollar"}
    metrics.settled(asdict(report), simulated=True)
    told, dimensions = figures()
    assert dimensions["mode"] == "simulated"
    assert (told["RealisedUsd"], told["ExposureUsd"], told["SettleFailures"]) == (-0.25, 12, 2)


def test_without_a_namespace_nothing_is_written(monkeypatch, capsys):
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)
    metrics.tick(TickReport("t1").to_record())
    assert capsys.readouterr().out == ""


def test_each_end_of_a_trade_is_heard_once():
    world, ends = World(), []
    world.execution = replace(world.execution, on_end=lambda trade: ends.append(trade.state))
    world.drive(a_plan())
    assert ends == [TradeState.HEDGED]


def test_a_pass_adds_up_what_was_held_and_what_it_realised():
    office = Office()
    office.hedge()
    office.say(KALSHI, ONE)
    office.say(POLYMARKET, None, Stage.OPEN)
    report = office.run()
    assert (report.exposure_simulated, report.realised_simulated) == ("9", "6")
    assert (report.exposure, report.realised) == ("0", "0")


def test_a_step_is_annotated_with_its_ids_on_the_trace_that_lambda_keeps(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{daemon.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-66-aa;Parent=53995c3f42cd8ad8;Sampled=1")
        annotate("execute", 1.5, trade_id="trd_1")
        header, document = daemon.recv(4096).split(b"\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    told = json.loads(document)
    assert (told["trace_id"], told["parent_id"]) == ("1-66-aa", "53995c3f42cd8ad8")
    assert (told["annotations"], told["start_time"]) == ({"trade_id": "trd_1"}, 1.5)


@pytest.mark.parametrize("trace", ["", "Root=1-66-aa;Parent=5;Sampled=0", "nonsense"])
def test_without_a_sampled_trace_nothing_is_sent(monkeypatch, trace):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.setblocking(False)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{daemon.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
        annotate("execute", 1.5, trade_id="trd_1")
        with pytest.raises(BlockingIOError):
            daemon.recv(4096)
