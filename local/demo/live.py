"""`MODE=live-sim`: an agent that trades live, on the simulated venues, with accounts opened there.

Everything between the agent's credentials and the venues' ledgers is what runs with real money: keys are
stored as secrets, tested by a login, and sign every request; only the venues are simulators.
"""

import base64
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dutchbook.domain.money import parse_micros
from local.api import Api, Wallet

CASH = "1000"
ACCOUNT = "live-sim"
_KALSHI_KEY_ID = "11111111-2222-4333-8444-555555555555"
_TOKEN = "tok_live_sim"
_WHY = "MODE=live-sim: the venues are simulators, no money is real"
_SAID = {"jurisdiction": "CH", "acceptTerms": True, "readinessOverride": _WHY}
_TIMEOUT_SECONDS = 10
_PAYING = ("settlement", "redemption")
"""Entries of a simulator's ledger by which shares become dollars."""


def go_live(
    api: Api, agent_id: str, wallet: Wallet, private_key: str, venue_urls: Mapping[str, str]
) -> dict[str, str]:
    """Opens an account on each simulator, stores and tests its credentials, sets the agent's mode to live.

    `private_key` is the wallet's. Returns each venue's balance as the credentials' test read it.
    """
    facts, credentials = _accounts(wallet.address, private_key)
    for venue, url in venue_urls.items():
        body = {"account": ACCOUNT, "cash": CASH, **facts[venue]}
        answer = requests.post(f"{url}/_sim/{venue}/accounts", json=body, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        api.put(f"/api/agent/{agent_id}/credentials/{venue}", {**credentials[venue], **_SAID})
    balances = {
        venue: str(api.post(f"/api/agent/{agent_id}/credentials/{venue}/test")["balance"])
        for venue in venue_urls
    }
    version = api.get(f"/api/agent/status/{agent_id}")["agent"]["version"]
    api.patch(f"/api/agent/{agent_id}", {"mode": "live", "version": version, "readinessOverride": _WHY})
    return balances


def venue_cash(venue_urls: Mapping[str, str]) -> dict[str, int]:
    """Each simulator's own record of the account's cash, micros."""
    ledgers = _ledgers(venue_urls)
    return {venue: int(ledgers[venue]["accounts"][ACCOUNT]["cash"]) for venue in venue_urls}


def venue_shares(venue_urls: Mapping[str, str]) -> dict[tuple[str, str, str], int]:
    """What the account holds by each simulator's own record: micros of a share by venue, market, outcome."""
    ledgers, held = _ledgers(venue_urls), {}
    for venue in venue_urls:
        for place, shares in ledgers[venue]["accounts"][ACCOUNT]["shares"].items():
            market, _, outcome = place.rpartition("|")
            held[venue, market, outcome] = int(shares)
    return held


def venue_payouts(venue_urls: Mapping[str, str]) -> dict[tuple[str, str, str], int]:
    """The shares that each simulator took back for what its markets pay, by venue, market, outcome.

    Raises RuntimeError for a simulator whose balances are not the sum of its own entries.
    """
    ledgers, paid = _ledgers(venue_urls), Counter[tuple[str, str, str]]()
    for venue in venue_urls:
        if ledgers[venue]["unsound"]:
            raise RuntimeError(f"{venue}'s own ledger does not add up")
        for entry in ledgers[venue]["entries"]:
            if entry["account_id"] == ACCOUNT and entry["kind"] in _PAYING:
                for market, outcome, shares in entry["shares"]:
                    paid[venue, market, outcome] -= int(shares)
    return dict(paid)


def _ledgers(venue_urls: Mapping[str, str]) -> dict[str, Any]:
    url = f"{next(iter(venue_urls.values()))}/_sim/ledger"
    return dict(requests.get(url, timeout=_TIMEOUT_SECONDS).json())


def opening_cash() -> int:
    return parse_micros(CASH)


def _accounts(address: str, private_key: str) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]:
    """What each simulator checks, and the credentials that pass it; drawn anew for every run."""
    kalshi = Ed25519PrivateKey.generate()
    pem = kalshi.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = kalshi.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    token_secret = base64.b64encode(secrets.token_bytes(32)).decode()
    facts: dict[str, dict[str, Any]] = {
        "polymarket": {"owner": address, "funder": address, "signature_type": 0},
        "kalshi": {"keys": {_KALSHI_KEY_ID: public}},
        "limitless": {
            "address": address,
            "token": _TOKEN,
            "secret": token_secret,
            "fee_rate_bps": 300,
        },
    }
    credentials = {
        "polymarket": {"privateKey": private_key, "polymarketFunder": address},
        "kalshi": {"kalshiApiKey": _KALSHI_KEY_ID, "kalshiApiSecret": pem},
        "limitless": {
            "privateKey": private_key,
            "limitlessApiKey": _TOKEN,
            "limitlessApiSecret": token_secret,
        },
    }
    return facts, credentials
