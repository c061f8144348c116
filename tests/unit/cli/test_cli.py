"""The command line against the very handlers, through HTTP's own shapes."""

import json
import re
import stat
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from dutchbook import cli
from dutchbook.domain.pair import PairStatus
from dutchbook.domain.venue import Venue
from tests.support.api import POLICY, Api
from tests.support.builders import NOW
from tests.support.markets import a_market, a_pair

KEY = "11" * 32
BASE = POLICY.origin


def now():
    return NOW


@pytest.fixture
def api(monkeypatch, tmp_path):
    """The API behind `requests`."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DUTCHBOOK_API", BASE)
    monkeypatch.setenv("DUTCHBOOK_KEY", KEY)
    api = Api()

    api.operator = False

    def serve(request):
        parts = urlsplit(request.url)
        wallet = None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token:
            wallet, _ = api.tokens.verify(token, api.clock.now_ms() // 1000)
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        answer = api.call(
            request.method,
            parts.path,
            body,
            wallet=wallet,
            operator=api.operator,
            query=dict(parse_qsl(parts.query)),
        )
        return answer.status, dict(answer.headers), answer.text

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(f"{BASE}/.*"), callback=serve)
        yield api


def run(capsys, *arguments):
    code = cli.main(["--json", *arguments], now)
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


LIMITS = ["--max-position", "100", "--min-profit", "2", "--max-trades", "50", "--stop-loss", "5"]


def test_sign_in_register_activate_status(api, capsys, tmp_path):
    code, session, _ = run(capsys, "login")
    assert (code, set(session)) == (0, {"wallet", "expires_at"})
    kept = tmp_path / "dutchbook" / "session.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert KEY not in kept.read_text()
    _, made, _ = run(capsys, "register", "--platforms", "kalshi,polymarket", *LIMITS)
    agent = made["agent_id"]
    assert run(capsys, "activate", agent)[1]["state"] == "active"
    assert run(capsys, "status", agent)[1]["agent"]["active"] is True
    assert run(capsys, "trades", agent, "--limit", "5")[1] == []
    assert [one["agent_id"] for one in run(capsys, "agents")[1]] == [agent]
    assert run(capsys, "alerts", agent)[1] == []
    assert run(capsys, "remove", agent)[2].endswith("deactivate it first\n")
    assert run(capsys, "deactivate", agent)[1]["state"] == "inactive"
    assert run(capsys, "remove", agent, "--hand-over")[1] == {"agent_id": agent, "removed": True}
    assert run(capsys, "agents")[1] == []


def test_what_the_api_refuses_is_said_and_ends_with_1(api, capsys):
    run(capsys, "login")
    code, out, err = run(capsys, "register", "--platforms", "kalshi", *LIMITS[:-1], "500")
    assert (code, out) == (1, None)
    assert "stopLoss" in err


def test_without_a_session_or_a_key_the_next_step_is_named(api, capsys, monkeypatch, tmp_path):
    assert "run login first" in run(capsys, "agents")[2]
    monkeypatch.setenv("DUTCHBOOK_KEY", "abc")
    code, _, err = run(capsys, "login")
    assert (code, "abc" in err, "--key-file" in err) == (1, False, True)
    assert run(capsys, "login", "--key-file", str(tmp_path / "none"))[0] == 1


def test_a_key_may_come_from_a_file(api, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("DUTCHBOOK_KEY")
    (tmp_path / "key").write_text(f"0x{KEY}\n")
    assert run(capsys, "login", "--key-file", str(tmp_path / "key"))[0] == 0


def test_operators_decide_on_pairs_and_throw_the_kill_switch(api, capsys):
    markets = [a_market(Venue.KALSHI), a_market(Venue.POLYMARKET)]
    api.markets.put_markets(markets)
    pair = a_pair(*markets)
    api.markets.put_pair(pair)
    run(capsys, "login")
    assert run(capsys, "kill", "--reason", "test")[0] == 1
    api.operator = True
    assert run(capsys, "kill", "--reason", "test")[1]["trading"] is False
    assert run(capsys, "resume", "--reason", "test")[1]["trading"] is True
    assert run(capsys, "pairs")[1][0]["pair_id"] == pair.pair_id
    read = run(capsys, "pair", pair.pair_id)[1]
    assert [market["venue"] for market in read["markets"]] == ["kalshi", "polymarket"]
    approve = ("approve", pair.pair_id, "--reason", "read", "--rules-hash")
    api.markets.all_pairs[pair.pair_id] = replace(pair, status=PairStatus.PROPOSED)
    assert run(capsys, *approve, "0" * 16)[0] == 1
    assert run(capsys, *approve, read["rules_hash"])[1]["status"] == "approved"
    assert run(capsys, "reject", pair.pair_id, "--reason", "no")[1]["status"] == "rejected"
    assert api.markets.pair(pair.pair_id).status is PairStatus.REJECTED


def test_an_api_that_is_down_is_said(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DUTCHBOOK_KEY", KEY)
    with responses.RequestsMock():
        code, _, err = run(capsys, "--api", "https://nobody.example", "login")
    assert (code, "does not answer" in err) == (1, True)


def test_people_get_lines_rather_than_json(api, capsys):
    cli.main(["login"], now)
    cli.main(["agents"])
    out = capsys.readouterr().out
    assert "wallet: 0x" in out
    assert "(none)" in out


def test_wrong_usage_ends_with_2(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["register"])
    assert ended.value.code == 2


class Elsewhere:
    """A host that is not the API: it notes what it is sent and answers what the test says."""

    def __init__(self, mock, base, answer):
        self.asked = []
        self.answer = answer
        for method in ("GET", "POST"):
            mock.add_callback(method, re.compile(f"{re.escape(base)}/.*"), callback=self.serve)

    def serve(self, request):
        self.asked.append(request)
        return self.answer


@pytest.fixture
def mock():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize("flag", [True, False])
def test_the_token_goes_to_the_api_that_gave_it_and_nowhere_else(api, capsys, monkeypatch, flag):
    run(capsys, "login")
    other = "https://evil.example"
    if not flag:
        monkeypatch.setenv("DUTCHBOOK_API", other)
    code, _, err = run(capsys, *(["--api", other] if flag else []), "agents")
    # nothing answers there: had it been asked, that is what would have been said
    assert (code, "run login for https://evil.example" in err) == (1, True)
    assert run(capsys, "--api", BASE, "agents")[0] == 0


@pytest.mark.parametrize(
    "base",
    [
        "http://api.example",
        "http://localhost.evil.example",
        "ftp://localhost",
        "localhost:8080",
        "https://user:password@api.example",
        "https://",
        "http://[::1",
        "https://api.example/?x=1",
    ],
)
def test_an_address_that_a_token_must_not_travel_to_is_refused(api, capsys, base):
    code, _, err = run(capsys, "--api", base, "login")
    assert (code, "--api" in err) == (1, True)


@pytest.mark.parametrize("base", ["http://localhost:8080", "http://127.0.0.1:1/", "http://[::1]:8080", BASE])
def test_this_machine_may_be_asked_in_the_clear(base):
    assert cli.base_url(base) == base.rstrip("/")


def test_a_redirect_is_not_followed(monkeypatch, mock, tmp_path, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DUTCHBOOK_KEY", KEY)
    place = Elsewhere(mock, BASE, (302, {"Location": "https://evil.example/x"}, ""))
    code, _, err = run(capsys, "--api", BASE, "login")
    assert (code, "302" in err, len(place.asked)) == (1, True, 1)


@pytest.mark.parametrize("text", ["[]", "null", "7", '"x"', "<html>", "{"])
@pytest.mark.parametrize("status", [200, 401, 500])
def test_what_is_no_answer_of_ours_ends_with_words(monkeypatch, mock, tmp_path, capsys, status, text):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DUTCHBOOK_KEY", KEY)
    Elsewhere(mock, BASE, (status, {}, text))
    code, out, err = run(capsys, "--api", BASE, "login")
    assert (code, out) == (1, None)
    assert err.startswith("dutchbook: ")
    session = tmp_path / "dutchbook" / "session.json"
    session.parent.mkdir(exist_ok=True)
    session.write_text(json.dumps({"api": BASE, "token": "t", "wallet": "0x"}))
    code, out, err = run(capsys, "--api", BASE, "agents")
    assert (code, err.startswith("dutchbook: ")) == (1, True)


@pytest.mark.parametrize("kept", ["", "[]", "{}", "null", '{"token": "t", "wallet": "0x"}'])
def test_a_session_file_that_is_none_asks_for_a_login(api, capsys, tmp_path, kept):
    session = tmp_path / "dutchbook" / "session.json"
    session.parent.mkdir()
    session.write_text(kept)
    assert "run login first" in run(capsys, "agents")[2]


def test_a_binary_key_file_is_said(api, capsys, tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00\x80")
    assert "no text" in run(capsys, "login", "--key-file", str(tmp_path / "key"))[2]


def test_the_session_file_was_never_open_to_others(api, capsys, tmp_path):
    folder = tmp_path / "dutchbook"
    folder.mkdir()
    mine, kept = folder / "session.json", tmp_path / "kept"
    kept.write_text("x")
    mine.symlink_to(kept)
    run(capsys, "login")
    assert not mine.is_symlink()
    assert kept.read_text() == "x"
    with mine.open() as reader:  # opened while anybody could read it
        mine.chmod(0o644)
        run(capsys, "login")
        assert stat.S_IMODE(mine.stat().st_mode) == 0o600
        assert json.load(reader)["token"] != json.loads(mine.read_text())["token"] or not mine.samefile(
            f"/proc/self/fd/{reader.fileno()}"
        )


def test_json_may_stand_behind_the_command_too(api, capsys):
    cli.main(["login", "--json"], now)
    assert json.loads(capsys.readouterr().out)["wallet"]
    cli.main(["--json", "agents"])
    assert json.loads(capsys.readouterr().out) == []


def test_what_others_wrote_cannot_steer_the_terminal(api, capsys, monkeypatch, mock, tmp_path):
    place = "http://localhost:9"
    session = tmp_path / "dutchbook" / "session.json"
    session.parent.mkdir(exist_ok=True)
    session.write_text(json.dumps({"api": place, "token": "t", "wallet": "0x"}))
    steering = "\x1b]0;owned\x07 \x9b31m \u202e"
    there = Elsewhere(mock, place, (200, {}, json.dumps({"items": [{"title": steering}]})))
    for said in (200, 409):
        there.answer = (said, {}, json.dumps({"items": [{"title": steering}], "detail": steering}))
        cli.main(["--api", place, "pairs"])
        out = "".join(capsys.readouterr())
        assert "owned" in out
        assert not set(steering) & set(out) - set("]0;owned 31m")
