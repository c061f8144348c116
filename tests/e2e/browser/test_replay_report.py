"""The report of a replay opens in a browser from disk, with its charts, asking nobody for anything."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dutchbook.adapters.recording import read_frames
from dutchbook.domain.agent import StrategyName
from local.replay.record import record_day
from local.replay.report import figures, html
from local.replay.run import Replay


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "day.jsonl.gz"
    record_day(path, hours=3, step=60)
    return path


@pytest.mark.parametrize("strategy", StrategyName)
def test_a_report_of_the_simulated_day_opens(
    strategy: StrategyName, day: Path, tmp_path: Path, chrome: Browser
) -> None:
    replay = Replay(strategy).play(read_frames([day]))
    assert replay.ends, "the day has something for every strategy"
    report = tmp_path / "report.html"
    report.write_text(html(replay, day.name))
    asked: list[str] = []
    context = chrome.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(report.as_uri())
    expect(page.get_by_role("heading", level=1)).to_contain_text(strategy.value)
    expect(page.get_by_role("img", name="Dollars over time")).to_be_visible()
    expect(page.get_by_role("img", name="Result of each trade in dollars")).to_be_visible()
    for name, value in figures(replay):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))
        expect(row.get_by_role("cell")).to_have_text(value)
    # nothing is wider than the window
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
    assert asked == [report.as_uri()]
    assert not faults
