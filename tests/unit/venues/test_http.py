"""The shared HTTP layer: reads repeat, sends never do, and a failure says whether anything left.

Failures of the connection are provoked for real, against sockets of this machine.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
import requests
import responses
import urllib3

from dutchbook.domain.errors import (
    InvalidOrder,
    NotSent,
    OutcomeUnknown,
    QuestionRefused,
    VenueThrottled,
    VenueUnreachable,
)
from dutchbook.domain.venue import Venue
from tests.support.market_data import FakeClock
from venues.health import HealthRecorder
from venues.http import READ_ATTEMPTS, VenueHttp, never_left
from venues.kalshi.errors import classify
from venues.ratelimit import Limiter, Rate, RatePlan

URL = "https://venue.test/x"
_NOBODY = urllib3.connection.HTTPConnection("nobody.test")


class Kit:
    """A VenueHttp with its clock and health; sleeping only moves the clock."""

    def __init__(self, **options) -> None:
        self.clock = FakeClock()
        self.health = HealthRecorder(Venue.KALSHI, self.clock)
        limiter = Limiter(
            RatePlan({"b": Rate(1_000, 1_000)}),
            monotonic=lambda: self.clock.ms / 1000,
            sleep=self.clock.sleep,
        )
        self.http = VenueHttp(
            Venue.KALSHI,
            limiter,
            self.health,
            self.clock,
            classify,
            sleep=self.clock.sleep,
            jitter=lambda: 0.0,
            **options,
        )


@pytest.fixture
def kit() -> Kit:
    return Kit()


@contextmanager
def server(*replies: bytes | None) -> Iterator[str]:
    """Reads a request for each reply and answers with it, raw; None closes without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for reply in replies:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    if reply is not None:
                        connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        thread.join()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@responses.activate
def test_a_read_gives_exact_numbers_and_when_its_request_left(kit):
    responses.get(URL, json={"price": 0.1, "n": 3})

    reply = kit.http.get(URL, [("t", "A"), ("t", "B")], bucket="b")

    assert reply.data == {"price": Decimal("0.1"), "n": 3}
    assert reply.sent_at_ms == kit.clock.now_ms()
    assert responses.calls[0].request.url == f"{URL}?t=A&t=B"
    assert "Mozilla" in responses.calls[0].request.headers["User-Agent"]


@responses.activate
def test_a_read_repeats_after_a_server_error_and_dates_itself_by_the_attempt_that_worked(kit):
    responses.get(URL, status=503, body="busy")
    responses.get(URL, json={})
    started = kit.clock.now_ms()

    reply = kit.http.get(URL, bucket="b")

    assert kit.clock.slept == [0.25]
    assert reply.sent_at_ms == started + 250


@responses.activate
def test_a_read_waits_as_long_as_retry_after_says(kit):
    responses.get(URL, status=429, json={}, headers={"Retry-After": "2"})
    responses.get(URL, json={})

    kit.http.get(URL, bucket="b")

    assert kit.clock.slept[0] == 2.0


@responses.activate
def test_a_retry_after_beyond_our_patience_is_handed_on(kit):
    responses.get(URL, status=429, json={}, headers={"Retry-After": "30"})

    with pytest.raises(VenueThrottled) as caught:
        kit.http.get(URL, bucket="b")

    assert caught.value.retry_after == 30
    assert len(responses.calls) == 1
    # and nobody else goes before the time is up
    with pytest.raises(VenueThrottled):
        kit.http.get(URL, bucket="b")
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<html>down</html>", "text/html"),
        ("", "application/json"),
        ("{", "application/json"),
        ('{"a": NaN}', "application/json"),
        ("{}", ""),
    ],
)
@responses.activate
def test_an_unreadable_answer_to_a_read_is_a_venue_out_of_reach(kit, body, content_type):
    responses.get(URL, body=body, content_type=content_type)

    with pytest.raises(VenueUnreachable):
        kit.http.get(URL, bucket="b")

    assert len(responses.calls) == READ_ATTEMPTS
    assert not kit.health.snapshot().healthy


