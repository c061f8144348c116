"""What was written down: audit as JSON and CSV, alerts, and markets by their keys."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from dutchbook.domain.venue import Venue
from dutchbook.ports.agents import AuditEntry
from dutchbook.ports.notices import Alert, Notice
from tests.support.api import Api, registration
from tests.support.builders import NOW
from tests.support.markets import a_market

OTHER = "0x" + "cd" * 20


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def agent_id(api):
    return api.call("POST", "/api/agent/register", registration()).body["agent_id"]


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_audit_is_a_table_for_a_spreadsheet(api, agent_id):
    said = '=HYPERLINK("http://x")\n"quoted", comma'
    api.agents.write_audit(agent_id, AuditEntry(NOW, OTHER, "state", {"reason": said}))
    answer = api.call("GET", f"/api/agent/{agent_id}/audit", query={"format": "csv"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="audit-{agent_id}.csv"'
    assert "Link" not in answer.headers
    assert {row["action"] for row in rows(answer)} == {"register", "state"}
    for row in rows(answer):
        assert set(row) == {"at", "actor", "action", "detail"}
        assert not row["detail"].startswith(("=", "+", "-", "@"))


def test_the_next_page_of_the_table_is_linked(api, agent_id):
    for number in range(3):
        entry = AuditEntry(NOW + timedelta(seconds=number + 1), OTHER, f"act-{number}", {})
        api.agents.write_audit(agent_id, entry)
    path, query = f"/api/agent/{agent_id}/audit", {"format": "csv", "limit": "2"}
    first = api.call("GET", path, query=query)
    target, _, rel = first.headers["Link"].partition(">; ")
    assert rel == 'rel="next"'
    cursor = target.partition("cursor=")[2]
    second = api.call("GET", path, query=query | {"cursor": cursor})
    seen = [row["action"] for answer in (first, second) for row in rows(answer)]
    assert seen == ["act-2", "act-1", "act-0", "register"]
    assert "Link" not in second.headers


def test_alerts_are_the_owners_newest_first(api, agent_id):
    for minute, what in enumerate(("first", "second")):
        notice = Notice("quarantined", agent_id, what, "Look at the trade.", "trd_1", "kalshi")
        api.alerts.add(Alert(NOW + timedelta(minutes=minute), notice))
    api.alerts.add(Alert(NOW, Notice("paused", "agt_other", "not yours", "-")))
    path = f"/api/agent/{agent_id}/alerts"
    items = api.call("GET", path).body["items"]
    assert [item["what"] for item in items] == ["second", "first"]
    assert items[0] == {
        "at": "2026-11-23T12:01:00.000Z",
        "kind": "quarantined",
        "what": "second",
        "next_step": "Look at the trade.",
        "trade_id": "trd_1",
        "venue": "kalshi",
    }
    assert api.call("GET", path, wallet=OTHER).status == 404


def test_markets_come_by_their_keys_and_unknown_ones_not_at_all(api):
    market = replace(a_market(Venue.KALSHI), title="Will it rain?")
    api.markets.put_markets([market])
    keys = f"kalshi:NOBODY,{market.key}, {market.key}"
    answer = api.call("GET", "/api/markets", query={"keys": keys})
    assert [item["title"] for item in answer.body["items"]] == ["Will it rain?"]
    assert answer.body["items"][0]["book"] is None


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "kalshi",
        "kalshi:",
        "nowhere:A",
        ",".join(f"kalshi:{number}" for number in range(21)),
        "kalshi:" + "A" * 194,  # a table's key holds 1,024 bytes
        "kalshi:" + "Ж" * 100,
    ],
)
def test_keys_that_name_no_market_are_refused(api, keys):
    answer = api.call("GET", "/api/markets", query={"keys": keys})
    assert answer.status == 422
    assert answer.fields == {"keys"}
