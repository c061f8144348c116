"""What the page says when data is old, missing or hostile, and that it stays quick and quiet."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect


def opportunity(number: int, **changes: object) -> dict[str, object]:
    return {
        "tick_id": "20261123T120000Z",
        "pair_id": f"pair_{number:016d}",
        "direction": "kalshi:yes+polymarket:no",
        "market": f"Market {number}",
        "seen_at": "2026-11-23T12:00:01.000Z",
        "first_seen_at": None,
        "verdict": "rejected",
        "reason": "sum of best asks 1.02",
        "shares": "0",
        "cost": "0",
        "net_profit": "0",
        "net_return": "0",
        "annualised_return": "0",
        "days": 0,
        "trades": 0,
        "legs": [],
        **changes,
    }


def serve(page, path: str, body: object) -> None:
    page.route(f"**{path}", lambda route: route.fulfill(json=body))


def test_an_api_that_is_down_is_said_and_data_stays(visitor):
    page = visitor.open()
    expect(page.locator(".venue-line li")).to_have_count(3)
    page.route("**/api/**", lambda route: route.abort())
    expect(page.locator("#notices")).to_contain_text("The API does not answer")
    expect(page.locator(".venue-line li")).to_have_count(3)
    page.unroute("**/api/**")
    expect(page.locator("#notices")).not_to_contain_text("The API does not answer", timeout=60_000)


def test_a_device_that_is_offline_is_said(visitor):
    page = visitor.open()
    expect(page.locator("#tick")).to_contain_text("scan")
    visitor.context.set_offline(True)
    expect(page.locator("#notices")).to_contain_text("This device is offline")
    visitor.context.set_offline(False)
    expect(page.locator("#notices")).not_to_contain_text("offline")


def test_data_older_than_two_ticks_is_marked(visitor):
    old = datetime.now(UTC) - timedelta(seconds=90)
    stats = {
        "tick_id": f"{old:%Y%m%dT%H%M%SZ}",
        "seen_at": f"{old:%Y-%m-%dT%H:%M:%S.000Z}",
        "opportunities": 1,
        "taken": 0,
        "eligible": 0,
        "rejected": 1,
        "trades": 0,
    }
    serve(visitor.page, "/api/stats", stats)
    page = visitor.open()
    expect(page.locator("#notices")).to_contain_text("Stale data")
    expect(page.locator("#tick")).to_contain_text("stale")


def test_before_the_first_scan_lists_say_that_they_are_empty(visitor):
    serve(visitor.page, "/api/opportunities?limit=100", {"items": [], "next_cursor": None})
    serve(visitor.page, "/api/venues", {"items": [], "next_cursor": None})
    page = visitor.open()
    expect(page.get_by_text("No opportunity has been seen yet.")).to_be_visible()
    expect(page.get_by_text("No venue has been asked yet.")).to_be_visible()


def test_a_broken_answer_is_an_error_with_a_way_to_try_again(visitor):
    visitor.page.route(
        "**/api/venues", lambda route: route.fulfill(status=500, json={"type": "urn:x", "detail": "broken"})
    )
    page = visitor.open("venues")
    expect(page.get_by_role("alert")).to_contain_text("broken")
    page.unroute("**/api/venues")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".venue-card")).to_have_count(3)


@pytest.mark.parametrize("feed", ["agent/status/*", "agent/*/positions", "agent/*/performance"])
def test_money_figures_that_could_not_be_renewed_are_marked(owner, feed):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}/performance")
    expect(page.locator(".kpis").first).to_be_visible()
    expect(page.get_by_text("Win rate")).to_be_visible()
    page.route(f"**/api/{feed}", lambda route: route.fulfill(status=500, json={"type": "urn:x"}))
    page.evaluate("window.dispatchEvent(new Event('online'))")  # asks for everything at once
    expect(page.locator("#notices")).to_contain_text("Figures on this page are from")
    expect(page.locator(".kpis").first).to_be_visible()
    page.unroute(f"**/api/{feed}")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#notices")).not_to_contain_text("Figures on this page")


def test_an_audit_log_that_is_cut_says_so_and_names_the_file_so(owner):
    visitor, agent_id = owner
    entry = {"at": "2026-11-23T12:00:00.000Z", "actor": "0xab", "action": "register", "detail": {}}
    endless = {"items": [entry] * 100, "next_cursor": "more"}
    visitor.page.route("**/audit?*", lambda route: route.fulfill(json=endless))
    page = visitor.open(f"agent/{agent_id}/audit")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    assert saved.value.suggested_filename == f"audit-{agent_id}-incomplete.csv"
    expect(page.locator("#toasts")).to_contain_text("Incomplete: the newest 5,000 entries exported")


def test_what_a_venue_wrote_is_text_and_never_html(visitor):
    hostile = "<img src=x onerror=document.title='owned'><b>bold</b>"
    rows = [opportunity(1, market=hostile, reason=hostile)]
    serve(visitor.page, "/api/opportunities?limit=100", {"items": rows, "next_cursor": None})
    page = visitor.open("opportunities")
    expect(page.get_by_text(hostile).first).to_be_visible()
    assert page.locator("main img, main b").count() == 0
    assert page.title() != "owned"


def test_a_whole_event_has_no_pair_page_and_an_unknown_date_no_yearly_return(owner):
    visitor, _ = owner
    figures = {"verdict": "taken", "shares": "100", "cost": "95", "net_profit": "5", "net_return": "5.26"}
    event = {"pair_id": "event:kalshi:KXWHO", "direction": "all:yes", "market": "Who wins", **figures}
    rows = [opportunity(1, **event), opportunity(2, **figures, days=73, annualised_return="26.3")]
    serve(visitor.page, "/api/opportunities?limit=100", {"items": rows, "next_cursor": None})
    visitor.page.set_viewport_size({"width": 1400, "height": 900})
    page = visitor.open("opportunities")
    whole = page.locator("tbody tr", has_text="Who wins")
    expect(whole).to_contain_text("of every outcome")
    expect(whole).to_contain_text("date unknown")
    expect(whole.get_by_role("link")).to_have_count(0)
    pair = page.locator("tbody tr", has_text="Market 2")
    expect(pair).to_contain_text("73 days")
    expect(pair.get_by_role("link", name="Market 2")).to_be_visible()


def test_five_thousand_rows_keep_few_elements_and_scroll_to_the_last(visitor):
    page = visitor.page

    def answer(route) -> None:
        start = int(route.request.url.partition("cursor=")[2] or 0)
        rows = [opportunity(number) for number in range(start, start + 100)]
        cursor = str(start + 100) if start + 100 < 5000 else None
        route.fulfill(json={"items": rows, "next_cursor": cursor})

    page.route("**/api/opportunities?*", answer)
    visitor.open("opportunities")
    page.get_by_text("History").click()
    table = page.get_by_role("region", name="Opportunities")
    # reaching the end asks for more, so one jump after another reads all pages
    page.evaluate("""async () => {
        const box = document.querySelector(".table-box");
        const rows = () => Number(box.querySelector("table").getAttribute("aria-rowcount"));
        for (let turn = 0; turn < 2000 && rows() < 5001; turn += 1) {
          box.scrollTop = box.scrollHeight;
          await new Promise((next) => setTimeout(next, 20));
        }
    }""")
    expect(table.get_by_role("table")).to_have_attribute("aria-rowcount", "5001")
    assert page.locator("tbody tr").count() < 100
    usual = page.evaluate("""async () => {
        const box = document.querySelector(".table-box");
        const took = [];
        for (let i = 0; i <= 100; i += 1) {
          const start = performance.now();
          box.scrollTop = (box.scrollHeight * i) / 100;
          await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          took.push(performance.now() - start);
        }
        return took.sort((a, b) => a - b)[50];
    }""")
    assert usual < 250, f"a jump through 5,000 rows should draw within 250 ms, took {usual}"
    expect(page.get_by_text("Market 4999")).to_be_visible()


def test_a_hidden_tab_asks_for_nothing(visitor):
    page = visitor.open()
    expect(page.locator(".venue-line li")).to_have_count(3)
    hide = """hidden => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(1_500)  # what is under way ends
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(8_000)  # longer than the shortest interval
    assert asked == []
    with page.expect_request("**/api/stats"):
        page.evaluate(hide, False)


