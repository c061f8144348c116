"""One way to speak HTTP to any venue: pooled, timed, rate limited, and clear about what left.

Reads (`get`, `read_post`) are repeated and fail as NotSent. `send` carries orders: it is tried once, never
repeated here, and tells what certainly never left (NotSent) from what may have arrived (OutcomeUnknown).
Redirects, cookies and .netrc are off: a signed request goes to the host it was signed for, or nowhere.
"""

import copy
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import NoReturn

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from dutchbook.domain.errors import (
    BreakerOpen,
    DutchbookError,
    NotSent,
    OutcomeUnknown,
    QuestionRefused,
    VenueThrottled,
    VenueUnreachable,
)
from dutchbook.domain.venue import Venue
from dutchbook.ports.clock import Clock
from venues.health import HealthRecorder
from venues.jsonbody import Json, UnreadableReply, described, parse_json
from venues.ratelimit import Limiter
from venues.retryafter import retry_after_seconds

type Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""A callable is asked right before each attempt, so that a signature's timestamp is fresh."""
type Params = Sequence[tuple[str, str]]
"""Pairs, so that a key may repeat."""
type Classify = Callable[[int, str, bytes, Mapping[str, str]], DutchbookError]
"""A venue's error table: (status, content type, body, headers) to one of our errors."""
type Guard = Callable[[Callable[[], "Reply"]], "Reply"]
"""A circuit breaker around a call: runs it, or raises BreakerOpen without running it."""

