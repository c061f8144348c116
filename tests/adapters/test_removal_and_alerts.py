"""Taking an agent out, and what its owner was told: in both stores, as the ports promise."""

from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from dutchbook.adapters.alerts import DynamoAlerts
from dutchbook.adapters.notifier import SnsNotifier
from dutchbook.domain.agent import AgentState
from dutchbook.domain.errors import NotFound, WrongState
from dutchbook.ports.notices import Alert, Notice
from tests.support.api import MemoryAlerts
from tests.support.builders import NOW, WALLET, a_limits, a_trade, an_agent


def test_a_removed_agent_is_on_no_list_and_its_audit_stays(money):
    money.agents.add(replace(an_agent("agt_1"), state=AgentState.INACTIVE))
    money.agents.add(an_agent("agt_2"))
    money.agents.remove("agt_1", AgentState.INACTIVE, "12 YES of kalshi:A", WALLET)
    assert money.agents.get("agt_1") is None
    assert [agent.agent_id for agent in money.agents.of_wallet(WALLET, 10).items] == ["agt_2"]
    (entry,) = money.agents.audit("agt_1", 10).items
    assert (entry.action, entry.actor, entry.detail) == (
        "remove",
        WALLET,
        {"handed_over": "12 YES of kalshi:A"},
    )
    with pytest.raises(NotFound):
        money.agents.remove("agt_1", AgentState.INACTIVE, "", WALLET)


def test_an_agent_that_was_activated_meanwhile_is_not_removed(money):
    money.agents.add(an_agent("agt_1"))
    with pytest.raises(WrongState):
        money.agents.remove("agt_1", AgentState.INACTIVE, "", WALLET)
    assert money.agents.get("agt_1").state is AgentState.ACTIVE


def test_trades_are_under_way_until_they_have_ended(money):
    money.agents.add(an_agent("agt_1"))
    assert money.ledger.under_way("agt_1") == []
    money.ledger.reserve(a_trade("trd_01", "agt_1"), a_limits())
    assert money.ledger.under_way("agt_1") == ["trd_01"]
    assert money.ledger.under_way("agt_2") == []


@pytest.fixture(params=["memory", "dynamodb"])
def alerts(request):
    return (
        MemoryAlerts()
        if request.param == "memory"
        else DynamoAlerts(request.getfixturevalue("tables").ledger)
    )


def test_alerts_come_back_as_they_were_said_newest_first(alerts):
    said = [
        Alert(
            NOW + timedelta(minutes=minute), Notice("unwound", "agt_1", what, "Nothing.", "trd_1", "kalshi")
        )
        for minute, what in enumerate(("first", "second", "third"))
    ]
    for alert in (*said, said[0]):
        alerts.add(alert)
    alerts.add(Alert(NOW, Notice("unwound", "agt_2", "another's", "Nothing.")))
    page = alerts.of_agent("agt_1", 2)
    rest = alerts.of_agent("agt_1", 2, page.next_key)
    assert [*page.items, *rest.items] == said[::-1]


def test_what_is_published_of_an_agent_is_kept_once_and_a_stacks_own_notice_is_nobodys(tables, clock):
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="notify")["TopicArn"]
    kept = MemoryAlerts()
    notifier = SnsNotifier(topic, tables.guards, kept, clock)
    told = Notice("paused", "agt_1", "six failures", "Look.", dedupe_key="paused#agt_1")
    for notice in (told, told, Notice("venue", "", "kalshi is down", "Wait.")):
        notifier.send(notice)
    assert [alert.notice for alert in kept.kept] == [told]
