"""The page's own modules, run in the browser: exact amounts, EIP-55 capitals, CSV, what a trade stands at."""

import pytest


@pytest.fixture
def module(visitor):
    """module("amount", "total(['0.1'])") evaluates an expression with a module's names."""
    page = visitor.open()

    def run(name: str, expression: str) -> object:
        return page.evaluate(
            f"""async () => {{
                const m = await import("/js/{name}.js");
                const found = await (async (m) => {{ return {expression}; }})(m);
                const plain = (_, value) => (typeof value === "bigint" ? value.toString() : value);
                return JSON.parse(JSON.stringify(found, plain));
            }}"""
        )

    return run


def test_amounts_are_exact_and_never_rounded_up(module):
    assert module("amount", "m.total(['0.1', '0.2', '123456789012.000001'])") == "123456789012300001"
    assert module("amount", "m.total(['1', null])") is None
    assert module("amount", "m.decimal(-1500000n)") == "-1.5"
    assert module("format", "m.usd('0.019999')") == "$0.01"
    assert module("format", "m.usd('-0.001')") == "−$0.01"
    assert module("format", "m.usd('1234567.891', { sign: true })") == "+$1,234,567.89"
    assert module("format", "m.usd('0.004', { sign: true })") == "$0.00"
    assert module("format", "m.usd(null)") == "–"


@pytest.mark.parametrize(
    "address",
    [
        # eips.ethereum.org/EIPS/eip-55, "Test Cases"
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ],
)
def test_addresses_get_their_capitals(module, address):
    assert module("keccak", f"m.checksumAddress('{address.lower()}')") == address


def test_csv_quotes_and_defuses_formulas(module):
    rows = """[['a', r => r]], ['x,y', 'say "hi"', '=1+1', '-12.5', null]"""
    assert module("csv", f"m.csv({rows})") == 'a\r\n"x,y"\r\n"say ""hi"""\r\n\'=1+1\r\n-12.5\r\n\r\n'


LEG = "{index: %d, purpose: '%s', repairs: %s, side: '%s', net_filled: '%s'}"


def test_a_leg_that_fell_short_shows_its_residual(module):
    legs = ",".join([LEG % (0, "open", "null", "buy", "100"), LEG % (1, "open", "null", "buy", "60.5")])
    assert module("series", f"m.standing({{legs: [{legs}]}}).residual") == "39500000"


def test_an_unwind_takes_the_residual_away(module):
    legs = ",".join(
        [
            LEG % (0, "open", "null", "buy", "100"),
            LEG % (1, "open", "null", "buy", "60.5"),
            LEG % (2, "unwind", "0", "sell", "39.5"),
        ]
    )
    found = module("series", f"m.standing({{legs: [{legs}]}})")
    assert isinstance(found, dict)
    del found["legs"]
    assert found == {"hedged": "60500000", "residual": "0"}


def test_a_pair_that_was_sold_early_in_part_counts_its_profit_once(module):
    """The pair locked 2 when it ended; of that the early close has realised 1, and 1 is still held."""
    pair = "{result: '0', locked_profit: '2', updated_at: '2026-11-23T12:00:00.000Z'}"
    sold = "{result: '1', locked_profit: '0', updated_at: '2026-11-23T13:00:00.000Z'}"
    found = module("series", f"m.profitCurve([{sold}, {pair}])")
    assert found == {
        "xs": [1_795_438_800],
        "result": [1],
        "drawdown": [0],
        "last": {"result": "1000000", "drawdown": "0"},
    }


def test_a_pair_that_is_paid_on_two_days_falls_on_neither(module):
    days = (
        "[{date: '2026-11-23', total_realised: '-40', total_result: '0'},"
        " {date: '2026-11-24', total_realised: '1', total_result: '1'}]"
    )
    found = module("series", f"m.dayCurve({days})")
    assert (found["result"], found["drawdown"]) == ([0, 1], [0, 0])


def test_the_loss_of_today_is_what_the_limit_counts(module):
    stats = (
        "{total_profit: '-40', today_profit: '-40', today_result: '0', locked_profit: '41', fees: '0',"
        " exposure: '50', unrealised_profit: '0', today_trades: 1, budgets: []}"
    )
    limits = "{maxPosition: '100', maxDailyLoss: '10', maxTrades: 5}"
    found = module("portfolio", f"m.sums([{{stats: {stats}, agent: {{limits: {limits}}}}}], [[]])")
    assert (found["today"], found["realised"], found["locked"]) == ("0", "-40000000", "41000000")


def test_gross_profit_walks_both_ladders(module):
    a = "[{price: '0.4', shares: '10'}, {price: '0.5', shares: '10'}]"
    b = "[{price: '0.55', shares: '15'}]"
    points = module("series", f"m.grossCurve({a}, {b})")
    assert points == [
        {"shares": "0", "profit": "0"},
        {"shares": "10000000", "profit": "500000"},
        {"shares": "15000000", "profit": "250000"},
    ]


def test_differences_of_rule_texts_are_found(module):
    left, right = module("diff", "m.differences('Resolves Yes by June 30.', 'resolves yes by July 31.')")
    assert [part for part in left if part[0] == "only"] == [["only", "June 30."]]
    assert [part for part in right if part[0] == "only"] == [["only", "July 31."]]
