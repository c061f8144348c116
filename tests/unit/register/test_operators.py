"""Operators decide on pairs and throw the kill switch; nobody else does, and all of it is written down."""

from dataclasses import replace

import pytest

from dutchbook.domain.pair import PairStatus, Relation, rules_hash_of
from dutchbook.domain.venue import Venue
from dutchbook.entry.public_views import PairView
from dutchbook.usecases.manage_pairs import OPERATORS_AUDIT
from tests.support.api import Api
from tests.support.markets import a_market, a_pair

BODY = {"reason": "rules compared"}


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def pair(api):
    markets = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
    api.markets.put_markets(markets)
    pair = a_pair(*markets)
    api.markets.put_pair(pair)
    return pair


def as_read(api, pair):
    """An operator's word on the texts that the API shows now."""
    read = api.call("GET", f"/api/pairs/{pair.pair_id}", operator=True).body
    return {**BODY, "rules_hash": read["rules_hash"]}


def noted(api):
    return [(entry.action, entry.detail["reason"]) for entry in api.agents.entries.get(OPERATORS_AUDIT, [])]


def test_an_operator_rejects_and_approves_a_pair_with_a_reason(api, pair):
    path = f"/api/pairs/{pair.pair_id}"
    assert api.call("POST", f"{path}/reject", BODY, operator=True).body["status"] == "rejected"
    assert api.markets.pair(pair.pair_id).status is PairStatus.REJECTED
    assert api.call("POST", f"{path}/reject", BODY, operator=True).status == 409
    assert api.call("POST", f"{path}/approve", as_read(api, pair), operator=True).body["status"] == "approved"
    assert noted(api) == [("pair.reject", "rules compared"), ("pair.approve", "rules compared")]


def test_a_pair_of_which_one_event_only_holds_the_other_is_shown_and_cannot_be_approved(api, pair):
    held = replace(pair, pair_id="pair_" + "C" * 16, relation=Relation.CONTAINS, status=PairStatus.UNSURE)
    api.markets.put_pair(held)
    path = f"/api/pairs/{held.pair_id}"
    assert PairView.of(held).relation == "contains"
    assert api.call("POST", f"{path}/approve", as_read(api, pair), operator=True).status == 409
    assert api.markets.pair(held.pair_id).status is PairStatus.UNSURE


def test_the_kill_switch_is_thrown_by_operators_and_seen_by_all(api):
    body = {"trading": False, "reason": "venue misbehaves"}
    assert api.call("PUT", "/api/control", body).status == 403
    assert api.ledger.control().trading is True
    answer = api.call("PUT", "/api/control", body, operator=True)
    assert (answer.status, answer.body["trading"], answer.body["reason"]) == (200, False, "venue misbehaves")
    assert api.call("GET", "/api/health", wallet=None).body["trading"] is False
    assert api.call("GET", "/api/control", operator=True).body["updated_by"]
    assert noted(api) == [("control", "venue misbehaves")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/pairs/{}/approve"),
        ("POST", "/api/pairs/{}/reject"),
        ("PUT", "/api/control"),
        ("GET", "/api/control"),
    ],
)
def test_everybody_else_is_refused_before_anything_is_written(api, pair, method, path):
    body = {"trading": False, **BODY} if method == "PUT" else BODY
    answer = api.call(method, path.format(pair.pair_id), None if method == "GET" else body)
    assert answer.status == 403
    assert api.markets.pair(pair.pair_id).status is PairStatus.APPROVED
    assert noted(api) == []


@pytest.fixture
def proposed(api, pair):
    api.markets.all_pairs[pair.pair_id] = replace(pair, status=PairStatus.PROPOSED)
    return pair


def test_words_that_changed_after_they_were_read_are_not_approved(api, proposed):
    word = as_read(api, proposed)
    api.markets.put_markets([replace(api.markets.market(proposed.a), rules="By noon, as reported.")])

    refused = api.call("POST", f"/api/pairs/{proposed.pair_id}/approve", word, operator=True)

    assert (refused.status, api.markets.pair(proposed.pair_id).status) == (409, PairStatus.PROPOSED)
    assert noted(api) == []


