"""How heavy the page is and how soon it shows something, in Chromium against the local stack.

dashboard_kb is all that the first view transfers (compressed, headers left out), API answers included;
dashboard_lcp_ms the Largest Contentful Paint, the median of five cold loads. The floor of the same run is an
empty page from the same server. Prints one `name: value` row a figure.
"""

import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, Page

from local.api import Wallet
from local.demo.seed import seed_pairs
from local.processes import free_port
from local.stack import LocalStack
from scripts.browser import browser, chromium

ROUNDS = 5
SETTLED_MS = 1_500
KILOBYTE = 1024

_LCP = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> int:
    if not chromium():
        print("dashboard: left out, Chromium is not installed", file=sys.stderr)
        return 0
    stack = LocalStack(port=free_port(), operator=Wallet().address)
    try:
        stack.start()
        seed_pairs()
        with browser() as started:
            _cold(started, stack.url)  # the handlers' own first request is not the page's
            loads = [_cold(started, stack.url) for _ in range(ROUNDS)]
            floor = [_cold(started, f"{stack.url}/favicon.svg", lcp=False) for _ in range(ROUNDS)]
    finally:
        stack.stop()
    print(f"dashboard_kb: {max(load['bytes'] for load in loads) / KILOBYTE:.1f}")
    print(f"dashboard_requests: {max(load['requests'] for load in loads)}")
    print(f"dashboard_lcp_ms: {statistics.median(load['lcp'] for load in loads):.0f}")
    print(f"dashboard_fcp_ms: {statistics.median(load['fcp'] for load in loads):.0f}")
    print(f"dashboard_floor_ms: {statistics.median(load['loaded'] for load in floor):.0f}")
    return 0


def _cold(started: Browser, url: str, *, lcp: bool = True) -> dict[str, float]:
    """One load with an empty cache."""
    context = started.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    transferred: list[int] = []
    page.on("requestfinished", lambda request: transferred.append(_bytes(request)))
    page.goto(url, wait_until="load")
    found = {"loaded": float(page.evaluate("performance.now()"))}
    if lcp:
        _settle(page)
        found |= {"lcp": float(page.evaluate(_LCP)), "fcp": float(page.evaluate(_FIRST_PAINT))}
    found |= {"bytes": float(sum(transferred)), "requests": float(len(transferred))}
    context.close()
    return found


def _bytes(request: Any) -> int:
    return int(request.sizes()["responseBodySize"])


def _settle(page: Page) -> None:
    page.wait_for_timeout(SETTLED_MS)


if __name__ == "__main__":
    sys.exit(main())
