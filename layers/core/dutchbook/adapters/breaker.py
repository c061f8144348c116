"""A venue's circuit breaker, shared by all functions: Powertools' breaker with its state in Guards.

Five failures in a row open it for half a minute; then one caller probes, and one success closes it. One and
no more, because the breaker counts a probe's successes by thread, and ours do not live that long: a probe in
a thread of its own that is answered with a 429 or a refusal is nobody's, and the next one comes half a minute
later. While the table cannot be read the breaker counts as closed: it must not become the outage that it is
there for.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, circuit_breaker
from aws_lambda_powertools.utilities.circuit_breaker.exceptions import CircuitBreakerOpenError
from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence

from dutchbook.adapters import aws
from dutchbook.domain.errors import BreakerOpen, OutcomeUnknown, VenueUnreachable
from dutchbook.domain.venue import Venue

CONFIG = CircuitBreakerConfig(
    failure_threshold=5,
    recovery_timeout=30,
    success_threshold=1,
    # a venue that answers, be it with a refusal or a 429, is there
    handled_exceptions=(VenueUnreachable, OutcomeUnknown),
    local_cache_max_age=5,
)


class DynamoBreakers:
    """Makes the venues' breakers. The items' key is ``BREAKER#venue``, their TTL `expiration`."""

    def __init__(self, guards_table: str, config: CircuitBreakerConfig = CONFIG) -> None:
        self._store = CircuitBreakerDynamoDBPersistence(guards_table, boto3_client=aws.dynamodb())
        self._config = config

    def of(self, venue: Venue) -> Callable[[Callable[[], Any]], Any]:
        """Runs calls while the breaker is closed; raises BreakerOpen (NotSent) while it is open."""

        @circuit_breaker(name=f"BREAKER#{venue}", config=self._config, persistence_store=self._store)
        def guarded(call: Callable[[], Any]) -> Any:
            return call()

        def guard(call: Callable[[], Any]) -> Any:
            try:
                return guarded(call)
            except CircuitBreakerOpenError as error:
                raise BreakerOpen(f"{venue}: too many failures in a row, nothing is sent for now") from error

        return guard