USER_AGENT = "Mozilla/5.0 (compatible; Dutchbook/0.1)"
"""Cloudflare answers 403 to the user agents of bare HTTP libraries."""
READ_ATTEMPTS = 3
_CONNECT_SECONDS = 3.05
_BACKOFF_SECONDS = 0.25
_RETRIED_STATUSES = frozenset({425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({400, 404, 409, 410, 422})
"""The venue's own word on a question. 401 and 403 may come of what stands before it, and block all we ask."""
_TOO_MANY = 429
_LONGEST_HOLD_SECONDS = 60.0


class AnswerNotTaken(requests.RequestException):
    """An answer on which the HTTP library itself failed. Proves nothing of the request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a venue answered, its body parsed. Numbers with a fraction are Decimal, never float."""

    status: int
    data: Json
    headers: Mapping[str, str]
    sent_at_ms: int
    """When the request that brought this answer left us."""


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str]
    sent_at_ms: int


def unguarded(call: Callable[[], Reply]) -> Reply:
    """The guard that lets every call through."""
    return call()


class VenueHttp:
    """A venue's HTTP, safe to share between threads. `sleep` speaks seconds, `jitter` gives [0, 1)."""

    def __init__(
        self,
        venue: Venue,
        limiter: Limiter,
        health: HealthRecorder,
        clock: Clock,
        classify: Classify,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        read_timeout: float = 10.0,
        longest_wait: float = 5.0,
        pool_size: int = 8,
        guard: Guard = unguarded,
    ) -> None:
        self._venue = venue
        self._limiter = limiter
        self._health = health
        self._clock = clock
        self._classify = classify
        self._sleep = sleep
        self._jitter = jitter
        self._read_timeout = read_timeout
        self._longest_wait = longest_wait
        self._session = _session(pool_size)
        self._guard = guard

    def headroom(self) -> int | None:
        """Percent of our own call limit that is free; None when no call was made lately."""
        return self._limiter.headroom()

    def limited_by(self, limiter: Limiter) -> "VenueHttp":
        """The same pooled session, health and breaker under the limits of one account."""
        other = copy.copy(self)
        other._limiter = limiter
        return other

    def get(
        self,
        url: str,
        params: Params = (),
        *,
        bucket: str,
        cost: float = 1.0,
        headers: Headers | None = None,
        allow: frozenset[int] = frozenset(),
        refusals: frozenset[int] = frozenset(),
        ignore_body: bool = False,
    ) -> Reply:
        """Reads, with repeats. A status outside 2xx and `allow` raises VenueThrottled, QuestionRefused or
        VenueUnreachable, each NotSent.

        One of `refusals` raises at once what the venue's error table makes of it. `ignore_body` is for calls
        whose success is all that counts: the reply's data is None.
        """
        call = _Call("GET", url, params, None, bucket, cost, headers, refusals, ignore_body)
        return self._guarded(lambda: self._read(call, allow))

    def read_post(
        self,
        url: str,
        body: bytes,
        *,
        bucket: str,
        cost: float = 1.0,
        headers: Headers | None = None,
        allow: frozenset[int] = frozenset(),
        refusals: frozenset[int] = frozenset(),
    ) -> Reply:
        """A read that the venue wants as a POST of JSON: repeated like `get`, because it changes nothing."""
        call = _Call("POST", url, (), body, bucket, cost, headers, refusals)
        return self._guarded(lambda: self._read(call, allow))

    def hang_up(self) -> None:
        """Closes the pooled connections: what comes next connects anew."""
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        body: bytes,
        *,
        bucket: str,
        cost: float = 1.0,
        headers: Headers | None = None,
        read_timeout: float | None = None,
        params: Params = (),
    ) -> Reply:
        """Sends exactly these bytes once.

        A 2xx with readable JSON (or a 204) is returned. Raises NotSent when it never left, OutcomeUnknown
        when it may have arrived, and otherwise what the venue's error table makes of the answer.
        """
        call = _Call(method, url, params, body, bucket, cost, headers)
        timeout = self._read_timeout if read_timeout is None else read_timeout
        return self._guarded(lambda: self._send(call, timeout))

    def _guarded(self, call: Callable[[], Reply]) -> Reply:
        """Raises BreakerOpen (NotSent) where the venue's breaker lets nothing through."""
        try:
            reply = self._guard(call)
        except BreakerOpen:
            self._health.breaker_is("open")
            raise
        self._health.breaker_is("closed")
        return reply

    def _send(self, call: "_Call", read_timeout: float) -> Reply:
        try:
            raw = self._exchange(call, read_timeout)
        except requests.RequestException as error:
            self._health.failed(_summary(error))
            _raise_send_failure(self._venue, error)
        if not 200 <= raw.status < 300:
            self._note(raw)
            self._obey_retry_after(raw, call.bucket)
            raise self._classify(raw.status, raw.content_type, raw.body, raw.headers)
        try:
            data = None if raw.status == 204 else parse_json(raw.content_type, raw.body)
        except UnreadableReply as error:
            self._health.failed(str(error))
            raise OutcomeUnknown(f"{self._venue} accepted the request but {error}") from error
        self._note(raw)
        return Reply(raw.status, data, raw.headers, raw.sent_at_ms)

    def _read(self, call: "_Call", allow: frozenset[int]) -> Reply:
        waited = 0.0
        for attempt in range(READ_ATTEMPTS):
            outcome = self._try_read(call, allow)
            if isinstance(outcome, Reply):
                return outcome
            # what the venue asked for, else doubling with jitter
            backoff = _BACKOFF_SECONDS * (1 << attempt) * (1 + self._jitter())
            wait = backoff if outcome.retry_after is None else outcome.retry_after
            waited += wait
            if not outcome.again or attempt == READ_ATTEMPTS - 1 or waited > self._longest_wait:
                raise outcome.error from outcome.cause
            self._sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _try_read(self, call: "_Call", allow: frozenset[int]) -> "Reply | _ReadFailure":
        try:
            raw = self._exchange(call, self._read_timeout)
        except requests.RequestException as error:
            self._health.failed(_summary(error))
            return _ReadFailure(VenueUnreachable(f"{self._venue}: {_summary(error)}"), True, cause=error)
        if not (200 <= raw.status < 300 or raw.status in allow):
            self._note(raw)
            if raw.status in call.refusals:
                refusal = self._classify(raw.status, raw.content_type, raw.body, raw.headers)
                return _ReadFailure(refusal, again=False)
            return self._status_failure(raw, self._obey_retry_after(raw, call.bucket))
        try:
            data = None if call.ignore_body else parse_json(raw.content_type, raw.body)
        except UnreadableReply as error:
            self._health.failed(str(error))
            return _ReadFailure(VenueUnreachable(f"{self._venue} {error}"), True, cause=error)
        self._note(raw)
        return Reply(raw.status, data, raw.headers, raw.sent_at_ms)

    def _status_failure(self, raw: _Raw, told: float | None) -> "_ReadFailure":
        text = f"{self._venue} answered {raw.status}: {described(raw.content_type, raw.body)}"
        error: NotSent = QuestionRefused(text) if raw.status in _REFUSED else VenueUnreachable(text)
        if raw.status == _TOO_MANY:
            error = VenueThrottled(text, None if told is None else math.ceil(told))
        return _ReadFailure(error, raw.status in _RETRIED_STATUSES, retry_after=told)

    def _obey_retry_after(self, raw: _Raw, bucket: str) -> float | None:
        """Keeps every caller of the bucket back for as long as the venue asks; returns that in seconds."""
        told = retry_after_seconds(raw.headers, self._clock.now_ms())
        if told is not None:
            self._limiter.hold(bucket, min(told, _LONGEST_HOLD_SECONDS))
        return told

    def _exchange(self, call: "_Call", read_timeout: float) -> _Raw:
        with self._limiter.turn(call.bucket, call.cost):
            # after the wait for our turn: a signature's timestamp must not have grown old in the queue
            extra = call.headers() if callable(call.headers) else call.headers or {}
            if call.body is not None:
                extra = {"Content-Type": "application/json", **extra}
            sent_at_ms = self._clock.now_ms()
            response = self._request(call, extra, read_timeout)
            return _Raw(
                response.status_code,
                response.headers.get("Content-Type", ""),
                response.content,
                response.headers,
                sent_at_ms,
            )

    def _request(self, call: "_Call", headers: Mapping[str, str], read_timeout: float) -> requests.Response:
        """Raises requests.RequestException, whatever goes wrong once the library has the call."""
        try:
            return self._session.request(
                call.method,
                call.url,
                params=list(call.params),
                data=call.body,
                headers=dict(headers),
                timeout=(_CONNECT_SECONDS, read_timeout),
                allow_redirects=False,
            )
        except requests.RequestException:
            raise
        except Exception as error:
            # what an answer holds can be anything, and the request has left by the time the library reads it
            raise AnswerNotTaken(type(error).__name__) from error

    def _note(self, raw: _Raw) -> None:
        if raw.status == _TOO_MANY or raw.status >= 500:
            self._health.failed(f"status {raw.status}")
            return
        date, age = raw.headers.get("Date", ""), raw.headers.get("Age", "")
        self._health.succeeded(raw.sent_at_ms, self._clock.now_ms(), date, age)


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: str
    params: Params
    body: bytes | None
    bucket: str
    cost: float
    headers: Headers | None
    refusals: frozenset[int] = frozenset()
    ignore_body: bool = False


