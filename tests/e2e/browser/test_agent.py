"""An agent from its form to a hedged trade, and what its owner can change and take away."""

import csv
import io
import re

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Page, expect


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


def field(page: Page, name: str):
    return page.locator(f'[data-field="{name}"]')


def test_the_form_starts_with_the_original_defaults(visitor):
    page = visitor.sign_in()
    page.get_by_role("link", name="New agent").click()
    for label, value in {
        "Most at work": "100",
        "Least profit": "2",
        "Trades a day": "50",
        "Stop loss": "5",
    }.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    expect(page.get_by_role("radio", name=re.compile("^Demo"))).to_be_checked()


def test_register_start_and_watch_a_trade_become_hedged(visitor):
    page = visitor.sign_in()
    page.get_by_role("link", name="New agent").click()
    page.get_by_role("checkbox", name="Limitless").check()
    fill(page, "Most at work", "1000")
    fill(page, "Longest wait", "3650")
    page.get_by_role("button", name="Create agent").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Agent agt_")
    expect(page.locator(".page-head")).to_contain_text("Inactive")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".page-head")).to_contain_text("Active")

    trades = page.get_by_role("table", name="Open trades")
    expect(trades.get_by_text("Hedged", exact=True).last).to_be_visible(timeout=150_000)
    row = trades.get_by_role("row").filter(has_text="Hedged").last
    expect(row).to_contain_text("Demo")
    row.get_by_role("link").first.click()
    expect(page.locator(".page-head")).to_contain_text("Hedged")
    expect(page.locator(".timeline li").last).to_contain_text("Hedged")
    expect(page.locator(".legs-list > li")).to_have_count(2)
    expect(page.get_by_role("table", name="Orders")).to_contain_text("SIM-")
    page.get_by_role("link", name="Both markets, their rules and books").click()
    expect(page.get_by_role("heading", name="Rules")).to_be_visible()
    expect(page.locator(".ladder")).to_have_count(2)


def test_wrong_input_is_said_at_its_field(visitor):
    page = visitor.sign_in()
    page.get_by_role("link", name="New agent").click()
    fill(page, "Most at work", "5")
    fill(page, "Trades a day", "many")
    page.get_by_role("button", name="Create agent").click()
    expect(field(page, "maxPosition").locator(".error")).to_have_text("must be between 10 and 10000")
    expect(field(page, "maxTrades").locator(".error")).to_have_text("must be a whole number")
    expect(page.get_by_label("Most at work", exact=True)).to_be_focused()
    expect(page.get_by_label("Most at work", exact=True)).to_have_attribute("aria-invalid", "true")
    fill(page, "Most at work", "100")
    fill(page, "Trades a day", "50")
    page.get_by_role("checkbox", name="Polymarket").uncheck()
    page.get_by_role("checkbox", name="Kalshi").uncheck()
    page.get_by_role("button", name="Create agent").click()
    expect(field(page, "platforms").locator(".error")).to_contain_text("choose at least one")
    expect(field(page, "maxPosition").locator(".error")).to_be_empty()


def test_keys_are_wiped_from_the_page_once_sent(visitor):
    page = visitor.sign_in()
    page.get_by_role("link", name="New agent").click()
    page.get_by_text("optional; a demo agent needs none").click()
    page.get_by_label("Private key", exact=True).fill("0xnot-a-key-of-anybody")
    page.get_by_label("Where you live").fill("CH")
    with page.expect_response("**/api/agent/register") as answered:
        page.get_by_role("button", name="Create agent").click()
    assert answered.value.status == 422
    assert "not-a-key-of-anybody" in answered.value.request.post_data
    expect(page.get_by_label("Private key", exact=True)).to_have_value("")
    assert "not-a-key-of-anybody" not in page.content()


def test_start_pause_and_stop_with_a_question_before_the_last(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}")
    head = page.locator(".page-head")
    head.get_by_role("button", name="Start").click()
    expect(head).to_contain_text("Active")
    head.get_by_role("button", name="Pause").click()
    expect(head).to_contain_text("Paused")
    head.get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Stop this agent")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(head).to_contain_text("Paused")
    head.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop agent").click()
    expect(head).to_contain_text("Inactive")


