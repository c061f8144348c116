"""Stubs of stored credentials, beside the agent in the Ledger table: AGENT#id / CREDENTIAL#venue.

Nothing secret is here; the credentials themselves are in Secrets Manager alone.
"""

from collections.abc import Sequence
from datetime import datetime

from dutchbook.adapters import keys
from dutchbook.adapters.dynamo import ConditionFailed, Item, Table, Write
from dutchbook.domain.errors import WrongState
from dutchbook.domain.venue import Venue
from dutchbook.ports.credentials import CredentialRecord

_PREFIX = "CREDENTIAL#"


class DynamoCredentials:
    """Satisfies `dutchbook.ports.credentials.CredentialRecords`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, agent_id: str, record: CredentialRecord) -> None:
        # unconditional: the newest setting wins; a secret of another one is known by its set_id
        self._table.write(Write.put(_item(agent_id, record)))

    def verified(self, agent_id: str, record: CredentialRecord) -> None:
        # excludes putting back a stub that was set anew or removed while the venue was asked
        stored = Write.put(_item(agent_id, record), "#set_id = :set_id", set_id=record.set_id)
        try:
            self._table.write(stored)
        except ConditionFailed:
            raise WrongState(f"the {record.venue} credentials were changed meanwhile: test again") from None

    def of_agent(self, agent_id: str) -> Sequence[CredentialRecord]:
        found = self._table.query_all(
            "#pk = :pk AND begins_with(#sk, :prefix)", pk=keys.agent(agent_id), prefix=_PREFIX
        )
        return [_record(item) for item in found]

    def delete(self, agent_id: str, venue: Venue) -> None:
        self._table.write(Write.delete(_key(agent_id, venue)))


def _key(agent_id: str, venue: Venue) -> dict[str, str]:
    return {"pk": keys.agent(agent_id), "sk": _PREFIX + venue.value}


def _item(agent_id: str, record: CredentialRecord) -> Item:
    return {
        **_key(agent_id, record.venue),
        "venue": record.venue.value,
        "kind": record.kind,
        "account": record.account,
        "jurisdiction": record.jurisdiction,
        "set_at": record.set_at.isoformat(),
        "verified_at": record.verified_at.isoformat() if record.verified_at else None,
        "set_id": record.set_id,
    }


def _record(item: Item) -> CredentialRecord:
    verified_at = item["verified_at"]
    return CredentialRecord(
        venue=Venue(item["venue"]),
        kind=item["kind"],
        account=item["account"],
        jurisdiction=item["jurisdiction"],
        set_at=datetime.fromisoformat(item["set_at"]),
        verified_at=datetime.fromisoformat(verified_at) if verified_at else None,
        set_id=item["set_id"],
    )
