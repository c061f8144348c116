"""`make screenshots`: the page's views at 1440 and 390 px, light and dark, as PNGs in dashboard/screenshots.

Runs the whole system with simulated venues, lets a demo agent trade until several pairs are hedged, and takes
the pictures with Chromium and a wallet that signs.
"""

import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect
from requests import RequestException

from local.api import Api, ApiError, Wallet
from local.demo.seed import seed_pairs
from local.processes import free_port
from local.schedule import Scheduler
from local.stack import LocalStack
from local.template import ROOT
from scripts.browser import browser, inject

FOLDER = ROOT / "dashboard" / "screenshots"
WIDTHS: dict[int, ViewportSize] = {1440: {"width": 1440, "height": 900}, 390: {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
TRADES_WANTED = 5
PATIENCE_SECONDS = 300
SETTLED_MS = 2_500
SLOW_MS = 60_000
TOAST_MS = 6_500

_AGENT: dict[str, Any] = {
    "platforms": {"polymarket": True, "kalshi": True, "limitless": True},
    "strategy": "arbitrage",
    "maxPosition": 1000,
    "minProfit": 2,
    "maxTrades": 50,
    "stopLoss": 5,
    "maxDays": 3650,
}


def main() -> int:
    wallet = Wallet()
    stack = LocalStack(port=free_port(), operator=wallet.address)
    try:
        stack.start()
        seed_pairs()
        api = Api(stack.url)
        api.sign_in(wallet)
        agents = [_agent(api, wallet), _agent(api, wallet, maxPosition=100, maxDays=180)]
        api.post(f"/api/agent/{agents[1]}/pause")
        schedule = Scheduler(stack.template, stack.endpoint)
        schedule.start()
        trade = _wait_for_trades(api, agents[0])
        views = _views(agents[0], trade)
        FOLDER.mkdir(exist_ok=True)
        with browser() as started:
            for scheme in SCHEMES:
                for width, viewport in WIDTHS.items():
                    context = started.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
                    inject(context, wallet)
                    _take(context.new_page(), stack.url, views, f"{width}-{scheme}")
                    context.close()
        schedule.stop()
    finally:
        stack.stop()
    return 0


def _agent(api: Api, wallet: Wallet, **changes: Any) -> str:
    agent_id: str = api.post("/api/agent/register", {"wallet": wallet.address, **_AGENT, **changes})[
        "agent_id"
    ]
    api.post("/api/agent/activate", {"agent_id": agent_id})
    return agent_id


def _wait_for_trades(api: Api, agent_id: str) -> dict[str, Any]:
    """The newest hedged trade once there are enough, or when patience ends. Raises RuntimeError for none."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    hedged: list[dict[str, Any]] = []
    while len(hedged) < TRADES_WANTED and time.monotonic() < deadline:
        time.sleep(2)
        try:
            items = api.get(f"/api/agent/{agent_id}/trades")["items"]
        except (ApiError, RequestException):
            continue  # a busy machine answers late
        hedged = [trade for trade in items if trade["state"] == "HEDGED"]
    if not hedged:
        raise RuntimeError("no trade was hedged in time")
    return hedged[0]


def _views(agent_id: str, trade: dict[str, Any]) -> dict[str, str]:
    """File name to address."""
    return {
        "overview": "",
        "opportunities": "opportunities",
        "agent": f"agent/{agent_id}",
        "performance": f"agent/{agent_id}/performance",
        "trade": f"trade/{trade['trade_id']}",
        "pair": f"pair/{trade['pair_id']}",
        "new-agent": "agents/new",
        "venues": "venues",
    }


def _take(page: Page, url: str, views: dict[str, str], suffix: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Sign in with wallet").first.click()
    expect(page.locator(".account")).to_be_visible(timeout=SLOW_MS)
    page.wait_for_timeout(TOAST_MS)
    for name, address in views.items():
        page.goto(f"{url}/#/{address}")
        expect(page.locator("main h1").first).to_be_visible()
        page.wait_for_timeout(SETTLED_MS)
        expect(page.locator(".skeleton")).to_have_count(0, timeout=SLOW_MS)
        file: Path = FOLDER / f"{name}-{suffix}.png"
        page.screenshot(path=file, full_page=name != "opportunities")
        print(file.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