def test_unchanged_data_is_answered_without_a_body(owner):
    visitor, _ = owner
    with visitor.page.expect_response(
        lambda answer: answer.url.endswith("/api/agents?limit=50") and answer.status == 304
    ) as seen:
        pass
    assert seen.value.request.headers["if-none-match"]


def test_without_the_chart_library_the_page_says_so(owner):
    visitor, agent_id = owner
    page = visitor.page
    page.route("**/vendor/**", lambda route: route.fulfill(status=404, body="not found"))
    trade = {
        "state": "HEDGED",
        "simulated": True,
        "realised_profit": "1.5",
        "result": "1.5",
        "locked_profit": "0",
        "updated_at": "2026-11-23T12:00:00.000Z",
        "created_at": "2026-11-23T12:00:00.000Z",
    }
    page.route(
        f"**/api/agent/{agent_id}/trades?*",
        lambda route: route.fulfill(json={"items": [trade], "next_cursor": None}),
    )
    page.reload()
    page.get_by_role("button", name="Sign in with wallet").first.click()
    expect(page.locator(".account")).to_be_visible()
    page.goto(page.url.split("#")[0] + f"#/agent/{agent_id}/performance")
    expect(page.get_by_text("No charts: the chart library is not installed").first).to_be_visible()


def test_the_policy_allows_no_inline_script(visitor):
    answer = visitor.page.goto(visitor.site.url)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    ran = visitor.page.evaluate("""() => {
        const script = document.createElement("div");
        try { script.innerHTML = "<img src=x onerror='window.ran = true'>"; } catch { return "refused"; }
        return "allowed";
    }""")
    assert ran == "refused"
    visitor.errors = [error for error in visitor.errors if "TrustedHTML" not in error]


def test_a_phone_needs_no_sideways_scrolling(visitors):
    page = visitors(viewport={"width": 390, "height": 844}).sign_in()
    for address in ("", "opportunities", "venues", "agents/new", "pairs"):
        page.goto(page.url.split("#")[0] + f"#/{address}")
        page.wait_for_timeout(800)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"#/{address} is {width} px wide"
