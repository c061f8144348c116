"""Each symptom rings, whoever hears it is told what to do, and every figure that is named is written."""

import json
import re
from typing import Any

import pytest

from dutchbook.entry.metrics import FIGURES
from local.template import ROOT
from tests.support.expanded import resources

ALARMS = {name: alarm["Properties"] for name, alarm in resources("AWS::CloudWatch::Alarm").items()}
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
(DASHBOARD,) = resources("AWS::CloudWatch::Dashboard").values()
BODY = DASHBOARD["Properties"]["DashboardBody"]["Fn::Sub"]
UNHEARD = {"AuthorizeFunction", "RegisterFunction", "StatusFunction", "NotifyFunction"}
"""Functions whose errors ring another bell: the API's errors, or a notice that was not delivered."""


def anchors(markdown: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ +(.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings} | set(
        re.findall(r'<a (?:id|name)="([\w-]+)"', markdown)
    )


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    if "Metrics" not in alarm:
        return [alarm]
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_is_wrong_and_where_the_way_out_is_written(name: str) -> None:
    told = re.fullmatch(r"(.{10,}\.) See docs/runbook\.md#([\w-]+)", ALARMS[name]["AlarmDescription"])
    assert told, name
    assert told[2] in anchors(RUNBOOK)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_calls_somebody(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "NotifyTopic"}]


def test_alarms_ring_on_figures_that_are_written() -> None:
    named = {
        metric["MetricName"]
        for alarm in ALARMS.values()
        for metric in metrics_of(alarm)
        if metric["Namespace"] == "Dutchbook"
    }
    assert named
    assert named <= FIGURES.keys()


def test_a_function_that_fails_is_heard() -> None:
    watched = {
        dimension["Value"]["Ref"]
        for alarm in ALARMS.values()
        for metric in metrics_of(alarm)
        if (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "Errors")
        for dimension in metric["Dimensions"]
    }
    assert watched | UNHEARD == set(resources("AWS::Lambda::Function"))


def test_one_lost_venue_or_a_pass_out_of_time_in_two_passes_rings_the_catalogues_bell() -> None:
    alarm = ALARMS["CatalogueAlarm"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 2)
    heard = {(metric["Namespace"], metric["MetricName"]) for metric in metrics_of(alarm)}
    assert heard == {
        ("AWS/Lambda", "Errors"),
        ("AWS/States", "ExecutionsFailed"),
        ("AWS/States", "ExecutionsTimedOut"),
    }
    counted = next(each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
    assert all(each["Id"] in counted for each in alarm["Metrics"] if "MetricStat" in each)


def test_the_dashboard_is_json_and_shows_every_figure_of_the_business() -> None:
    widgets = json.loads(BODY)["widgets"]
    shown = {
        metric[1]
        for widget in widgets
        for metric in widget["properties"]["metrics"]
        if metric[0] == "Dutchbook"
    }
    assert shown <= FIGURES.keys()
    assert FIGURES.keys() - shown <= {"TradesEnded", "SettleFailures"}


def test_the_dashboard_names_functions_and_queues_that_exist() -> None:
    named = set(re.findall(r'"(?:FunctionName|QueueName)", "dutchbook-\$\{Stage\}-([\w-]+)"', BODY))
    functions = resources("AWS::Lambda::Function").values()
    queues = resources("AWS::SQS::Queue").values()
    made = [each["Properties"]["FunctionName"] for each in functions]
    made += [each["Properties"]["QueueName"] for each in queues]
    assert named
    assert named <= {each["Fn::Sub"].removeprefix("dutchbook-${Stage}-") for each in made}


def test_widgets_do_not_cover_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in json.loads(BODY)["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken, widget["properties"]["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
