"""Signing in: with a wallet's signature, kept in memory alone, and nothing of others to be seen."""

from playwright.sync_api import expect

from local.api import Wallet


def test_without_a_wallet_the_public_part_can_be_read(visitor):
    page = visitor.open()
    expect(page.get_by_role("heading", name="The same question, two prices")).to_be_visible()
    expect(page.get_by_text("Simulated data", exact=True)).to_be_visible()
    expect(page.get_by_text("Demo orders only")).to_be_visible()
    expect(page.locator(".venue-line li")).to_have_count(3)
    expect(page.get_by_role("heading", name="Agents")).to_have_count(0)


def test_a_private_address_asks_to_sign_in_first(visitor):
    page = visitor.open("agents/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see this")
    page.locator("main").get_by_role("button", name="Sign in with wallet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New agent")


def test_signing_in_shows_whose_wallet_it_is(visitor):
    page = visitor.sign_in()
    expect(page.locator(".account .mono")).to_have_attribute("title", visitor.wallet.address.lower())
    expect(page.get_by_text("You have no agent yet.")).to_be_visible()


def test_the_token_is_in_no_storage_and_a_reload_forgets_it(visitor):
    page = visitor.sign_in()
    stored = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert page.evaluate(stored) == '[{},{},""]'
    page.reload()
    expect(page.get_by_role("button", name="Sign in with wallet").first).to_be_visible()


def test_declining_in_the_wallet_is_said_and_changes_nothing(visitors):
    page = visitors(declines=True).open()
    page.get_by_role("button", name="Sign in with wallet").first.click()
    expect(page.get_by_text("You declined in your wallet.")).to_be_visible()
    expect(page.locator(".account")).to_have_count(0)


def test_another_wallet_sees_nothing_of_an_agent(owner, visitors):
    _, agent_id = owner
    page = visitors().sign_in()
    expect(page.get_by_text("You have no agent yet.")).to_be_visible()
    page.goto(page.url.split("#")[0] + f"#/agent/{agent_id}")
    expect(page.get_by_text(f"no agent {agent_id}")).to_be_visible()


def test_changing_the_account_in_the_wallet_signs_out(visitor):
    page = visitor.sign_in()
    page.evaluate("address => window.testWalletEmit('accountsChanged', [address])", Wallet().address)
    expect(page.get_by_role("button", name="Sign in with wallet").first).to_be_visible()
