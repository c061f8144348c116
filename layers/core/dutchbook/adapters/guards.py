"""The Guards table: things that may happen once. `id` is the key, `expiration` (Unix seconds) its TTL.

TTL only tidies up, days late at worst: every condition here looks at the time itself.
"""

from dutchbook.adapters.dynamo import ConditionFailed, Table, Write


class DynamoNonces:
    """Satisfies `dutchbook.usecases.sign_in.Nonces`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, nonce: str, expires_at: int) -> None:
        item = {"id": f"NONCE#{nonce}", "expiration": expires_at}
        # excludes giving the same nonce twice, however unlikely 128 bits make it
        self._table.write(Write.put(item, "attribute_not_exists(#id)"))

    def consume(self, nonce: str, now: int) -> bool:
        try:
            # excludes a second sign-in with one message: only one delete finds it, and only in time
            self._table.write(
                Write.delete(
                    {"id": f"NONCE#{nonce}"}, "attribute_exists(#id) AND #expiration > :now", now=now
                )
            )
        except ConditionFailed:
            return False
        return True
