"""A trade followed from its hedge to its payout, another sold because its owner says so; strategies tuned."""

import json
import re

import pytest
from playwright.sync_api import expect

from dutchbook.domain.pair import pair_id_of
from local.aws import client
from local.demo.exits import say, tempt
from local.demo.seed import PAIRS_FILE, pair_of
from tests.e2e.browser.test_agent import field

PAID, SOLD = "KXPRESPERSON-28-WMOO", "KXPRESPERSON-28-ABES"
"""Kalshi's market of the pair that is paid out, and of the one that is sold."""
PATIENCE_MS = 150_000


@pytest.fixture
def cloud(monkeypatch):
    """Invokes a deployed function of the running stack."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")

    def invoke(site, function):
        lambdas = client("lambda", site.stack.endpoint)
        answer = lambdas.invoke(FunctionName=site.stack.template.refs[function], Payload="{}")
        return json.loads(answer["Payload"].read())

    return invoke


def pairs():
    return {
        pair.a.market_id: pair
        for pair in map(pair_of, json.loads(PAIRS_FILE.read_text())["pairs"])
        if pair.a.market_id in (PAID, SOLD)
    }


def row_of(table, pair):
    return table.get_by_role("row").filter(has=table.page.locator(f'[title*="{pair.title.split()[1]}"]')).last


def settle(site, trade):
    """Both markets are answered alike: YES."""
    for leg in trade["legs"]:
        say(site.stack.venue_urls, leg["venue"], "settle", market=leg["market_id"], payout="1")


def test_one_trade_is_followed_to_its_payout_and_the_rest_is_sold_on_request(owner, site, cloud):
    visitor, agent_id = owner
    api, wanted = site.api(visitor.wallet), pairs()
    for pair in wanted.values():
        tempt(site.stack.venue_urls, (pair.a.venue, pair.a.market_id), (pair.b.venue, pair.b.market_id))
    page = visitor.open(f"agent/{agent_id}")
    page.locator(".page-head").get_by_role("button", name="Start").click()
    trades = page.get_by_role("table", name="Open trades")
    for pair in wanted.values():
        row = row_of(trades, pair)
        expect(row.get_by_text("Hedged", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    api.post("/api/agent/deactivate", {"agent_id": agent_id})
    hedged = {trade["pair_id"]: trade for trade in api.get(f"/api/agent/{agent_id}/trades")["items"]}
    trade = hedged[pair_id_of(wanted[PAID].a, wanted[PAID].b)]

    page = visitor.open(f"trade/{trade['trade_id']}")
    legs = page.locator(".legs-list > li")
    expect(legs.first).to_contain_text("not yet")
    settle(site, trade)
    assert cloud(site, "SettleFunction")["failed"] == {}

    expect(page.locator(".page-head")).to_contain_text("Settled")
    expect(legs.filter(has_text="YES").locator("dl")).to_contain_text("$1.00 a share")
    expect(legs.filter(has_text="NO").locator("dl")).to_contain_text("$0.00 a share")
    expect(page.locator(".timeline li").last).to_contain_text("Settled: all paid")
    figures = page.get_by_label("Figures of this trade")
    expect(figures.locator(".figure").filter(has_text="Locked").locator("dd").first).to_have_text("$0.00")
    realised = figures.locator(".figure").filter(has_text="Realised").locator("dd").first
    expect(realised).to_have_text(re.compile(r"^\+\$[0-9.]+$"))
    paid = api.get(f"/api/trade/{trade['trade_id']}")
    assert (paid["locked_profit"], paid["realised_profit"]) == ("0", trade["locked_profit"])
    page = visitor.open(f"agent/{agent_id}/performance")
    expect(page.get_by_role("table", name="Payouts").get_by_role("row")).to_have_count(3)

    closes_everything(visitor, agent_id, api)


def closes_everything(visitor, agent_id, api):
    """What is left is sold by the scheduled scan once its owner has said so twice."""
    page = visitor.open(f"agent/{agent_id}")
    head = page.locator(".page-head")
    head.get_by_role("button", name="Close all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This cannot be taken back")
    page.keyboard.press("Escape")
    expect(head).to_contain_text("Inactive")
    head.get_by_role("button", name="Close all").click()
    with page.expect_response(f"**/api/agent/{agent_id}/close") as answered:
        dialog.get_by_role("button", name="Close all positions").click()
    assert answered.value.ok
    expect(page.get_by_text("No shares are held.")).to_be_visible(timeout=PATIENCE_MS)
    expect(head).to_contain_text("Inactive", timeout=PATIENCE_MS)
    page = visitor.open(f"agent/{agent_id}/trades")
    expect(page.get_by_role("table", name="All trades")).to_contain_text("Sold")
    stats = api.get(f"/api/agent/status/{agent_id}")["stats"]
    assert (stats["locked_profit"], stats["exposure"]) == ("0", "0")


def test_a_strategy_is_tuned_and_its_errors_stand_at_their_field(visitor):
    page = visitor.sign_in()
    api = visitor.site.api(visitor.wallet)
    platforms = {"polymarket": True, "kalshi": True, "limitless": False}
    body = {"wallet": visitor.wallet.address, "platforms": platforms, "strategy": "momentum"}
    limits = {"maxPosition": 100, "minProfit": 2, "maxTrades": 50, "stopLoss": 5}
    agent_id = api.post("/api/agent/register", {**body, **limits})["agent_id"]
    page = visitor.open(f"agent/{agent_id}/limits")
    form = page.get_by_role("form", name="Strategy")

    form.get_by_label("Window", exact=True).fill("1")
    page.get_by_role("button", name="Save strategy").click()
    expect(field(page, "strategyParams.window").locator(".error")).to_have_text("must be between 3 and 240")
    expect(form.get_by_label("Window", exact=True)).to_be_focused()

    form.get_by_label("Window", exact=True).fill("20")
    page.get_by_role("button", name="Save strategy").click()
    expect(page.get_by_text("Strategy saved.")).to_be_visible()
    assert api.get(f"/api/agent/status/{agent_id}")["agent"]["strategyParams"] == {"window": "20"}


@pytest.mark.parametrize("status", ["unsure", "closed"])
def test_pairs_that_need_a_reader_or_are_over_have_a_list_of_their_own(visitor, status, pair_row):
    pair = pair_row(status=status)
    page = visitor.sign_in()
    with page.expect_response(f"**/api/pairs?status={status}*") as answered:
        visitor.open(f"pairs/{status}")
    assert answered.value.ok, "the API knows the status"
    page.route("**/api/pairs?*", lambda route: route.fulfill(json={"items": [pair], "next_cursor": None}))
    page = visitor.open("pairs/approved")
    page.get_by_role("link", name=status.capitalize(), exact=True).click()
    table = page.get_by_role("table", name=f"Pairs, {status}")
    expect(table.get_by_text(status.capitalize(), exact=True)).to_be_visible()
