"""`dutchbook.ports.notices.Alerts` in the Ledger table, kept like all there: AGENT#id / ALERT#ms#hash."""

import json
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item, Table, Write
from dutchbook.domain.ids import short_hash
from dutchbook.ports.notices import Alert, Notice
from dutchbook.ports.paging import Page

_PREFIX = "ALERT#"
_TEXTS = ("kind", "what", "next_step", "trade_id", "venue")


class DynamoAlerts:
    """What was said of each agent, for the page and the person who was asleep."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, alert: Alert) -> None:
        # unconditional: the key is computed from what is said and when, so saying it again changes nothing
        self._table.write(Write.put(_to_item(alert)))

    def of_agent(self, agent_id: str, limit: int, start: str = "") -> Page[Alert]:
        found, following = self._table.query(
            "#pk = :pk AND begins_with(#sk, :prefix)",
            pk=keys.agent(agent_id),
            prefix=_PREFIX,
            descending=True,
            limit=limit,
            start=start,
        )
        return Page(tuple(_from_item(item) for item in found), following)


def _to_item(alert: Alert) -> Item:
    said = {name: getattr(alert.notice, name) for name in _TEXTS}
    ms = int(alert.at.timestamp() * 1000)
    return {
        "pk": keys.agent(alert.notice.agent_id),
        "sk": f"{_PREFIX}{ms:013d}#{short_hash(json.dumps(said, sort_keys=True))}",
        "schema_version": SCHEMA_VERSION,
        "agent_id": alert.notice.agent_id,
        "at": alert.at.isoformat(),
        **said,
    }


def _from_item(item: Item) -> Alert:
    notice = Notice(agent_id=item["agent_id"], **{name: item[name] for name in _TEXTS})
    return Alert(datetime.fromisoformat(item["at"]), notice)
