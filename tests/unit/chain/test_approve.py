"""python -m chain.approve: says what it will do, asks, does it, and finds nothing left to do."""

import io

import pytest

from chain import approve
from tests.unit.chain.node import FakeNode
from venues.polymarket.wallets import deposit_wallet, proxy_wallet, safe_wallet

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
OWNER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
STANDARD = "0xE111180000d2663C0091e4f400237545B87B996B"
NEG_RISK = "0xe2222d279d744050d28e00520010520000310F59"
V3 = "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa"
CTF = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045"
MANAGER = "0x006F54F7f9A22e0000CC2AB60031000000ae9fEF"
AUTO_REDEEMER = "0xa1200000d0002264C9a1698e001292D00E1b00af"
BINARY_MODULE = "0x1000008dD9001B968442c1000017eaE6E0dA00Ba"
ADAPTER = "0x6151EF8368b6316c1aa3C68453EF083ad31E712D"
FEE_MODULE = "0x5130c2c398F930c4f43B15635410047cBEa9D6EB"
LIMITLESS = "0x05c748E2f4DcDe0ec9Fa8DDc40DE6b867f923fa5"


class Terminal:
    """Runs the command against a node, with a person who answers `reply`."""

    def __init__(self, node, reply="yes"):
        self.node, self.reply, self.asked = node, reply, []

    def run(self, *argv, key=KEY):
        out = io.StringIO()
        env = {"WALLET_PRIVATE_KEY": key} if key else {}
        status = approve.main(
            argv, env, out=out, ask=self._ask, ask_secret=self._ask_secret, connect=self.node
        )
        assert KEY[2:] not in out.getvalue()
        return status, out.getvalue()

    def _ask(self, question):
        self.asked.append(question)
        return self.reply

    def _ask_secret(self, question):
        self.asked.append(question)
        return KEY


@pytest.fixture
def node():
    return FakeNode()


@pytest.fixture
def terminal(node):
    return Terminal(node)


def test_without_send_it_shows_every_call_and_sends_nothing(node, terminal):
    status, said = terminal.run("polymarket", "--amount", "250")
    assert status == approve.DONE
    assert "needs 6 transactions" in said
    assert "1. let the exchange take up to 250 pUSD" in said
    assert "let ExchangeV3 move ALL V2 positions" in said
    assert "data 0x095ea7b3" in said
    assert "Nothing was sent" in said
    assert (node.sent, terminal.asked) == ([], [])


def test_an_address_is_enough_to_look(terminal):
    status, said = terminal.run("polymarket", "--amount", "250", "--wallet", OWNER, key=None)
    assert (status, terminal.asked) == (approve.DONE, [])
    assert f"{OWNER} needs 6 transactions" in said


def test_after_a_yes_it_sends_and_then_nothing_is_missing(node, terminal):
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert status == approve.DONE
    assert len(terminal.asked) == 1
    assert [sent["nonce"] for sent in node.sent] == list(range(6))
    assert {sent["from"] for sent in node.sent} == {OWNER}
    assert {sent["value"] for sent in node.sent} == {0}
    assert said.index("needs 6 transactions") < said.index("let the exchange take up to 250 pUSD: 0x")

    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, len(node.sent), len(terminal.asked)) == (approve.DONE, 6, 1)
    assert "nothing is missing" in said


@pytest.mark.parametrize("reply", ["", "y", "no", "YES"])
def test_anything_but_yes_sends_nothing(node, reply):
    status, _ = Terminal(node, reply).run("polymarket", "--amount", "250", "--send")
    assert (status, node.sent) == (approve.STOPPED, [])


def test_an_allowance_that_is_too_large_is_lowered_to_the_amount(node, terminal):
    terminal.run("polymarket", "--amount", "250", "--send")
    status, said = terminal.run("polymarket", "--amount", "40", "--send")
    assert status == approve.DONE
    assert "needs 3 transactions" in said, "the three dollar allowances; tokens are approved already"


def test_revoking_leaves_no_leave(node, terminal):
    terminal.run("polymarket", "--amount", "250", "--adapters", "--send")
    assert len(node.sent) == 12
    status, said = terminal.run("polymarket", "--revoke", "--send")
    assert status == approve.DONE
    assert "let the exchange take no pUSD any more" in said
    assert set(node.slots.values()) == {0}


@pytest.mark.parametrize(
    ("token", "operator"), [(CTF, AUTO_REDEEMER), (MANAGER, AUTO_REDEEMER), (CTF, BINARY_MODULE)]
)
def test_revoking_takes_back_what_the_venues_own_site_gave(node, terminal, token, operator):
    owner, other = (address[2:].lower().rjust(64, "0") for address in (OWNER, operator))
    node.slots[token.lower(), owner, other] = 1
    terminal.run("polymarket", "--revoke", "--send")
    assert set(node.slots.values()) == {0}