def test_a_pair_judged_on_other_words_waits_until_it_is_judged_anew(api, proposed):
    known = api.markets.pair(proposed.pair_id)
    api.markets.all_pairs[proposed.pair_id] = replace(known, rules_hash="0" * 16)
    path = f"/api/pairs/{proposed.pair_id}/approve"
    assert api.call("POST", path, as_read(api, proposed), operator=True).status == 409
    assert api.markets.pair(proposed.pair_id).status is PairStatus.PROPOSED


def test_an_approval_names_the_texts_and_notes_them(api, proposed):
    path = f"/api/pairs/{proposed.pair_id}/approve"
    assert api.call("POST", path, BODY, operator=True).fields == {"rules_hash"}
    word = as_read(api, proposed)
    assert api.call("POST", path, word, operator=True).status == 200
    assert api.markets.pair(proposed.pair_id).rules_hash == word["rules_hash"]
    assert api.agents.entries[OPERATORS_AUDIT][0].detail["rules_hash"] == word["rules_hash"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"trading": "false", "reason": "x"}, "trading"),
        ({"trading": 0, "reason": "x"}, "trading"),
        ({"trading": False}, "reason"),
        ({"trading": False, "reason": ""}, "reason"),
        ({"trading": False, "reason": "x" * 501}, "reason"),
    ],
)
def test_a_kill_switch_that_is_unclear_is_not_thrown(api, body, field):
    answer = api.call("PUT", "/api/control", body, operator=True)
    assert (answer.status, answer.fields) == (422, {field})
    assert api.ledger.control().trading is True


def test_a_decision_about_no_pair_is_not_found(api):
    path = "/api/pairs/pair_" + "0" * 16
    assert api.call("POST", f"{path}/approve", {**BODY, "rules_hash": "0" * 16}, operator=True).status == 404
    assert api.call("GET", path).status == 404


def test_whoever_signed_in_sees_pairs_with_both_sides(api, pair):
    items = api.call("GET", "/api/pairs").body["items"]
    assert [item["pair_id"] for item in items] == [pair.pair_id]
    assert api.call("GET", "/api/pairs", query={"status": "proposed"}).body["items"] == []
    assert api.call("GET", "/api/pairs", query={"status": "maybe"}).fields == {"status"}
    detail = api.call("GET", f"/api/pairs/{pair.pair_id}").body
    assert [market["venue"] for market in detail["markets"]] == ["kalshi", "polymarket"]
    assert api.call("GET", "/api/pairs", wallet=None).status == 401


def test_a_pair_shows_both_rule_texts_and_what_the_matcher_found(api, pair):
    texts = [
        replace(api.markets.market(key), rules=rules)
        for key, rules in ((pair.a, "By the first."), (pair.b, "By the last."))
    ]
    api.markets.put_markets(texts)
    found = replace(
        pair,
        rules_hash=rules_hash_of(*texts),
        evidence=("subject: rain",),
        doubts=("date: first / last",),
    )
    api.markets.all_pairs[pair.pair_id] = found

    seen = api.call("GET", f"/api/pairs/{pair.pair_id}").body
    assert [market["rules"] for market in seen["markets"]] == ["By the first.", "By the last."]
    assert (seen["agrees"], seen["differs"]) == (["subject: rain"], ["date: first / last"])
    assert seen["judged_on_these_texts"]

    api.markets.put_markets([replace(texts[0], rules="By noon.")])
    assert not api.call("GET", f"/api/pairs/{pair.pair_id}").body["judged_on_these_texts"]


def test_an_operator_settles_what_the_matcher_left_open(api, pair):
    api.markets.all_pairs[pair.pair_id] = replace(pair, status=PairStatus.UNSURE)
    listed = api.call("GET", "/api/pairs", query={"status": "unsure"}).body["items"]
    assert [item["pair_id"] for item in listed] == [pair.pair_id]
    path = f"/api/pairs/{pair.pair_id}/approve"
    assert api.call("POST", path, as_read(api, pair), operator=True).body["status"] == "approved"
