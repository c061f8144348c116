"""The command line against the very handlers, through HTTP's own shapes."""

import json
import re
import stat
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
    assert run(capsys, "reject", pair.pair_id, "--reason", "no")[1]["status"] == "rejected"
    assert api.markets.pair(pair.pair_id).status is PairStatus.REJECTED


def test_an_api_that_is_down_is_said(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DUTCHBOOK_KEY", KEY)
    with responses.RequestsMock():
        code, _, err = run(capsys, "--api", "http://nobody.example", "login")
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
