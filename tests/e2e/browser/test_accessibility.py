"""axe-core finds no serious violation, and the keyboard reaches everything."""

import pytest
from playwright.sync_api import expect

from scripts.browser import axe_source

axe = pytest.mark.skipif(
    not axe_source(), reason="axe-core is not installed: scripts/dashboard_setup.sh (needs npm)"
)
VIEWS = ("", "opportunities", "venues", "agents/new", "pairs", "operators")
TABS = ("positions", "trades", "performance", "limits", "credentials", "alerts", "audit")


def serious(page) -> list[str]:
    page.evaluate(axe_source())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@axe
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.slow),
        pytest.param(390, "light", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_serious(visitors, site, limits, width, scheme):
    # axe compiles functions at run time, which the page's own policy forbids
    visitor = visitors(
        wallet=site.operator, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    api = site.api(site.operator)
    agents = api.get("/api/agents")["items"]
    if not agents:
        agents = [api.post("/api/agent/register", {"wallet": site.operator.address, **limits})]
    pair = api.get("/api/pairs")["items"][0]["pair_id"]
    page = visitor.sign_in()
    addresses = [*VIEWS, f"pair/{pair}", *(f"agent/{agents[0]['agent_id']}/{tab}" for tab in TABS)]
    found = {}
    for address in addresses:
        page.goto(f"{site.url}/#/{address}")
        expect(page.locator("main h1").first).to_be_visible()
        page.wait_for_timeout(1_200)
        if violations := serious(page):
            found[address] = violations
    assert found == {}


def test_the_keyboard_skips_to_the_content_and_opens_a_view(visitor):
    page = visitor.open()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_role("link", name="Opportunities", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Opportunities")
    expect(page.locator("main")).to_be_focused()


def test_a_dialog_holds_the_focus_and_gives_it_back(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}")
    opener = page.get_by_role("button", name="Close all")
    opener.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