@dataclass(frozen=True, slots=True)
class _ReadFailure:
    error: DutchbookError
    again: bool
    retry_after: float | None = None
    cause: Exception | None = None


class _NoRedirects(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, so none is read: the library would parse Location all the same, and where
        that is nonsense fail with the connection left open.
        """


def _session(pool_size: int) -> requests.Session:
    session = _NoRedirects()
    session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.auth = _unchanged  # an auth of its own keeps requests from reading .netrc
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool_size, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _raise_send_failure(venue: Venue, error: requests.RequestException) -> NoReturn:
    if never_left(error):
        raise VenueUnreachable(f"{venue}: nothing was sent: {_summary(error)}") from error
    raise OutcomeUnknown(f"{venue}: it may have arrived: {_summary(error)}") from error


def never_left(error: requests.RequestException) -> bool:
    """Whether a failure proves that not one byte of the request reached the venue.

    True for failures to connect (refused, DNS, timeout, certificate) and for a pool that gave no connection.
    All else counts as sent: a reset or a closed keep-alive connection does not tell how far it got.
    """
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    reason = error.args[0] if error.args else None
    if isinstance(reason, urllib3.exceptions.MaxRetryError):
        reason = reason.reason
    if isinstance(reason, urllib3.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(
        reason,
        urllib3.exceptions.NewConnectionError
        | urllib3.exceptions.ConnectTimeoutError
        | urllib3.exceptions.EmptyPoolError
        | urllib3.exceptions.ClosedPoolError,
    )


def _summary(error: requests.RequestException) -> str:
    """The kind of failure alone: the text of these errors repeats URLs, and with them ids."""
    return type(error).__name__
