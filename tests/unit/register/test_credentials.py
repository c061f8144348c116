"""Credentials go in, never come out, change no mode, and one account serves one agent."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dutchbook.domain.agent import Mode
from dutchbook.domain.eligibility import BARS
from dutchbook.domain.errors import MarketClosed, NotAuthorised, VenueUnreachable
from dutchbook.domain.secret import Secret
from dutchbook.domain.trade_states import TradeState
from dutchbook.domain.venue import Venue
from tests.support.api import Api, registration
from tests.support.builders import NOW, a_trade
from venues.crypto import EthereumSigner
from venues.polymarket.wallets import deposit_wallet, safe_wallet

KEY = "11" * 32
OTHER_KEY = "22" * 32
WALLET = EthereumSigner(Secret(KEY)).address.lower()
STRANGER = EthereumSigner(Secret(OTHER_KEY)).address.lower()
KEY_ID = "6f1f2c9e-0f0a-4c8b-9c56-8c4d3c1f7a10"
TOKEN_SECRET = "c2VjcmV0LW9mLWEtdGVzdC10b2tlbg=="
SAID = {"jurisdiction": "CH", "acceptTerms": True, "readinessOverride": "this is a test"}


def pem(key, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


ED25519 = pem(ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
POLYMARKET = {"privateKey": KEY}
KALSHI = {"kalshiApiKey": KEY_ID, "kalshiApiSecret": ED25519}
LIMITLESS = {"limitlessApiKey": "tok_1", "limitlessApiSecret": TOKEN_SECRET, "privateKey": KEY}
OTHER_KEY_ID = "7f1f2c9e-0f0a-4c8b-9c56-8c4d3c1f7a10"
OTHER_ACCOUNT = KALSHI | {"kalshiApiKey": OTHER_KEY_ID}
ALL = {Venue.POLYMARKET: POLYMARKET, Venue.KALSHI: KALSHI, Venue.LIMITLESS: LIMITLESS}
EVERYWHERE = {"polymarket": True, "kalshi": True, "limitless": True}


@pytest.fixture
def api():
    return Api()


def new_agent(api, wallet=WALLET, **changes):
    body = registration(wallet=wallet, platforms=EVERYWHERE, **changes)
    return api.call("POST", "/api/agent/register", body, wallet=wallet).body["agent_id"]


@pytest.fixture
def agent_id(api):
    return new_agent(api)


def put(api, agent_id, venue, body, wallet=WALLET, said=SAID):
    return api.call("PUT", f"/api/agent/{agent_id}/credentials/{venue}", {**body, **said}, wallet=wallet)


def status(api, agent_id):
    return api.call("GET", f"/api/agent/status/{agent_id}", wallet=WALLET).body


@pytest.mark.parametrize("venue", list(Venue))
def test_credentials_are_stored_and_only_a_stub_is_shown(api, agent_id, venue):
    answer = put(api, agent_id, venue, ALL[venue])
    assert answer.status == 200, answer.text
    assert answer.body["venue"] == venue
    assert answer.body["verified_at"] is None
    assert len(answer.body["last_four"]) == 4
    assert status(api, agent_id)["credentials"] == [answer.body]
    assert (agent_id, venue) in api.secrets.kept
    everything = answer.text + json.dumps(status(api, agent_id)) + repr(api.agents.entries)
    for secret in (KEY, ED25519, TOKEN_SECRET, repr(ED25519)[1:-1]):
        assert secret not in everything


def test_setting_credentials_changes_neither_mode_nor_what_counts_as_verified(api, agent_id):
    for venue, fields in ALL.items():
        put(api, agent_id, venue, fields)
    assert api.agents.agents[agent_id].mode is Mode.DEMO
    assert api.agents.agents[agent_id].credentials == ()


def test_the_kind_of_key_is_read_from_the_key(api, agent_id):
    assert put(api, agent_id, "kalshi", KALSHI).body["kind"] == "ed25519 key"
    key = rsa.generate_private_key(65537, 2048)
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        answer = put(api, agent_id, "kalshi", KALSHI | {"kalshiApiSecret": pem(key, form)})
        assert answer.body["kind"] == "rsa key"


@pytest.mark.parametrize(
    ("venue", "changes", "field", "says"),
    [
        ("kalshi", {"kalshiApiSecret": "aGVsbG8gSE1BQw=="}, "kalshiApiSecret", "no HMAC secret"),
        ("kalshi", {"kalshiApiSecret": None}, "kalshiApiSecret", "required"),
        ("kalshi", {"kalshiApiKey": "me@example.com"}, "kalshiApiKey", "UUID"),
        ("kalshi", {"privateKey": KEY}, "privateKey", "does not belong"),
        ("polymarket", {"privateKey": "0x12"}, "privateKey", "64 hex digits"),
        ("polymarket", {"privateKey": OTHER_KEY}, "privateKey", "not of the wallet"),
        ("polymarket", {"polymarketFunder": STRANGER}, "polymarketFunder", "no wallet of the key"),
        ("polymarket", {"polymarketFunder": "0x12"}, "polymarketFunder", "40 hex digits"),
        ("limitless", {"limitlessApiSecret": "not base64!"}, "limitlessApiSecret", "not base64"),
        ("limitless", {"privateKey": OTHER_KEY}, "privateKey", "not of the wallet"),
        ("polymarket", {"privateKey": 7}, "privateKey", "string"),
        ("polymarket", {"privateKey": " "}, "privateKey", "characters"),
        ("polymarket", {"privateKey": "a" * 8193}, "privateKey", "characters"),
        ("polymarket", {"extra": "x"}, "extra", "not a field"),
        ("polymarket", {"acceptTerms": False}, "acceptTerms", "must be true"),
        ("polymarket", {"jurisdiction": "Switzerland"}, "jurisdiction", ""),
        ("polymarket", {"jurisdiction": "C1"}, "jurisdiction", "ISO 3166"),
        ("polymarket", {"jurisdiction": "CA"}, "jurisdiction", "part of CA"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_written(api, agent_id, venue, changes, field, says):
    body = {name: value for name, value in ({**ALL[venue], **SAID} | changes).items() if value is not None}
    answer = put(api, agent_id, venue, body, said={})
    assert (answer.status, answer.fields) == (422, {field}), answer.text
    assert says in answer.body["detail"]
    for value in changes.values():
        if isinstance(value, str) and len(value) > 6 and not value.startswith("0x"):
            assert value not in answer.text
    assert api.secrets.kept == {}
    assert api.agents.accounts == {}


def test_a_funder_is_any_wallet_of_the_key(api, agent_id):
    owner = EthereumSigner(Secret(KEY)).address
    for funder in (deposit_wallet(owner), safe_wallet(owner), owner):
        answer = put(api, agent_id, "polymarket", POLYMARKET | {"polymarketFunder": funder})
        assert answer.status == 200
        assert answer.body["last_four"] == funder[-4:].lower()
    dedicated = EthereumSigner(Secret(OTHER_KEY)).address
    body = {"privateKey": OTHER_KEY, "polymarketFunder": deposit_wallet(dedicated)}
    assert put(api, agent_id, "polymarket", body).status == 200


def test_an_account_belongs_to_the_agent_that_logged_in_with_it(api, agent_id):
    second = new_agent(api)
    for agent in (agent_id, second):
        assert put(api, agent, "kalshi", KALSHI).status == 200
    assert log_in(api, second).status == 200
    answer = log_in(api, agent_id)
    assert (answer.status, "another agent" in answer.body["detail"]) == (409, True)
    assert api.agents.agents[agent_id].credentials == ()
    # rotating to another account gives the first one up
    assert put(api, second, "kalshi", OTHER_ACCOUNT).status == 200
    assert log_in(api, agent_id).status == 200


def test_a_stranger_who_knows_a_key_id_keeps_nobody_out(api, agent_id):
    theirs = new_agent(api, wallet=STRANGER)
    assert put(api, theirs, "kalshi", KALSHI, wallet=STRANGER).status == 200
    assert put(api, agent_id, "kalshi", KALSHI).status == 200
    assert log_in(api, agent_id).status == 200


def test_the_account_of_an_agent_that_is_no_more_is_free(api, agent_id):
    api.agents.accounts[Venue.KALSHI, KEY_ID] = "agt_gone"
    put(api, agent_id, "kalshi", KALSHI)
    assert log_in(api, agent_id).status == 200


def test_removing_takes_secret_stub_and_claim(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    log_in(api, agent_id)
    path = f"/api/agent/{agent_id}/credentials/kalshi"
    assert api.call("DELETE", path, wallet=WALLET).status == 204
    assert (api.secrets.kept, api.agents.accounts) == ({}, {})
    assert status(api, agent_id)["credentials"] == []
    assert api.call("DELETE", path, wallet=WALLET).status == 404
    actions = [entry.action for entry in api.agents.entries[agent_id]]
    assert [action for action in actions if action.startswith("credentials.")] == [
        "credentials.set",
        "credentials.read",
        "credentials.delete",
    ]


def test_another_wallet_neither_sets_nor_removes(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    assert put(api, agent_id, "kalshi", KALSHI, wallet=STRANGER).status == 404
    path = f"/api/agent/{agent_id}/credentials/kalshi"
    assert api.call("DELETE", path, wallet=STRANGER).status == 404
    assert (agent_id, Venue.KALSHI) in api.secrets.kept


def test_an_unknown_venue_is_named(api, agent_id):
    answer = put(api, agent_id, "predictit", {})
    assert (answer.status, answer.fields >= {"venue"}) == (422, True)


def test_registration_may_bring_credentials(api):
    body = registration(wallet=WALLET, platforms=EVERYWHERE, **POLYMARKET, **KALSHI, **SAID)
    answer = api.call("POST", "/api/agent/register", body, wallet=WALLET)
    assert (answer.status, answer.body["mode"]) == (201, "demo")
    agent = answer.body["agent_id"]
    assert {venue for _, venue in api.secrets.kept} == {Venue.POLYMARKET, Venue.KALSHI}
    assert api.agents.agents[agent].jurisdiction == "CH"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kalshiApiSecret": "aGVsbG8="}, "kalshiApiSecret"),
        ({"acceptTerms": False}, "acceptTerms"),
        ({"jurisdiction": ""}, "jurisdiction"),
        ({"platforms": {"polymarket": True}}, "kalshiApiKey"),
        ({"strategy": "martingale"}, "strategy"),
    ],
)
def test_a_registration_with_one_bad_field_writes_neither_agent_nor_secret(api, changes, field):
    body = registration(wallet=WALLET, platforms=EVERYWHERE, **KALSHI, **SAID) | changes
    answer = api.call("POST", "/api/agent/register", body, wallet=WALLET)
    assert (answer.status, answer.fields) == (422, {field}), answer.text
    assert (api.agents.agents, api.secrets.kept, api.agents.accounts) == ({}, {}, {})


def test_a_barred_place_is_refused_with_source_and_date(api, agent_id):
    answer = put(api, agent_id, "polymarket", POLYMARKET, said=SAID | {"jurisdiction": "us"})
    assert answer.status == 403
    assert BARS[Venue.POLYMARKET].as_of in answer.body["detail"]
    assert api.secrets.kept == {}
    answer = put(api, agent_id, "kalshi", KALSHI, said=SAID | {"jurisdiction": "US"})
    assert answer.status == 200


def test_an_agents_owner_is_in_one_place_and_what_he_said_is_written_down(api, agent_id):
    assert put(api, agent_id, "polymarket", POLYMARKET).status == 200
    answer = put(api, agent_id, "kalshi", KALSHI, said=SAID | {"jurisdiction": "US"})
    assert (answer.status, answer.fields) == (422, {"jurisdiction"})
    assert "CH in this agent's polymarket credentials" in answer.body["detail"]
    # whoever has moved says so where he had said otherwise
    assert put(api, agent_id, "polymarket", POLYMARKET, said=SAID | {"jurisdiction": "no"}).status == 200
    entries = api.agents.entries[agent_id]
    (first, moved) = [entry.detail for entry in entries if entry.action == "credentials.set"]
    assert (
        first.items()
        >= {
            "jurisdiction": "CH",
            "accepted_terms": "true",
            "barred_places_of": BARS[Venue.POLYMARKET].as_of,
        }.items()
    )
    assert moved["jurisdiction"] == "NO"


def test_going_live_asks_todays_list_of_barred_places_again(api):
    agent = new_agent(api)
    api.live_trading = True
    for venue, fields in ALL.items():
        put(api, agent, venue, fields)
        log_in(api, agent, venue)
    body = {"version": api.agents.agents[agent].version, "mode": "live", "readinessOverride": "a test"}
    stub = api.credentials.kept[agent, Venue.LIMITLESS]
    api.credentials.kept[agent, Venue.LIMITLESS] = replace(stub, jurisdiction="TW")
    refused = api.call("PATCH", f"/api/agent/{agent}", body, wallet=WALLET)
    assert (refused.status, "limitless bars TW" in refused.body["detail"]) == (403, True)
    api.credentials.kept[agent, Venue.LIMITLESS] = stub
    assert api.call("PATCH", f"/api/agent/{agent}", body, wallet=WALLET).status == 200
    (entry,) = [entry for entry in api.agents.entries[agent] if entry.action == "eligibility"]
    assert entry.detail["limitless"] == f"CH, list of {BARS[Venue.LIMITLESS].as_of}"


def log_in(api, agent_id, venue="kalshi", wallet=WALLET):
    return api.call("POST", f"/api/agent/{agent_id}/credentials/{venue}/test", wallet=wallet)


def test_a_login_at_the_venue_makes_credentials_verified(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    answer = log_in(api, agent_id)
    assert (answer.status, answer.body["balance"]) == (200, "250")
    assert answer.body["credential"]["verified_at"]
    assert status(api, agent_id)["agent"]["credentials"] == ["kalshi"]
    assert "credentials.read" in [entry.action for entry in api.agents.entries[agent_id]]


def test_a_rotated_or_refused_key_is_no_longer_verified(api, agent_id):
    put(api, agent_id, "kalshi", KALSHI)
    log_in(api, agent_id)
    put(api, agent_id, "kalshi", KALSHI)
    assert api.agents.agents[agent_id].credentials == ()
    log_in(api, agent_id)

    def refuse(_venue, _fields):
        raise NotAuthorised("kalshi: unknown key id")

    api.verify = refuse
    assert log_in(api, agent_id).status == 422
    assert api.agents.agents[agent_id].credentials == ()


@pytest.mark.parametrize(
    ("error", "status"), [(VenueUnreachable("no answer"), 503), (MarketClosed("kalshi is paused"), 422)]
)
def test_a_venue_that_is_down_or_paused_says_nothing_about_the_key(api, agent_id, error, status):
    put(api, agent_id, "kalshi", KALSHI)
    log_in(api, agent_id)

    def fail(_venue, _fields):
        raise error

    api.verify = fail
    assert log_in(api, agent_id).status == status
    assert api.agents.agents[agent_id].credentials == (Venue.KALSHI,)


def test_only_the_owner_tests_and_only_what_is_stored(api, agent_id):
    assert log_in(api, agent_id).status == 404
    put(api, agent_id, "kalshi", KALSHI)
    assert log_in(api, agent_id, wallet=STRANGER).status == 404


def test_live_needs_the_stacks_yes_and_verified_credentials_on_every_platform(api):
    agent = new_agent(api)
    path = f"/api/agent/{agent}"

    def ask(**more):
        version = api.agents.agents[agent].version
        return api.call("PATCH", path, {"version": version, "mode": "live", **more}, wallet=WALLET)

    assert "switched off" in ask().body["detail"]
    api.live_trading = True
    assert "credentials" in ask().body["detail"]
    for venue, fields in ALL.items():
        assert ask().status == 422
        put(api, agent, venue, fields)
        assert ask().status == 422
        log_in(api, agent, venue)
    assert ask().body["errors"][0]["field"] == "readinessOverride"
    assert ask(readinessOverride="I know what I do").body["mode"] == "live"
    removal = api.call("DELETE", f"{path}/credentials/kalshi", wallet=WALLET)
    assert (removal.status, "demo first" in removal.body["detail"]) == (409, True)


def overrides(api, agent_id):
    entries = api.agents.audit(agent_id, 50).items
    return [entry.detail["reason"] for entry in entries if entry.action == "readiness.override"]


def test_credentials_without_evidence_need_a_word_that_is_logged(api, agent_id):
    refused = put(api, agent_id, "kalshi", KALSHI, said=SAID | {"readinessOverride": ""})
    assert (refused.status, refused.fields) == (422, {"readinessOverride"})
    assert "20 more closed trades" in refused.text
    assert overrides(api, agent_id) == []
    assert put(api, agent_id, "kalshi", KALSHI).status == 200
    assert overrides(api, agent_id) == ["this is a test"]


def test_registering_with_credentials_logs_the_word_too(api):
    said = {"readinessOverride": "I traded this for years"}
    agent = new_agent(api, **KALSHI, **SAID | said)
    assert overrides(api, agent) == ["I traded this for years"]


def test_an_agent_with_evidence_needs_no_word(api, agent_id):
    from tests.unit.settle.test_readiness import results

    api.agents.books[agent_id, True].results += results()
    for number in range(20):
        trade = a_trade(f"trd_{number:02d}", agent_id, state=TradeState.HEDGED)
        legs = (replace(trade.legs[0], submitted_at=NOW), *trade.legs[1:])
        api.ledger.stored[trade.trade_id] = replace(trade, legs=legs)
    assert put(api, agent_id, "kalshi", KALSHI, said=SAID | {"readinessOverride": ""}).status == 200
    assert overrides(api, agent_id) == []
