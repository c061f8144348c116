"""Notices reach a chat in its own words, or say that they did not; the URL is never told."""

import json

import pytest

from dutchbook.adapters.notifier import message
from dutchbook.adapters.webhook import ATTEMPTS, Webhook, WebhookRefused, text_of
from dutchbook.domain.errors import StoreUnavailable
from dutchbook.domain.secret import Secret
from dutchbook.ports.notices import Notice
from tests.support.builders import NOW_MS
from tests.support.chat import chat

NOTICE = Notice(
    kind="quarantined",
    agent_id="agt_1",
    what="Will it rain?: legs still differ",
    next_step="The agent is halted.",
    trade_id="trd_1",
    venue="kalshi",
)


@pytest.fixture
def room():
    with chat() as room:
        yield room


def hook(room):
    slept = []
    return Webhook(Secret(room.url), slept.append), slept


def test_one_notice_is_one_message(room):
    webhook, slept = hook(room)
    webhook.send("hello")
    assert room.received == [{"text": "hello"}]
    assert slept == []


def test_discord_reads_another_field_and_everybody_a_bounded_text(room):
    webhook = Webhook(Secret("https://discord.com/api/webhooks/1/x"))
    assert webhook._field == "content"
    assert Webhook(Secret("https://notdiscord.com/x"))._field == "text"
    hook(room)[0].send("x" * 5_000)
    assert len(room.received[0]["text"]) < 2_000


@pytest.mark.parametrize("answer", [429, 500, 503])
def test_a_receiver_that_is_busy_is_tried_again(room, answer):
    room.answers, room.headers = [answer, answer], {"Retry-After": "3"}
    webhook, slept = hook(room)
    webhook.send("hello")
    assert len(room.received) == 3
    assert slept == [3, 3]


def test_a_receiver_that_stays_away_is_told_to_whoever_sent_it(room):
    room.answers = [500] * ATTEMPTS
    webhook, slept = hook(room)
    with pytest.raises(StoreUnavailable) as told:
        webhook.send("hello")
    assert slept == [1, 2, 4]
    assert "not-to-be-told" not in str(told.value)


@pytest.mark.parametrize("answer", [301, 400, 403, 404])
def test_a_receiver_that_refuses_or_points_elsewhere_is_not_asked_again(room, answer):
    room.answers, room.headers = [answer], {"Location": room.url}
    with pytest.raises(WebhookRefused) as told:
        hook(room)[0].send("hello")
    assert len(room.received) == 1
    assert "not-to-be-told" not in repr(told.value) + repr(told.value.__cause__)


def test_a_receiver_that_cannot_be_reached_is_an_outage():
    webhook = Webhook(Secret("http://127.0.0.1:9/not-to-be-told"), lambda _: None)
    with pytest.raises(StoreUnavailable) as told:
        webhook.send("hello")
    assert "not-to-be-told" not in str(told.value)


@pytest.mark.parametrize("url", ["http://hooks.example/x", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_https_is_spoken_abroad(url):
    with pytest.raises(ValueError, match="not https"):
        Webhook(Secret(url))


def test_a_notice_says_what_to_whom_where_and_what_comes_next():
    assert text_of(message(NOTICE, NOW_MS)) == (
        "Dutchbook: quarantined\n"
        "Will it rain?: legs still differ\n"
        "agent agt_1, trade trd_1, venue kalshi, at 2026-11-23T12:00:00.000Z\n"
        "Next: The agent is halted."
    )


def test_an_alarm_of_cloudwatch_names_its_runbook_entry():
    alarm = {
        "AlarmName": "dutchbook-dev-sweep-failing",
        "AlarmDescription": "The sweeper cannot look at some trades. See docs/runbook.md#sweep-failing",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed",
    }
    text = text_of(json.dumps(alarm))
    assert text.splitlines()[0] == "Dutchbook: alarm dutchbook-dev-sweep-failing is ALARM"
    assert "docs/runbook.md#sweep-failing" in text


@pytest.mark.parametrize("other", ["You have chosen to subscribe", "[1, 2]", '{"a": 1}', ""])
def test_what_is_neither_is_passed_on_as_it_is(other):
    assert text_of(other) == other
