"""Nothing that looks like a key reaches a log line, by its name or by its shape."""

import json
import logging
import sys
import time

import pytest

from dutchbook.domain.secret import Secret
from dutchbook.entry.observability import REDACTED, logger, redact, redact_text

KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIweGFiIn0.c2lnbmF0dXJlLWJ5dGVz"
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcH\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name",
    [
        "privateKey",
        "private_key",
        "kalshiApiSecret",
        "kalshiApiKey",
        "passphrase",
        "Authorization",
        "token",
        "signature",
        "KALSHI-ACCESS-SIGNATURE",
        "Cookie",
        "password",
    ],
)
def test_a_secrets_name_is_enough(name):
    assert redact({"outer": [{name: "anything"}]}) == {"outer": [{name: REDACTED}]}


@pytest.mark.parametrize(
    "secret", [KEY, "0x" + KEY, JWT, PEM, PEM.replace("PRIVATE", "RSA PRIVATE"), PEM[:60]]
)
def test_a_secrets_shape_is_enough_wherever_it_stands(secret):
    for text in (secret, f"failed with {secret} here", f'{{"body": "{secret}"}}'):
        assert secret not in redact_text(text)
        assert secret not in json.dumps(redact({"message": text, "list": [text]}))


BASE64, PASSPHRASE = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmE=", "correct horse"


@pytest.mark.parametrize(
    "text",
    [
        f'a body {{"apiKey":"k-1","secret":"{BASE64}","passphrase":"{PASSPHRASE}"}} came',
        f"{{'passphrase': '{PASSPHRASE}', 'secret': '{BASE64}'}}",
        f'"{{\\"secret\\": \\"{BASE64}\\", \\"passphrase\\": \\"{PASSPHRASE}\\"}}"',
        f'cut off: {{"kalshiApiSecret":"{BASE64}","note":"{BASE64[:4]}","private_key":"{PASSPHRASE}',
    ],
)
def test_a_pair_with_a_secrets_name_is_taken_out_of_any_text(text):
    for secret in (BASE64, PASSPHRASE):
        assert secret not in redact_text(text)


def test_a_pair_that_names_no_secret_stays():
    text = '{"error":"invalid api key","token_id":"7132110","market":"KXRAIN"} secret: none'
    assert redact_text(text) == text


def test_what_is_public_stays_readable():
    record = {
        "tx_hash": "0x" + KEY,
        "market_id": "0x" + KEY,
        "wallet": "0x" + "ab" * 20,
        "agent_id": "agt_01KAQSM8000000000000000001",
        "yes_token": "7132110",
        "pair": ["kalshi:KXRAIN", "polymarket:0x" + KEY],
        "count": 7,
        "nothing": None,
    }
    assert redact(record) == record


def test_log_lines_are_json_and_clean():
    stream = logging.StreamHandler()
    stream.setFormatter(logger.registered_formatter)
    try:
        raise ValueError(f"cannot sign with {KEY}")
    except ValueError:
        made = logger._logger.makeRecord(
            "x",
            logging.ERROR,
            __file__,
            1,
            f"body {JWT}",
            (),
            sys.exc_info(),
            None,
            {"fields": {"privateKey": KEY, "pem": PEM}, "held": Secret(KEY)},
        )
    line = stream.format(made)
    assert json.loads(line)["level"] == "ERROR"
    for secret in (KEY, JWT, "MC4CAQAwBQYDK2VwBCIEIAcH"):
        assert secret not in line


@pytest.mark.parametrize(
    "text", ["eyJ", "eyJaaaaaa.", '\\"secret', "0x", "-----BEGIN A-----", "a", "\\\\\\\\'"]
)
def test_a_long_line_is_cleaned_in_no_time(text):
    started = time.process_time()
    redact_text((text * 60_000)[:60_000])
    assert time.process_time() - started < 2  # 19 s when each eyJ was read to the end


@pytest.mark.parametrize("before", ["\\n", "Bearer ", "token=", "somehost.", "x", '"', "-"])
def test_a_token_is_found_behind_whatever_stands_before_it(before):
    assert JWT.split(".")[1] not in redact_text(f"{before}{JWT} and more")
