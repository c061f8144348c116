"""`dutchbook.ports.notices.Notifier` on SNS: one format, each thing said once, and kept for the owner."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from dutchbook.adapters import aws
from dutchbook.adapters.dynamo import ConditionFailed, Table, Write
from dutchbook.ports.clock import Clock, utc
from dutchbook.ports.notices import Alert, Alerts, Notice

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SENDING_SECONDS = 30
"""A sender that has not noted after so long that its notice went out is taken for dead: the next one sends.

Shorter than the minute after which the sweeper looks at a trade that has ended, longer than a publish takes.
"""
_SUBJECT_LENGTH = 100
"""SNS refuses longer subjects, and anything but printable ASCII in them."""


class SnsNotifier:
    """Publishes notices; a marker in the Guards table keeps one from being sent twice.

    The marker is a short lease until SNS has the notice, and only then lasts: a Lambda that dies in between
    leaves a notice that the next one sends.
    """

    def __init__(
        self,
        topic_arn: str,
        guards: Table,
        alerts: Alerts,
        clock: Clock,
        client: "Callable[[], SNSClient]" = aws.sns,
    ) -> None:
        self._topic_arn = topic_arn
        self._guards = guards
        self._alerts = alerts
        self._clock = clock
        self._client = client

    def send(self, notice: Notice) -> None:
        if notice.dedupe_key and not self._mark(notice.dedupe_key):
            return
        try:
            if notice.agent_id:
                self._alerts.add(Alert(utc(self._clock.now_ms()), notice))
            with aws.service_errors("notify"):
                self._client().publish(
                    TopicArn=self._topic_arn,
                    Subject=subject(notice),
                    Message=message(notice, self._clock.now_ms()),
                    MessageAttributes={"kind": {"DataType": "String", "StringValue": notice.kind}},
                )
        except Exception:
            # said twice is better than not at all: the next try must not find itself marked as done
            if notice.dedupe_key:
                self._guards.write(Write.delete(_marker(notice.dedupe_key)))
            raise
        if notice.dedupe_key:
            # no condition: it went out, whoever has marked it since
            lasting = self._clock.now_ms() // 1000 + notice.once_seconds
            self._guards.write(Write.put({**_marker(notice.dedupe_key), "expiration": lasting}))

    def _mark(self, key: str) -> bool:
        now = self._clock.now_ms() // 1000
        try:
            # excludes a second message about the same thing, and two senders at once; TTL removes late, so
            # the time is compared
            self._guards.write(
                Write.put(
                    {**_marker(key), "expiration": now + SENDING_SECONDS},
                    "attribute_not_exists(#id) OR #expiration <= :now",
                    now=now,
                )
            )
        except ConditionFailed:
            return False
        return True


def _marker(key: str) -> dict[str, str]:
    return {"id": f"NOTICE#{key}"}


def subject(notice: Notice) -> str:
    text = f"Dutchbook {notice.kind}: {notice.what}"
    return "".join(sign if " " <= sign <= "~" else "?" for sign in text)[:_SUBJECT_LENGTH]


def message(notice: Notice, now_ms: int) -> str:
    """The one format, as JSON: kind, what, agent, trade, venue, what happens next, when (RFC 3339)."""
    return json.dumps(
        {
            "kind": notice.kind,
            "what": notice.what,
            "agent_id": notice.agent_id,
            "trade_id": notice.trade_id,
            "venue": notice.venue,
            "next_step": notice.next_step,
            "at": utc(now_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
        ensure_ascii=False,
    )
