"""Tokens: only ours, only in time, only with a key that still counts; and the authorizer that asks."""

import base64
import json
from dataclasses import dataclass

import jwt
import pytest

from dutchbook.domain.errors import StoreUnavailable
from dutchbook.entry.authorizer import authorize
from dutchbook.entry.bootstrap.authorize import AuthorizeServices
from dutchbook.entry.token_keys import InvalidKeys, KeyRing, TokenKeys
from dutchbook.entry.tokens import InvalidToken, Tokens
from tests.support.api import FixedClock
from tests.support.builders import NOW_MS, WALLET

NOW = NOW_MS // 1000
OLD, NEW = "o" * 64, "n" * 64
BEFORE = json.dumps({"kid": "k1", "current": OLD})
ROTATED = json.dumps({"kid": "k2", "current": NEW, "previous_kid": "k1", "previous": OLD})
FINISHED = json.dumps({"kid": "k2", "current": NEW})
REFUSED = {"isAuthorized": False}


def tokens(secret=BEFORE, audience="dutchbook.example"):
    return Tokens(KeyRing(lambda: secret), audience)


def claims(**changes):
    base = {
        "iss": "dutchbook",
        "aud": "dutchbook.example",
        "sub": WALLET,
        "iat": NOW,
        "exp": NOW + 900,
        "jti": "x",
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def signed(body, key=OLD, kid="k1", algorithm="HS256"):
    return jwt.encode(body, key, algorithm, headers={"kid": kid} if kid else None)


def unsigned(body):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'k1'})}.{part(body)}."


def test_a_token_says_whose_it_is_until_it_expires():
    token, expires_at = tokens().issue(WALLET, NOW)
    assert expires_at == NOW + 900
    assert tokens().verify(token, NOW) == (WALLET, expires_at)
    assert tokens().verify(token, expires_at - 1) == (WALLET, expires_at)
    with pytest.raises(InvalidToken):
        tokens().verify(token, expires_at)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        unsigned(claims()),
        signed(claims(), key=NEW),
        signed(claims(), kid="k9"),
        signed(claims(), kid=""),
        signed(claims(), algorithm="HS384"),
        signed(claims(aud="evil.example")),
        signed(claims(iss="evil")),
        signed(claims(exp=NOW)),
        signed(claims(iat=NOW + 61)),
        signed(claims(exp="9" * 12)),
        *[signed(claims(**{name: None})) for name in ("iss", "aud", "sub", "iat", "exp", "jti")],
    ],
)
def test_what_is_not_a_token_of_ours_is_refused(token):
    with pytest.raises(InvalidToken):
        tokens().verify(token, NOW)


def test_every_changed_character_of_a_token_fails():
    token, _ = tokens().issue(WALLET, NOW)
    head, body, tag = token.split(".")
    for place in range(len(token)):
        if token[place] == "." or place == len(head) + len(body) + len(tag) + 1:
            continue  # the last character of the tag holds bits that base64 drops
        mutated = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(InvalidToken):
            tokens().verify(mutated, NOW)


def test_a_rotated_key_still_verifies_until_it_is_taken_out():
    token, _ = tokens(BEFORE).issue(WALLET, NOW)
    assert tokens(ROTATED).verify(token, NOW)[0] == WALLET
    with pytest.raises(InvalidToken):
        tokens(FINISHED).verify(token, NOW)
    fresh, _ = tokens(ROTATED).issue(WALLET, NOW)
    assert jwt.get_unverified_header(fresh)["kid"] == "k2"
    with pytest.raises(InvalidToken):
        tokens(BEFORE).verify(fresh, NOW)


def test_keys_are_read_again_after_five_minutes():
    stored, at = [BEFORE], [0.0]
    ring = KeyRing(lambda: stored[0], lambda: at[0])
    assert ring.keys().kid == "k1"
    stored[0] = ROTATED
    at[0] = 299.0
    assert ring.keys().kid == "k1"
    at[0] = 300.0
    assert ring.keys().kid == "k2"


@dataclass
class Store:
    """A secret that can be rotated, or be away."""

    text: str = BEFORE
    away: bool = False
    reads: int = 0

    def load(self):
        self.reads += 1
        if self.away:
            raise StoreUnavailable("throttled")
        return self.text