def test_revoking_on_limitless_needs_no_addresses(node, terminal):
    """Whichever of its generations and contracts was given leave."""
    node.chain_id = 8453
    old = "0xa4409D988CA2218d956BeEFD3874100F444f0DC3"
    terminal.run("limitless", "--amount", "9", "--exchange", old, "--send")
    contracts = ("--exchange", LIMITLESS, "--adapter", ADAPTER, "--fee-module", FEE_MODULE)
    terminal.run("limitless", "--amount", "100", *contracts, "--send")
    assert len(node.sent) == 6
    status, said = terminal.run("limitless", "--revoke", "--send")
    assert (status, len(node.sent)) == (approve.DONE, 12)
    assert set(node.slots.values()) == {0}
    assert "no USDC any more" in said


@pytest.mark.parametrize("wallet", [deposit_wallet, proxy_wallet, safe_wallet])
def test_a_wallet_that_the_relayer_drives_gets_the_exact_steps_and_no_transaction(node, terminal, wallet):
    status, said = terminal.run("polymarket", "--amount", "250", "--funder", wallet(OWNER), "--send")
    assert (status, node.sent, terminal.asked) == (approve.STOPPED, [], [])
    assert said.count("data 0x") == 6
    assert "We do not build relayer batches: nothing is sent" in said


def test_a_funder_that_is_no_wallet_of_the_key_is_refused(node, terminal):
    status, said = terminal.run("polymarket", "--amount", "250", "--funder", STANDARD, "--send")
    assert (status, node.sent) == (approve.FAILED, [])
    assert "no Polymarket wallet" in said


def test_limitless_is_approved_for_the_markets_own_exchange(terminal, node):
    node.chain_id = 8453
    status, said = terminal.run("limitless", "--amount", "100", "--exchange", LIMITLESS, "--send")
    assert (status, len(node.sent)) == (approve.DONE, 2)
    assert "100 USDC" in said


def test_a_limitless_fee_module_is_given_dollars_of_its_own(terminal, node):
    """Neither of its adapters nor of its modules is taken on the word of a market alone."""
    node.chain_id = 8453
    contracts = ("--exchange", LIMITLESS, "--adapter", ADAPTER, "--fee-module", FEE_MODULE)
    status, said = terminal.run("limitless", "--amount", "100", *contracts, "--send")
    assert (status, len(node.sent)) == (approve.DONE, 4)
    assert f"let fee module {FEE_MODULE} take up to 100 USDC" in said
    assert f"let adapter {ADAPTER} move ALL outcome tokens" in said


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (
            ("limitless", "--amount", "100", "--exchange", LIMITLESS, "--adapter", STANDARD),
            "none of Limitless's known adapters",
        ),
        (
            ("limitless", "--amount", "100", "--exchange", LIMITLESS, "--fee-module", STANDARD),
            "none of Limitless's known fee modules",
        ),
        (("limitless", "--amount", "100"), "needs --exchange"),
        (("limitless", "--amount", "100", "--exchange", STANDARD), "none of Limitless's known exchanges"),
        (("polymarket",), "--amount is needed"),
        (("polymarket", "--amount", "lots"), "not a decimal"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_chain_is_asked(terminal, node, argv, says):
    status, said = terminal.run(*argv)
    assert (status, node.sent) == (approve.FAILED, [])
    assert says in said


def test_a_node_of_another_chain_is_refused(terminal, node):
    node.chain_id = 1
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, node.sent) == (approve.FAILED, [])
    assert "chain 1, not of 137" in said


def test_a_node_that_is_down_is_told(terminal, node):
    node.down = True
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, node.sent) == (approve.FAILED, [])
    assert "does not answer" in said


def test_without_coins_for_gas_nothing_is_sent(terminal, node):
    node.coins = 10**12
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, node.sent) == (approve.FAILED, [])
    assert "nothing was sent: gas costs 0.0018" in said


def test_a_call_that_would_revert_is_not_sent(terminal, node):
    node.reverts = True
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, node.sent) == (approve.FAILED, [])
    assert "reverted" in said


def test_a_transaction_that_fails_stops_the_rest(terminal, node):
    node.status = 0
    status, said = terminal.run("polymarket", "--amount", "250", "--send")
    assert (status, len(node.sent)) == (approve.FAILED, 1)
    assert "failed on the chain" in said


def test_a_key_that_is_none_is_refused_without_repeating_it(terminal):
    status, said = terminal.run("polymarket", "--amount", "250", key="hunter2")
    assert status == approve.FAILED
    assert "hunter2" not in said
