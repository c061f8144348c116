"""The kill switch, and with it in one read all that decides whether an order may leave: a leg's Lambda asks
for it just before it sends.
"""

from dutchbook.adapters import keys
from dutchbook.adapters.agent_items import (
    agent_from_item,
    day_from_item,
    text_to_time,
    time_to_text,
    totals_from_item,
)
from dutchbook.adapters.dynamo import SCHEMA_VERSION, Item, Table
from dutchbook.ports.agents import DayCount, Totals
from dutchbook.ports.ledger import Clearance, Control


def read_clearance(table: Table, agent_id: str, day: str, *, simulated: bool) -> Clearance:
    """Each item strongly consistent; together they are no snapshot, nor need they be: any of them says no."""
    profile, totals = keys.profile(agent_id), keys.totals(agent_id, simulated)
    counted = keys.day(agent_id, simulated, day)
    items = table.get_many([keys.CONTROL, profile, totals, counted])
    found = {(item["pk"], item["sk"]): item for item in items}

    def read(key: keys.Pair) -> Item | None:
        return found.get((key["pk"], key["sk"]))

    agent, sums, today = read(profile), read(totals), read(counted)
    return Clearance(
        control_from_item(read(keys.CONTROL)),
        agent_from_item(agent) if agent else None,
        day_from_item(day, today) if today else DayCount(day),
        totals_from_item(sums) if sums else Totals(),
    )


def control_to_item(control: Control) -> Item:
    return {
        **keys.CONTROL,
        "schema_version": SCHEMA_VERSION,
        "trading": control.trading,
        "reason": control.reason,
        "updated_at": time_to_text(control.updated_at),
        "updated_by": control.updated_by,
    }


def control_from_item(item: Item | None) -> Control:
    """Trading, unless somebody has said otherwise."""
    if item is None:
        return Control()
    return Control(item["trading"], item["reason"], text_to_time(item["updated_at"]), item["updated_by"])