def test_a_token_signed_with_a_key_rotated_in_a_moment_ago_is_good_at_once():
    store, at = Store(), [0.0]
    verifier = Tokens(KeyRing(store.load, lambda: at[0]), "dutchbook.example")
    verifier.verify(tokens().issue(WALLET, NOW)[0], NOW)
    store.text, at[0] = ROTATED, 60.0
    fresh, expires_at = tokens(ROTATED).issue(WALLET, NOW)
    assert verifier.verify(fresh, NOW) == (WALLET, expires_at)
    assert store.reads == 2


def test_made_up_key_ids_do_not_become_calls_to_the_store():
    store, at = Store(), [0.0]
    verifier = Tokens(KeyRing(store.load, lambda: at[0]), "dutchbook.example")
    for second in range(20):
        at[0] = 60.0 + second
        with pytest.raises(InvalidToken):
            verifier.verify(signed(claims(), kid=f"made-up-{second}"), NOW)
    assert store.reads <= 3


def test_keys_in_hand_serve_on_while_no_others_can_be_read_but_not_for_ever():
    store, at = Store(), [0.0]
    ring = KeyRing(store.load, lambda: at[0])
    assert ring.keys().kid == "k1"
    store.away = True
    for at[0] in (300.0, 305.0, 899.0):
        assert ring.keys().kid == "k1"
    assert store.reads == 3, "tried again, but not at each request"
    at[0] = 900.0
    with pytest.raises(StoreUnavailable):
        ring.keys()
    store.away, store.text, at[0] = False, ROTATED, 901.0
    assert ring.keys().kid == "k2"


def test_a_rotation_that_was_written_wrong_leaves_the_keys_in_hand():
    store, at = Store(), [0.0]
    ring = KeyRing(store.load, lambda: at[0])
    ring.keys()
    store.text, at[0] = "{}", 300.0
    assert ring.keys().kid == "k1"


def test_two_keys_under_one_id_are_refused():
    """The older would have signed, silently."""
    one = json.dumps({"kid": "k1", "current": NEW, "previous_kid": "k1", "previous": OLD})
    with pytest.raises(InvalidKeys, match="previous_kid"):
        TokenKeys.parse(one)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"kid":"k1"}', '{"kid":"k1","current":"short"}', '{"kid":"k1","current":7}', "null"],
)
def test_a_secret_of_another_shape_is_refused_and_not_repeated(text):
    with pytest.raises(InvalidKeys) as error:
        TokenKeys.parse(text)
    assert "short" not in str(error.value).replace("shorter", "")


def test_keys_do_not_print():
    keys = TokenKeys.parse(ROTATED)
    assert NEW not in repr(keys)
    assert NEW not in repr(Tokens(KeyRing(lambda: ROTATED), "x"))


@pytest.fixture
def parts():
    return AuthorizeServices(tokens(), FixedClock(), frozenset({WALLET}))


def ask(parts, header):
    return authorize({} if header is None else {"identitySource": [header]}, parts)


def test_the_authorizer_names_the_wallet_and_its_role(parts):
    token, expires_at = parts.tokens.issue(WALLET, NOW)
    context = {"wallet": WALLET, "operator": True, "expires_at": expires_at}
    for scheme in ("Bearer", "bearer"):
        assert ask(parts, f"{scheme} {token}") == {"isAuthorized": True, "context": context}
    other, _ = parts.tokens.issue("0x" + "cd" * 20, NOW)
    assert ask(parts, f"Bearer {other}")["context"]["operator"] is False


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer x.y.z", "Bearer " + "a" * 5000]
)
def test_the_authorizer_refuses_what_is_no_token(parts, header):
    assert ask(parts, header) == REFUSED
    assert authorize({}, parts) == REFUSED


def test_the_authorizer_refuses_expired_forged_and_unsigned_tokens(parts):
    token, expires_at = parts.tokens.issue(WALLET, NOW)
    parts.clock.ms = expires_at * 1000
    assert ask(parts, f"Bearer {token}") == REFUSED
    for forged in (unsigned(claims(exp=2**33)), signed(claims(exp=2**33), key=NEW)):
        assert ask(parts, f"Bearer {forged}") == REFUSED