@responses.activate
def test_a_clients_error_on_a_read_is_not_repeated_and_allowed_ones_are_answers(kit):
    responses.get(URL, status=404, json={"error": "none"})

    with pytest.raises(QuestionRefused, match="404"):
        kit.http.get(URL, bucket="b")
    reply = kit.http.get(URL, bucket="b", allow=frozenset({404}))

    assert (reply.status, len(responses.calls)) == (404, 2)
    assert kit.health.snapshot().errors == 0


@responses.activate
def test_a_read_by_post_repeats_and_sends_its_bytes(kit):
    responses.post(URL, status=500)
    responses.post(URL, json=[])

    assert kit.http.read_post(URL, b'[{"token_id":"1"}]', bucket="b").data == []

    assert responses.calls[1].request.body == b'[{"token_id":"1"}]'
    assert responses.calls[1].request.headers["Content-Type"] == "application/json"


@responses.activate
def test_signing_headers_are_made_anew_for_each_attempt(kit):
    responses.get(URL, status=500)
    responses.get(URL, json={})

    kit.http.get(URL, bucket="b", headers=lambda: {"stamp": str(kit.clock.now_ms())})

    stamps = [int(call.request.headers["stamp"]) for call in responses.calls]
    assert stamps[1] - stamps[0] == 250


@responses.activate
def test_redirects_are_not_followed(kit):
    responses.get(URL, status=302, headers={"Location": "https://elsewhere.test/"})

    with pytest.raises(VenueUnreachable, match="302"):
        kit.http.get(URL, bucket="b")


@pytest.mark.parametrize("status", [425, 429, 500, 502, 503, 504])
@responses.activate
def test_a_send_is_never_repeated(kit, status):
    responses.post(URL, status=status, json={})

    with pytest.raises((OutcomeUnknown, VenueThrottled)):
        kit.http.send("POST", URL, b"{}", bucket="b")

    assert len(responses.calls) == 1


@responses.activate
def test_a_send_returns_what_was_accepted_and_raises_what_the_table_says(kit):
    responses.post(URL, status=201, json={"order_id": "1"})
    responses.post(URL, status=400, json={"error": {"code": "invalid_price"}})
    responses.delete(URL, status=204)

    assert kit.http.send("POST", URL, b"{}", bucket="b").data == {"order_id": "1"}
    with pytest.raises(InvalidOrder, match="invalid_price"):
        kit.http.send("POST", URL, b"{}", bucket="b")
    assert kit.http.send("DELETE", URL, b"", bucket="b").data is None


@pytest.mark.parametrize("body", ["", "<html></html>", "{"])
@responses.activate
def test_an_acceptance_that_cannot_be_read_leaves_the_outcome_unknown(kit, body):
    responses.post(URL, status=201, body=body, content_type="application/json")

    with pytest.raises(OutcomeUnknown):
        kit.http.send("POST", URL, b"{}", bucket="b")


def test_a_refused_connection_means_that_nothing_left(kit):
    url = f"http://127.0.0.1:{closed_port()}/x"

    with pytest.raises(NotSent, match="nothing was sent"):
        kit.http.send("POST", url, b"{}", bucket="b")
    with pytest.raises(VenueUnreachable):
        kit.http.get(url, bucket="b")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (urllib3.exceptions.NameResolutionError("h", _NOBODY, socket.gaierror()), False),
        (urllib3.exceptions.NewConnectionError(_NOBODY, "refused"), False),
        (urllib3.exceptions.ConnectTimeoutError(), False),
        (urllib3.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] expired"), False),
        (urllib3.exceptions.SSLError("[SSL] unexpected eof"), True),
        (urllib3.exceptions.ProtocolError("Connection aborted."), True),
        (urllib3.exceptions.ReadTimeoutError(_NOBODY, "/", "late"), True),
    ],
)
def test_only_a_failure_to_connect_proves_that_nothing_left(reason, left):
    pool = urllib3.HTTPConnectionPool("h")
    for wrapped in (reason, urllib3.exceptions.MaxRetryError(pool, "/", reason)):
        assert never_left(requests.ConnectionError(wrapped)) is not left