def test_an_edited_limit_is_kept_audited_and_exported(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}/limits")
    fill(page, "Most at work", "250")
    page.get_by_role("button", name="Save limits").click()
    expect(page.get_by_text("Limits saved.")).to_be_visible()
    assert (
        visitor.site.api(visitor.wallet).get(f"/api/agent/status/{agent_id}")["agent"]["limits"][
            "maxPosition"
        ]
        == "250"
    )

    fill(page, "Least profit", "0")
    page.get_by_role("button", name="Save limits").click()
    expect(field(page, "minProfit").locator(".error")).to_contain_text("must be between 0.1 and 50")

    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("table", name="Audit log").get_by_role("row").nth(1)).to_contain_text(
        "max_position: 200 to 250"
    )
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export CSV").click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))
    assert rows[-1]["action"] == "register"
    assert rows[0]["actor"] == visitor.wallet.address.lower()
    assert "200 to 250" in rows[0]["detail"]


def test_going_live_is_asked_and_the_refusal_shown(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}/limits")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("dialog")).to_contain_text("Trade with real money?")
    page.get_by_role("dialog").get_by_role("button", name="Go live").click()
    expect(page.get_by_role("alert").filter(has_text="live")).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text("Demo")


def test_the_kill_switch_is_the_operators(visitors, site):
    page = visitors(wallet=site.operator).sign_in()
    page.get_by_role("link", name="Operators").click()
    try:
        page.get_by_role("button", name="Stop all trading").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("a test")
        dialog.get_by_role("button", name="Stop all trading").click()
        expect(page.get_by_text("Trading is stopped", exact=True)).to_be_visible()
        expect(page.locator("#notices")).to_contain_text("kill switch is on")
    finally:
        site.api(site.operator).put("/api/control", {"trading": True, "reason": "the test is over"})
    stranger = visitors().sign_in()
    expect(stranger.get_by_role("link", name="Operators")).to_have_count(0)


def test_an_operator_approves_the_words_that_he_is_shown(visitors, site, pair_row):
    pair = pair_row(status="proposed")
    texts = [
        {"venue": venue, "title": "Does it rain?", "rules": f"As {venue} measures."}
        for venue in ("kalshi", "polymarket")
    ]
    read = {"pair": pair, "markets": texts, "rules_hash": "JCKQYMGKK0HWX1EE"}
    page = visitors(wallet=site.operator).sign_in()
    page.route(
        "**/api/pairs?status=proposed*",
        lambda route: route.fulfill(json={"items": [pair], "next_cursor": None}),
    )
    page.route("**/api/pairs/pair_*", lambda route: route.fulfill(json=read))
    page.route("**/api/pairs/*/approve", lambda route: route.fulfill(json={**pair, "status": "approved"}))
    page.get_by_role("link", name="Operators").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("As kalshi measures.")
    expect(dialog).to_contain_text("As polymarket measures.")
    dialog.get_by_label("Reason").fill("both name one station")
    with page.expect_request("**/approve") as sent:
        dialog.get_by_role("button", name="Approve").click()
    assert sent.value.post_data_json == {"reason": "both name one station", "rules_hash": read["rules_hash"]}


def pem() -> str:
    """A key as Kalshi hands it out, made for this test."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*kind).decode()


def test_keys_are_stored_as_a_stub_and_can_be_removed(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}/credentials")
    page.get_by_label("Venue", exact=True).select_option("kalshi")
    page.get_by_label("API key id").fill("a952bcbe-ec3b-4b5b-b8f9-11dae589608c")
    page.get_by_label("RSA private key (PEM)").fill("no key at all")
    page.get_by_label("Where you live").fill("CH")
    page.get_by_role("checkbox", name="I may trade").check()
    page.get_by_label("Why keys before").fill("this is a test")
    page.get_by_role("button", name="Save keys").click()
    expect(field(page, "kalshiApiSecret").locator(".error")).not_to_be_empty()
    expect(page.get_by_label("API key id")).to_have_value("")

    page.get_by_label("API key id").fill("a952bcbe-ec3b-4b5b-b8f9-11dae589608c")
    page.get_by_label("RSA private key (PEM)").fill(pem())
    page.get_by_role("button", name="Save keys").click()
    stored = page.locator(".keys-list li").filter(has_text="Kalshi")
    expect(stored).to_contain_text("…608c")
    expect(stored).to_contain_text("Not verified")
    assert "PRIVATE KEY" not in page.content()

    stored.get_by_role("button", name="Test connection").click()
    expect(page.locator(".toast").filter(has_text="Kalshi")).to_be_visible()
    stored.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove keys").click()
    expect(stored).to_contain_text("No keys")


def test_an_agent_can_be_removed(owner):
    visitor, agent_id = owner
    page = visitor.open(f"agent/{agent_id}/limits")
    page.get_by_role("button", name="Remove agent").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove agent").click()
    expect(page.get_by_text("You have no agent yet.")).to_be_visible()
