"""The host of the handlers: what Lambda keeps apart by processes it keeps apart by turns."""

import http.client
import json
import re
import threading
import time
from typing import Any

import pytest

from local.host import Functions, Host
from local.static import OPENAPI, SECURITY_HEADERS
from local.template import Template


def test_http_requests_are_handled_one_at_a_time():
    """Powertools keeps the event under way on a class: two at once would answer each other's callers."""
    functions = Functions(Template.load({}))
    inside, most = 0, 0
    lock = threading.Lock()

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with lock:
            inside -= 1
        return event

    functions._handlers.update(StatusFunction=handler, RegisterFunction=handler)
    request = {"routeKey": "GET /api/health", "rawPath": "/api/health"}
    names = ["StatusFunction", "RegisterFunction"] * 4
    threads = [threading.Thread(target=functions.invoke, args=(name, request)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


@pytest.fixture
def host():
    running = Host(Template.load({}), port=0)
    running.start()
    yield running
    running.stop()


def ask(host, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PROPFIND", "FROBNICATE"])
def test_methods_that_no_route_has_are_not_found_as_at_the_gateway(host, method):
    answer, body = ask(host, method, "/api/health")
    assert (answer.status, body) == (404, b'{"message": "Not Found"}')
    assert ask(host, method, "/")[0].status == 405


def test_a_head_has_no_body_and_each_security_header_once(host):
    answer, body = ask(host, "HEAD", "/")
    assert (answer.status, body) == (200, b"")
    for name in SECURITY_HEADERS:
        assert len(answer.headers.get_all(name)) == 1, name


@pytest.mark.parametrize(
    "path", ["/api/docs", "/api/docs/page.js", "/api/docs/page.css", "/api/openapi.json"]
)
def test_the_api_describes_itself_under_the_strict_policy(host, path):
    answer, body = ask(host, "GET", path)
    assert (answer.status, bool(body)) == (200, True)
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["content-security-policy"]
    assert ask(host, "HEAD", path)[1] == b""


def test_the_pages_own_files_are_all_it_loads(host):
    page = ask(host, "GET", "/api/docs")[1].decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sorted(loaded) == ["/api/docs/page.css", "/api/docs/page.js", "/api/openapi.json"]
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)|\son\w+=", page)
    assert json.loads(ask(host, "GET", "/api/openapi.json")[1]) == json.loads(OPENAPI.read_text())


@pytest.mark.parametrize("path", ["/api/docs/../../../README.md", "/api/docs/host.py", "/api/docs/"])
def test_nothing_else_is_served_below_the_docs(host, path):
    assert ask(host, "GET", path)[0].status == 404


INVOKE = "/2015-03-31/functions/dutchbook-local-status/invocations"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json", "origin": "https://evil.example"},
        {"content-type": "text/plain"},
        {},
        {"content-type": "application/x-www-form-urlencoded"},
    ],
)
def test_no_page_of_a_browser_can_invoke_a_function(host, headers):
    """Past the gateway there is no sign-in: a form or a script on any site could reach this port."""
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=5)
    connection.request("POST", INVOKE, "{}", headers)
    assert connection.getresponse().status == 403
    connection.close()


def test_who_invokes_as_lambdas_clients_do_is_answered(host):
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=5)
    connection.request("POST", INVOKE.replace("status", "nobody"), "{}", {"content-type": "application/json"})
    assert connection.getresponse().status == 404
    connection.close()