def test_failures_without_a_reason_count_as_sent():
    assert never_left(requests.ConnectTimeout())
    assert never_left(requests.ConnectionError(urllib3.exceptions.EmptyPoolError(None, "full")))
    assert not never_left(requests.ConnectionError())
    assert not never_left(requests.ReadTimeout())


def test_a_connection_closed_after_the_request_leaves_the_outcome_unknown(kit):
    with server(None) as url, pytest.raises(OutcomeUnknown):
        kit.http.send("POST", url, b"{}", bucket="b")


def test_silence_leaves_the_outcome_unknown():
    kit = Kit(read_timeout=0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(OutcomeUnknown):
        kit.http.send("POST", f"http://127.0.0.1:{listener.getsockname()[1]}/x", b"{}", bucket="b")


def test_an_answer_cut_off_leaves_the_outcome_unknown(kit):
    cut = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    with server(cut) as url, pytest.raises(OutcomeUnknown):
        kit.http.send("POST", url, b"{}", bucket="b")


def test_plain_text_on_a_tls_port_does_not_count_as_proof_of_nothing_sent(kit):
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, pytest.raises(OutcomeUnknown):
        kit.http.send("POST", url.replace("http:", "https:"), b"{}", bucket="b")


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary Redirect", b"308 Permanent"])
@pytest.mark.parametrize("location", [b"http://[bad", b"\xff\xfe", b"https://elsewhere.test/"])
def test_a_redirect_to_nonsense_is_an_answer_like_any_that_proves_nothing(kit, status, location):
    """The library would parse where a redirect leads, followed or not, and fail in errors of its own."""
    answer = b"HTTP/1.1 " + status + b"\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    with server(answer) as url, pytest.raises(OutcomeUnknown):
        kit.http.send("POST", url, b"{}", bucket="b")
    with server(answer) as url, pytest.raises(VenueUnreachable, match=status[:3].decode()):
        kit.http.get(url, bucket="b")


@responses.activate
def test_whatever_the_library_fails_on_proves_nothing(kit):
    for method in (responses.POST, responses.GET):
        responses.add(method, URL, body=ValueError("not in any table"))
    with pytest.raises(OutcomeUnknown, match="AnswerNotTaken"):
        kit.http.send("POST", URL, b"{}", bucket="b")
    with pytest.raises(VenueUnreachable):
        kit.http.get(URL, bucket="b")


@responses.activate
def test_errors_do_not_repeat_urls(kit):
    with pytest.raises(VenueUnreachable) as caught:
        kit.http.get(f"{URL}/secret-id", bucket="b")

    assert "secret-id" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_refused_reads_error_has_the_status_and_the_venues_code_and_nothing_else_of_the_body(kit, status):
    """The text becomes an answer of ours and a line of the log; a venue may repeat a key."""
    key = "ab12" * 16
    with responses.RequestsMock() as venue:
        body = {"code": "not_found", "message": f"bad key {key}"}
        venue.get(URL, json=body, status=status)
        with pytest.raises(NotSent) as error:
            kit.http.get(URL, bucket="b")
    assert str(error.value) == f"kalshi answered {status}: not_found"
    with responses.RequestsMock() as venue:
        venue.get(URL, body=f"bad key {key}", status=status, content_type="text/plain")
        with pytest.raises(NotSent) as error:
            kit.http.get(URL, bucket="b")
    assert str(error.value) == f"kalshi answered {status}: text/plain, {len(key) + 8} bytes"
