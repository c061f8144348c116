"""One local stack and one Chromium for all browser tests of a worker; a fresh page and wallet for each."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install playwright")

from playwright.sync_api import Browser, BrowserContext, Page, expect

from local.api import Api, Wallet
from local.demo.seed import seed_pairs
from local.processes import free_port
from local.schedule import Scheduler
from local.stack import LocalStack
from scripts.browser import browser, chromium, inject

AGENT = {
    "platforms": {"polymarket": True, "kalshi": True, "limitless": True},
    "strategy": "arbitrage",
    "maxPosition": 200,
    "minProfit": 2,
    "maxTrades": 50,
    "stopLoss": 5,
    "maxDays": 3650,
}
SLOW_MS = 60_000
"""The machine that runs the tests may be busy with other things."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not chromium():
                item.add_marker(
                    pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium")
                )


@dataclass
class Site:
    """The running system and its operator."""

    stack: LocalStack
    operator: Wallet

    @property
    def url(self) -> str:
        return self.stack.url

    def api(self, wallet: Wallet) -> Api:
        api = Api(self.url)
        api.sign_in(wallet)
        return api


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    operator = Wallet()
    stack = LocalStack(port=free_port(), operator=operator.address)
    before = dict(os.environ)
    try:
        stack.start()
        seed_pairs()
        schedule = Scheduler(stack.template, stack.endpoint)
        schedule.start()
        # the stack points this process at its cloud; other tests of the worker have clouds of their own
        os.environ.clear()
        os.environ.update(before)
        yield Site(stack, operator)
        schedule.stop()
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    expect.set_options(timeout=SLOW_MS)
    with browser() as started:
        yield started


class Visitor:
    """A person with a wallet at the page."""

    def __init__(self, site: Site, context: BrowserContext, wallet: Wallet) -> None:
        self.site, self.context, self.wallet = site, context, wallet
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SLOW_MS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        # a failed request is the page's daily bread; a policy or script error never is
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def open(self, address: str = "") -> Page:
        self.page.goto(f"{self.site.url}/#/{address}")
        expect(self.page.locator("main h1")).to_be_visible()
        return self.page

    def sign_in(self) -> Page:
        self.open()
        self.page.get_by_role("button", name="Sign in with wallet").first.click()
        expect(self.page.locator(".account")).to_be_visible()
        return self.page


@pytest.fixture
def visitors(site: Site, chrome: Browser) -> Iterator[Any]:
    """Makes visitors: visitors(wallet=…, **context options). Fails on any script or policy error."""
    made: list[Visitor] = []

    def make(wallet: Wallet | None = None, *, declines: bool = False, **options: Any) -> Visitor:
        context = chrome.new_context(accept_downloads=True, **options)
        wallet = wallet or Wallet()
        inject(context, wallet, declines=declines)
        made.append(Visitor(site, context, wallet))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
    assert [error for visitor in made for error in visitor.errors] == []


@pytest.fixture(scope="session")
def limits() -> dict[str, Any]:
    """A registration, all but the wallet."""
    return AGENT


@pytest.fixture(scope="session")
def pair_row() -> Callable[..., dict[str, str]]:
    """One pair as the API's lists show it."""
    row = {
        "pair_id": "pair_0000000000000001",
        "title": "Does it rain?",
        "a": "kalshi:KXRAIN",
        "b": "polymarket:0xrain",
        "relation": "same",
        "status": "approved",
        "score": "0.71",
        "reason": "",
    }
    return lambda **changes: {**row, **changes}


@pytest.fixture
def visitor(visitors: Any) -> Visitor:
    return visitors()


@pytest.fixture
def owner(visitors: Any, site: Site) -> tuple[Visitor, str]:
    """A signed-in person with one inactive agent, and the agent's id."""
    person = visitors()
    agent_id = site.api(person.wallet).post("/api/agent/register", {"wallet": person.wallet.address, **AGENT})
    person.sign_in()
    return person, agent_id["agent_id"]
