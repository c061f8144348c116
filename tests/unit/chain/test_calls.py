"""Calldata, byte by byte: selector and words as the contracts' ABI has them."""

import pytest

from chain import calls

PUSD = "0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB"
EXCHANGE = "0xE111180000d2663C0091e4f400237545B87B996B"
ADAPTER = "0xAdA100Db00Ca00073811820692005400218FcE1f"
ROUTER = "0x12121212006e4CD160D18e3f00711DA5c3372600"
CONDITION = "0x" + "9c" * 32
SHORT = "0x" + "9c" * 31


def word(value):
    return f"{value:064x}" if isinstance(value, int) else value[2:].lower().rjust(64, "0")


def data(selector, *words):
    return bytes.fromhex(selector + "".join(map(word, words)))


def test_dollars_are_approved_to_the_millionth():
    call = calls.approve(PUSD, EXCHANGE, 250_000_000, symbol="pUSD", spender_name="the exchange")
    assert (call.to, call.data) == (PUSD, data("095ea7b3", EXCHANGE, 250_000_000))
    assert call.what == "let the exchange take up to 250 pUSD"


def test_taking_leave_back_is_an_approval_of_nothing():
    call = calls.approve(PUSD, EXCHANGE, 0, symbol="pUSD", spender_name="the exchange")
    assert call.data == data("095ea7b3", EXCHANGE, 0)
    assert call.what == "let the exchange take no pUSD any more"


@pytest.mark.parametrize(("approved", "says"), [(True, "move ALL"), (False, "move no")])
def test_outcome_tokens_are_approved_all_or_none_and_the_words_say_so(approved, says):
    call = calls.set_approval_for_all(
        PUSD, EXCHANGE, approved, symbol="outcome tokens", operator_name="the exchange"
    )
    assert call.data == data("a22cb465", EXCHANGE, int(approved))
    assert says in call.what


def test_splitting_and_merging_go_through_the_adapter_with_both_outcomes():
    array = (5 * 32, 20_000_000, 2, 1, 2)
    split = calls.split(ADAPTER, PUSD, CONDITION, 20_000_000)
    assert (split.to, split.data) == (ADAPTER, data("72ce4275", PUSD, 0, CONDITION, *array))
    merge = calls.merge(ADAPTER, PUSD, CONDITION, 20_000_000)
    assert (merge.to, merge.data) == (ADAPTER, data("9e7212ad", PUSD, 0, CONDITION, *array))


def test_redeeming_names_both_outcomes_and_no_amount():
    call = calls.redeem(ADAPTER, PUSD, CONDITION)
    assert call.data == data("01b7037c", PUSD, 0, CONDITION, 4 * 32, 2, 1, 2)


@pytest.mark.parametrize("condition", [SHORT, SHORT + "00"])
def test_protocol_v2_ids_are_31_bytes_padded_on_the_right(condition):
    padded = SHORT + "00"
    assert calls.router_split(ROUTER, condition, 7).data[4:] == data("", padded, 7)
    assert calls.router_merge(ROUTER, condition, 7).data[4:] == data("", padded, 7)
    assert calls.router_redeem(ROUTER, condition, 1, 7).data[4:] == data("", padded, 1, 7)


def test_router_calls_differ_by_selector():
    made = {
        calls.router_split(ROUTER, SHORT, 7).data[:4],
        calls.router_merge(ROUTER, SHORT, 7).data[:4],
        calls.router_redeem(ROUTER, SHORT, 0, 7).data[:4],
    }
    assert len(made) == 3


@pytest.mark.parametrize("condition", ["", "0x", "9c" * 32, "0x" + "9c" * 30, "0x" + "zz" * 32])
def test_what_is_no_condition_id_is_refused(condition):
    with pytest.raises(ValueError, match="condition id"):
        calls.redeem(ADAPTER, PUSD, condition)
    with pytest.raises(ValueError, match="condition id"):
        calls.router_merge(ROUTER, condition, 1)


def test_a_v1_id_is_not_cut_to_a_v2_id():
    with pytest.raises(ValueError, match="last byte must be zero"):
        calls.router_merge(ROUTER, CONDITION, 1)


def test_a_mistyped_address_is_refused():
    with pytest.raises(ValueError, match="checksum"):
        calls.approve(PUSD, EXCHANGE.replace("E1", "e1"), 1, symbol="pUSD", spender_name="x")


@pytest.mark.parametrize("amount", [-1, 1 << 256])
def test_an_amount_that_is_no_uint256_is_refused(amount):
    with pytest.raises(ValueError, match="uint256"):
        calls.split(ADAPTER, PUSD, CONDITION, amount)


def test_a_binary_market_has_two_outcomes():
    with pytest.raises(ValueError, match="0 and 1"):
        calls.router_redeem(ROUTER, SHORT, 2, 1)
